import type { Adapter, ReadObject } from '../adapter/adapter.ts';
import type { Unread } from '../base/field.ts';
import type { Finding } from '../base/finding.ts';
import { findingOf } from '../base/finding.ts';
import { objectKey } from '../base/source.ts';
import type { Inventory } from '../model/inventory.ts';
import type { Mesh } from '../model/mesh.ts';
import { assemble, type Model, type ModelPart } from '../model/model.ts';
import { readKubernetes } from '../native/kubernetes/read-kubernetes.ts';
import { groupOf, type Snapshot } from '../native/snapshot.ts';
import { type Registration, registrations } from '../registry/index.gen.ts';
import { engineFindings } from './findings.ts';

/** Everything a snapshot says, and an account of every field of it. */
export interface Read {
  readonly model: Model;
  readonly findings: readonly Finding[];
  readonly unread: readonly Unread[];
  readonly accounting: Accounting;
  /** The objects that an adapter read, each once. */
  readonly objects: readonly ReadObject[];
}

/** Leaves of all objects that belong to a mesh or gateway; `fields` = `read` + `unread` + `refused`. */
export interface Accounting {
  readonly objects: number;
  readonly fields: number;
  readonly read: number;
  readonly unread: number;
  readonly refused: number;
}

export interface ReadOptions {
  /** Adapters to read with; all that find something if absent. Those named are assumed to be there. */
  readonly only?: readonly string[];
}

export const loadAdapters = async (ids?: readonly string[]): Promise<readonly Adapter[]> =>
  Promise.all(registrations.filter(({ id }) => !ids || ids.includes(id)).map(({ load }) => load()));

export const adapterIds: readonly string[] = registrations.map(({ id }) => id);

/** Reads a snapshot with every adapter that finds its mesh in it (or that the user named), over one inventory. */
export const readSnapshot = async (snapshot: Snapshot, options: ReadOptions = {}): Promise<Read> => {
  const chosen = registrations.filter(({ id }) => !options.only || options.only.includes(id));
  const kubernetes = readKubernetes(snapshot);
  const findings: Finding[] = [...kubernetes.findings];
  const present = await meshesPresent(chosen, snapshot, kubernetes.inventory, options);
  const parts: ModelPart[] = [];
  const objects: ReadObject[] = [];
  let { inventory } = kubernetes;
  for (const { registration, meshes } of present) {
    const others = present.flatMap(other => (other.registration === registration ? [] : other.meshes));
    const read = await registration.read();
    const result = read({ snapshot, inventory, meshes, others });
    inventory = result.inventory;
    parts.push(result.part);
    findings.push(...result.findings);
    objects.push(...result.objects);
  }
  const read = [...new Map(objects.map(object => [object.object, object])).values()];
  const { unread, accounting } = account(snapshot, read);
  return {
    model: assemble(inventory, parts),
    findings: once([...findings, ...(await unknownKinds(snapshot, chosen, read))]),
    unread,
    accounting,
    objects: read,
  };
};

interface Present {
  readonly registration: Registration;
  /** At least one. */
  readonly meshes: readonly Mesh[];
}

const meshesPresent = async (
  chosen: readonly Registration[],
  snapshot: Snapshot,
  inventory: Inventory,
  { only }: ReadOptions,
): Promise<readonly Present[]> => {
  const all = await Promise.all(
    chosen.map(async registration => {
      const found = registration.detect(snapshot, inventory);
      const isAssumed = found.length === 0 && only !== undefined;
      return { registration, meshes: isAssumed ? [(await registration.load()).assume()] : found };
    }),
  );
  return all.filter(({ meshes }) => meshes.length > 0);
};

/** Objects that two adapters read are judged by both; what both find is told once. */
const once = (findings: readonly Finding[]): readonly Finding[] => {
  const told = new Map<string, Finding>();
  for (const finding of findings) {
    const { code, subject, path, message } = finding;
    const key = `${code}|${subject ? objectKey(subject) : ''}|${path ?? ''}|${message}`;
    if (!told.has(key)) told.set(key, finding);
  }
  return [...told.values()];
};

const account = (
  snapshot: Snapshot,
  objects: readonly ReadObject[],
): { unread: readonly Unread[]; accounting: Accounting } => {
  const bodies = new Map(objects.map(object => [object.object, object]));
  const unread: Unread[] = [];
  let fields = 0;
  let refused = 0;
  // Copies of an object that a later one stands in place of: nobody reads them.
  for (const [copy, kept] of snapshot.superseded) {
    const { body } = bodies.get(kept) ?? {};
    const part = body ? snapshot.field(copy).account(body) : undefined;
    fields += part?.fields ?? 0;
    refused += part?.fields ?? 0;
  }
  for (const { object, body, refused: why, unread: more } of bodies.values()) {
    const part = snapshot.field(object).account(body);
    fields += part.fields + (more?.length ?? 0);
    if (why === undefined) unread.push(...part.unread, ...(more ?? []));
    else refused += part.fields;
  }
  const read = fields - unread.length - refused;
  return { unread, accounting: { objects: bodies.size, fields, read, unread: unread.length, refused } };
};

/** Kinds of mesh groups that nobody read, and kinds that nobody knows: said once per kind. */
const unknownKinds = async (
  snapshot: Snapshot,
  chosen: readonly Registration[],
  read: readonly ReadObject[],
): Promise<readonly Finding[]> => {
  const done = new Set(read.map(({ object }) => `${groupOf(object.ref)}/${object.ref.kind}`));
  const left = snapshot
    .kindsPresent()
    .map(key => ({ key, group: key.slice(0, key.lastIndexOf('/')), kind: key.slice(key.lastIndexOf('/') + 1) }))
    .filter(({ key, group }) => !done.has(key) && !isKubernetesGroup(group));
  if (left.length === 0) return [];
  const adapters = await Promise.all(chosen.map(({ load }) => load()));
  const known = new Set(adapters.flatMap(({ resources }) => resources.map(({ group, kind }) => `${group}/${kind}`)));
  return left.flatMap(({ key, group, kind }) => {
    const objects = snapshot.of(group, kind);
    const [first] = objects;
    if (!first) return [];
    const code = known.has(key) ? 'ENGINE002' : 'ENGINE001';
    const count = objects.length === 1 ? '' : ` (${objects.length} objects)`;
    return [findingOf(engineFindings, code, first.ref, `kind \`${kind}\` of \`${group}\` is not read${count}`)];
  });
};

/** Kubernetes' own groups: `apps`, `batch`, and those under `k8s.io` that are no Gateway API. */
const isKubernetesGroup = (group: string): boolean =>
  !group.includes('.') || (group.endsWith('.k8s.io') && !group.startsWith('gateway.networking'));
