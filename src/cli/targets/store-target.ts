import type { Manifest } from '../../adapter/adapter.ts';
import { isOurs, readApiObject } from '../../api/read-object.ts';
import type { Finding } from '../../base/finding.ts';
import { findingOf } from '../../base/finding.ts';
import { isSame } from '../../base/same.ts';
import { objectKey } from '../../base/source.ts';
import { additionsTo } from '../../engine/apply/additions.ts';
import { identityOf, identityOfManifest, isOwnedBy, ownerLabel } from '../../engine/plan/ownership.ts';
import type { Step } from '../../engine/plan/steps.ts';
import { metadataOf, type NativeObject } from '../../native/snapshot.ts';
import { idOf, type StoredObject } from '../../store/port/object.ts';
import type { ObjectStore } from '../../store/port/object-store.ts';
import { StoreError } from '../../store/store-error.ts';
import { cliFindings } from '../findings.ts';
import type { Taken, Target } from './target.ts';

/** Who writes what users say, and who writes what follows from it. */
export const userManager = 'supergloo-apply';
export const ownManager = 'supergloo';

export const nativeOf = (stored: StoredObject): NativeObject => {
  const { apiVersion, kind, metadata } = stored;
  const { name, namespace } = metadata;
  return { ref: { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) }, body: stored };
};

const storedOf = ({ body }: NativeObject): StoredObject => structuredClone(body) as unknown as StoredObject;

interface Store {
  readonly store: ObjectStore;
  readonly owner: string;
  /** What the user named. */
  readonly named: readonly NativeObject[];
  /** Which of the objects there are to be taken out. */
  readonly removed: (objects: readonly NativeObject[]) => readonly NativeObject[];
  /** Takes over fields that others own. */
  readonly force?: boolean;
}

/**
 * A store, as it will be once it has taken up what the user named. An object that is not valid is not taken up: what the
 * store has of it stays, and with it what was written for it.
 */
export const storeTarget = async ({
  store,
  owner,
  named,
  removed,
  force = false,
}: Store): Promise<Target & { readonly findings: readonly Finding[] }> => {
  const { items } = await store.list();
  const there = new Map(items.map(item => [objectKey(nativeOf(item).ref), item]));
  const findings: Finding[] = [...(await store.findings())];
  const taken: Taken[] = [];
  for (const object of named) {
    if (isWritten(object)) {
      findings.push(findingOf(cliFindings, 'APPLY004', object.ref, 'it stays as it is in the store'));
      continue;
    }
    const problems = isOurs(object)
      ? readApiObject(object).findings.filter(({ severity }) => severity === 'error')
      : [];
    const before = there.get(objectKey(object.ref));
    if (problems.length > 0) {
      const left = before ? 'the version before it still counts' : 'it is not taken up';
      findings.push(...problems, findingOf(cliFindings, 'APPLY001', object.ref, left));
      continue;
    }
    const result = await dryRun(store, object, force);
    if (result.finding) findings.push(result.finding);
    else taken.push(takenFrom(object, result.stored, before));
  }
  for (const object of removed(items.map(nativeOf))) taken.push({ action: 'delete', object, before: object.body });
  const coming = new Set(taken.map(({ object }) => objectKey(object.ref)));
  const isOwned = isOwnedBy(owner);
  const isAdopted = (object: NativeObject): boolean => !isOwned(object) && isChangedByUs(object);
  const adopted = new Map(
    items.map(nativeOf).flatMap(object => (isAdopted(object) ? [[identityOf(object.ref), object] as const] : [])),
  );

  return {
    findings,
    objects: items.map(nativeOf).filter(({ ref }) => !coming.has(objectKey(ref))),
    taken,
    state: Object.fromEntries(items.map(item => [objectKey(nativeOf(item).ref), item.metadata.resourceVersion ?? ''])),
    isAdopted: ref => adopted.has(identityOf(ref)),
    adopting: step => step,
    obstacle: () => undefined,
    releases: async ({ steps }) => {
      const wanted = new Set(steps.flatMap(({ after }) => (after ? [identityOfManifest(after)] : [])));
      const left = [...adopted].flatMap(([identity, object]) => (wanted.has(identity) ? [] : object));
      return Promise.all(left.map(object => releaseOf(store, object)));
    },
    takeUp: async ({ action, object }) => {
      if (action === 'delete') await store.delete(idOf(storedOf(object)));
      const given = named.find(one => one.ref === object.ref);
      if (given && action !== 'keep') await store.apply(storedOf(given), { manager: userManager, force });
    },
    carryOut: async step => carryOut(store, step, isOwned),
    writeStatus: async ({ body, ref }, status) => {
      const { name, namespace } = ref;
      const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
      const { apiVersion, kind } = body as unknown as StoredObject;
      const options = { manager: ownManager, subresource: 'status', force: true } as const;
      await store.apply({ apiVersion, kind, metadata, status: { ...status } }, options);
    },
  };
};

/** Whether a plan wrote it, whoever made that. */
const isWritten = (object: NativeObject): boolean => metadataOf(object).labels[ownerLabel] !== undefined;

type DryRun =
  | { readonly finding: Finding; readonly stored?: never }
  | { readonly stored: StoredObject; readonly finding?: never };

const dryRun = async (store: ObjectStore, object: NativeObject, force: boolean): Promise<DryRun> => {
  try {
    return { stored: await store.apply(storedOf(object), { manager: userManager, dryRun: true, force }) };
  } catch (error) {
    if (!(error instanceof StoreError) || (error.code !== 'owned' && error.code !== 'invalid')) throw error;
    const code = error.code === 'owned' ? 'APPLY002' : 'APPLY003';
    return { finding: findingOf(cliFindings, code, object.ref, error.message) };
  }
};

/** What is new has no age yet, so that the order of two new objects does not hang on the clock. */
const takenFrom = ({ ref }: NativeObject, result: StoredObject, before: StoredObject | undefined): Taken => {
  if (!before) {
    const { creationTimestamp: _, ...metadata } = result.metadata;
    return { action: 'create', object: { ref, body: { ...result, metadata } } };
  }
  return { action: isSame(before, result) ? 'keep' : 'update', object: { ref, body: result }, before };
};

/** Whether we apply some of its fields. */
const isChangedByUs = ({ body }: NativeObject): boolean =>
  ((body.metadata as StoredObject['metadata']).managedFields ?? []).some(
    ({ manager, operation, subresource }) => manager === ownManager && operation === 'Apply' && !subresource,
  );

const bare = ({ body }: NativeObject): StoredObject => {
  const { apiVersion, kind, metadata } = body as unknown as StoredObject;
  const { name, namespace } = metadata;
  return { apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
};

const releaseOf = async (store: ObjectStore, object: NativeObject): Promise<Step> => {
  const after = await store.apply(bare(object), { manager: ownManager, dryRun: true });
  return { action: 'update', object: object.ref, before: object.body, after: after as unknown as Manifest };
};

const carryOut = async (
  store: ObjectStore,
  { action, object, before, after }: Step,
  isOwned: (object: NativeObject) => boolean,
): Promise<void> => {
  const options = { manager: ownManager };
  if (action === 'create' && after) await store.create(after as unknown as StoredObject, options);
  if (!before) return;
  const there = { ref: object, body: before };
  const { resourceVersion = '' } = before.metadata as StoredObject['metadata'];
  if (action === 'delete') await store.delete(idOf(storedOf(there)), { resourceVersion });
  if (action !== 'update' || !after) return;
  if (isOwned(there)) {
    const next = { ...after, metadata: { ...after.metadata, resourceVersion } } as unknown as StoredObject;
    await store.update(next, options);
  } else {
    // All that we want is said each time; what we said before and do not say now is taken away.
    const without = await store.apply(bare(there), { ...options, dryRun: true });
    const added = additionsTo(without, after) as Partial<StoredObject>;
    const { metadata } = bare(there);
    await store.apply(
      { ...bare(there), ...added, metadata: { ...added.metadata, ...metadata } },
      { ...options, force: true },
    );
  }
};
