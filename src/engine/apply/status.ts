/** What is written into the status of an object of `supergloo.dev`: its conditions, and what became of its fields. */
import { isOurs, readApiObject } from '../../api/read-object.ts';
import type { Finding } from '../../base/finding.ts';
import { isSame } from '../../base/same.ts';
import { type ObjectRef, objectKey } from '../../base/source.ts';
import type { NativeObject } from '../../native/snapshot.ts';
import type { MeshPlan, Plan } from '../plan/plan.ts';
import type { ObjectStatus } from '../plan/status.ts';

/** As GEP-713 has them: `Accepted` says whether what was written can count, `Applied` whether it does. */
export interface Condition {
  readonly type: 'Accepted' | 'Applied';
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
  readonly lastTransitionTime: string;
}

export interface MeshStatus {
  readonly mesh: string;
  readonly result: 'applied' | 'approximated' | 'refused' | 'none';
  readonly fields: readonly {
    readonly path: string;
    readonly result: string;
    readonly code?: string;
    readonly message?: string;
  }[];
}

export interface Status {
  readonly observedGeneration: number;
  readonly conditions: readonly Condition[];
  readonly meshes: readonly MeshStatus[];
}

/** The status that each object of `supergloo.dev` is to have. `now`: RFC 3339, the moment at which conditions change. */
export const statusesAfter = (
  plan: Plan,
  objects: readonly NativeObject[],
  now: string,
): readonly { readonly object: NativeObject; readonly status: Status }[] =>
  objects.filter(isOurs).map(object => ({ object, status: statusAfter(plan, object, now) }));

type Said = Pick<Condition, 'status' | 'reason' | 'message'>;

const statusAfter = (plan: Plan, object: NativeObject, now: string): Status => {
  const { generation: written } = (object.body.metadata ?? {}) as { readonly generation?: unknown };
  const generation = Number.isInteger(written) ? (written as number) : 1;
  const meshes = plan.meshes.flatMap(mesh => meshStatus(mesh, object.ref) ?? []);
  const before = object.body.status;
  const conditionsBefore = conditionsOf(before);
  const condition = (type: Condition['type'], said: Said): Condition => {
    const known = conditionsBefore.find(one => one.type === type);
    const lastTransitionTime = known?.status === said.status ? known.lastTransitionTime : now;
    return { type, ...said, observedGeneration: generation, lastTransitionTime };
  };
  const accepted = acceptance(plan, object, meshes);
  const conditions = [
    condition('Accepted', accepted),
    condition('Applied', accepted.status === 'True' ? application(object, meshes) : notApplied(accepted.reason)),
  ];
  const status: Status = { observedGeneration: generation, conditions, meshes };
  return isSame(before, status) ? (before as Status) : status;
};

/** A file may hold anything as the status of an object. */
const conditionsOf = (status: unknown): readonly Pick<Condition, 'type' | 'status' | 'lastTransitionTime'>[] => {
  const { conditions } = (status ?? {}) as { readonly conditions?: unknown };
  if (!Array.isArray(conditions)) return [];
  return conditions.filter(one => typeof one?.lastTransitionTime === 'string');
};

const meshStatus = ({ mesh, status }: MeshPlan, ref: ObjectRef): MeshStatus | undefined => {
  const own = status.find(({ object }) => objectKey(object) === objectKey(ref));
  if (!own) return undefined;
  const fields = own.fields.map(({ path, result, code, message }) => ({
    path,
    result,
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
  }));
  return { mesh: mesh.id, result: resultOf(own), fields };
};

const resultOf = ({ result }: ObjectStatus): MeshStatus['result'] => (result === 'overruled' ? 'none' : result);

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

const acceptance = ({ findings }: Plan, object: NativeObject, meshes: readonly MeshStatus[]): Said => {
  const key = objectKey(object.ref);
  const own = findings.filter(({ subject }) => subject && objectKey(subject) === key);
  const wrong = (isOne: (finding: Finding) => boolean): Finding | undefined => own.find(isOne);
  const invalid = wrong(({ code, severity }) => code.startsWith('API') && severity === 'error');
  if (invalid) return { status: 'False', reason: 'Invalid', message: sentence(invalid.message) };
  const hasEffect = meshes.some(({ result }) => result !== 'none');
  const missing = wrong(({ code }) => code === 'POLICY001');
  if (missing && !hasEffect) return { status: 'False', reason: 'TargetNotFound', message: sentence(missing.message) };
  const misplaced = wrong(
    ({ code, severity }) => code.startsWith('POLICY') && severity === 'error' && code !== 'POLICY001',
  );
  if (misplaced && !hasEffect) return { status: 'False', reason: 'Invalid', message: sentence(misplaced.message) };
  return { status: 'True', reason: 'Accepted', message: missing ? sentence(missing.message) : 'It is valid' };
};

const notApplied = (reason: string): Said => ({ status: 'False', reason, message: 'It is not accepted' });

const application = (object: NativeObject, meshes: readonly MeshStatus[]): Said => {
  const { kind } = readApiObject(object);
  if (kind?.isLater) return { status: 'False', reason: 'Pending', message: sentence(kind.isLater) };
  const named = (result: MeshStatus['result']): string =>
    meshes.flatMap(mesh => (mesh.result === result ? [mesh.mesh] : [])).join(', ');
  if (named('refused')) return { status: 'False', reason: 'Refused', message: `Not in full in ${named('refused')}` };
  if (named('approximated'))
    return { status: 'False', reason: 'Approximated', message: `Not exactly in ${named('approximated')}` };
  if (named('applied')) return { status: 'True', reason: 'Applied', message: `In full in ${named('applied')}` };
  return { status: 'False', reason: 'NoEffect', message: 'It is for nothing in any mesh here' };
};
