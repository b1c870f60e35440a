/** What became of each field that somebody wrote, in one mesh. */
import type { Disposition } from '../../adapter/disposition.ts';
import { byText } from '../../base/order.ts';
import { type ObjectRef, objectKey } from '../../base/source.ts';
import type { Overruled } from '../../compile/effective.ts';

export type FieldResult = 'applied' | 'approximated' | 'refused' | 'overruled';

export interface FieldStatus {
  /** `spec.retries.attempts`. */
  readonly path: string;
  readonly result: FieldResult;
  /** The code of the loss, which `--accept` takes. */
  readonly code?: string;
  readonly message?: string;
  /** How many things it was said of; 1 unless a policy is for many services. */
  readonly times: number;
}

export interface ObjectStatus {
  readonly object: ObjectRef;
  /** The worst of its fields; `none`: it is for nothing in this mesh. */
  readonly result: FieldResult | 'none';
  readonly fields: readonly FieldStatus[];
}

const badness: Readonly<Record<FieldResult | 'none', number>> = {
  none: -1,
  overruled: 0,
  applied: 1,
  approximated: 2,
  refused: 3,
};

interface Said {
  result: FieldResult;
  code?: string;
  message?: string;
  times: number;
}

const worse = (known: Said | undefined, said: Said): Said => {
  if (!known) return said;
  const times = known.times + said.times;
  return badness[said.result] > badness[known.result] ? { ...said, times } : { ...known, times };
};

/** By object and path, the worst that was said of it, in the order of paths. */
export const statusOf = (
  objects: readonly ObjectRef[],
  dispositions: readonly Disposition[],
  overruled: readonly Overruled[],
): readonly ObjectStatus[] => {
  const fields = new Map<string, Map<string, Said>>(objects.map(object => [objectKey(object), new Map()]));
  const say = (object: ObjectRef, path: string, said: Said): void => {
    const own = fields.get(objectKey(object));
    if (own) own.set(path, worse(own.get(path), said));
  };
  for (const { source, result, loss } of dispositions) {
    if (!source) continue;
    const why = loss ? { code: loss.code, message: loss.message } : {};
    say(source.object, source.path, { result, ...why, times: 1 });
  }
  for (const { field, by } of overruled) {
    const other = by.object === field.object ? 'what the route says itself' : `${by.object.kind} \`${by.object.name}\``;
    say(field.object, field.path, { result: 'overruled', message: `${other} counts instead`, times: 1 });
  }
  return objects.map(object => {
    const own = [...(fields.get(objectKey(object)) ?? [])]
      .map(([path, said]): FieldStatus => ({ path, ...said }))
      .sort((a, b) => byText(a.path, b.path));
    const result = own.reduce<ObjectStatus['result']>(
      (worst, field) => (badness[field.result] > badness[worst] ? field.result : worst),
      'none',
    );
    return { object, result, fields: own };
  });
};
