import type { Adapter, Manifest, WriteResult } from '../../src/adapter/adapter.ts';
import type { Model } from '../../src/model/model.ts';
import { type NativeObject, Snapshot } from '../../src/native/snapshot.ts';
import { registrations } from '../../src/registry/index.gen.ts';
import { applied, type Reading, readWith } from './reading.ts';
import { worldObjects } from './world.ts';

/** Everything that can be converted to. */
export const targets: readonly Adapter[] = await Promise.all(registrations.map(({ load }) => load()));

/** Every adapter that is a source as well: what it writes can be read back. */
export const adapters: readonly Adapter[] = targets.filter(({ isTargetOnly }) => !isTargetOnly);

const waysTo = (those: readonly Adapter[]): readonly (readonly [string, string, Adapter, Adapter])[] =>
  adapters.flatMap(from => those.map(to => [from.id, to.id, from, to] as const));

/** Every way to convert to something that is read back, also from a mesh to itself: ids, and the adapters. */
export const pairs = waysTo(adapters);

/** Every way to convert: for laws that look at the ledger and at what is expected, and read nothing back. */
export const conversions = waysTo(targets);

/** Writes a model for a mesh that is not there yet. */
export const write = (to: Adapter, model: Model, beside: readonly NativeObject[] = worldObjects): WriteResult =>
  to.write(model, { mesh: to.assume(), snapshot: new Snapshot(beside) });

/** Reads what was written, beside the workloads and services of the world. */
export const readBack = (adapter: Adapter, manifests: readonly Manifest[]): Reading =>
  readWith(adapter, applied(worldObjects, manifests));
