import type { Unread } from '../../src/base/field.ts';
import type { FieldFact } from './fields.ts';

/** What a JSON document holds. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type Block = { [key: string]: Json };

const isBlock = (value: Json | undefined): value is Block =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Lays one tree over another: blocks key by key, lists element by element. */
export const overlay = (under: Json, over: Json): Json => {
  if (isBlock(under) && isBlock(over)) {
    const merged: Block = { ...under };
    for (const [key, value] of Object.entries(over)) {
      const below = merged[key];
      merged[key] = below === undefined ? value : overlay(below, value);
    }
    return merged;
  }
  if (Array.isArray(under) && Array.isArray(over)) {
    const length = Math.max(under.length, over.length);
    return Array.from({ length }, (_, index) => {
      const [a, b] = [under[index], over[index]];
      return a === undefined ? (b ?? null) : b === undefined ? a : overlay(a, b);
    });
  }
  return over;
};

/** A tree with one value at a path of a field table: `spec.subsets[].labels{}` becomes one element and one entry. */
export const treeWith = (path: string, value: Json): Json => {
  const steps = path.split(/(?=\.|\[\]|\{\})/);
  return steps.toReversed().reduce<Json>((inner, step) => {
    if (step === '[]') return [inner];
    return { [step === '{}' ? 'key' : step.replace(/^\./, '')]: inner };
  }, value);
};

const durationLike = /(Timeout|[Ii]nterval|time|ttl|duration|Period|DurationSecs|Time|Duration|\.timeout)$/;

/** Two values that a field takes and that mean different things. */
export const valuesOf = (fact: FieldFact): readonly [Json, Json] => {
  const [first, second] = fact.values.filter(value => !/UNSPECIFIED|DEFAULT|UNDEFINED|^UNSET$/.test(value));
  if (first !== undefined) return [first, second ?? first];
  switch (fact.type) {
    case 'boolean':
      return [true, false];
    case 'integer':
    case 'int-or-string':
      return [7, 9];
    case 'number':
      return [7.5, 9.5];
    case 'opaque':
      return [{ some: 'thing' }, { some: 'other' }];
    default:
      return durationLike.test(fact.path) ? ['7s', '9s'] : ['seven.example', 'nine.example'];
  }
};

/** A value without where it comes from: two that are equal so are the same to every question. */
export const bare = (value: unknown): string =>
  JSON.stringify(value, (key, inner: unknown) =>
    key === 'source' || key === 'origin' || key === 'id' ? undefined : inner,
  );

export interface Accounted {
  /** Fields whose value makes a difference. */
  readonly changing: readonly string[];
  /** Fields that are reported, with the reason. */
  readonly reported: ReadonlyMap<string, string>;
  /** Fields that are neither: the law is broken. */
  readonly silent: readonly string[];
}

/**
 * Puts each field of a kind, in a context where it counts, to a reader twice, with different values: the result must
 * differ, or the field must be reported as unread.
 */
export const accountFor = (
  facts: readonly FieldFact[],
  context: (path: string) => Json,
  read: (body: Block) => { readonly result: unknown; readonly unread: readonly Unread[] },
): Accounted => {
  const changing: string[] = [];
  const reported = new Map<string, string>();
  const silent: string[] = [];
  for (const fact of facts) {
    const [a, b] = valuesOf(fact).map(value => {
      const body = overlay(context(fact.path), treeWith(fact.path, value));
      return read(isBlock(body) ? body : {});
    });
    if (!a || !b) continue;
    const concrete = new RegExp(
      `^${fact.path.replaceAll('.', '\\.').replaceAll('[]', '\\[\\d+\\]').replaceAll('{}', '\\.key')}`,
    );
    const unread = a.unread.find(({ source }) => concrete.test(source.path));
    if (bare(a.result) !== bare(b.result)) changing.push(fact.path);
    else if (unread) reported.set(fact.path, unread.reason);
    else silent.push(fact.path);
  }
  return { changing, reported, silent };
};
