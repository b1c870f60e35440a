import type { Adapter, Manifest, WriteResult } from '../../src/adapter/adapter.ts';
import type { Model } from '../../src/model/model.ts';
import { type NativeObject, Snapshot } from '../../src/native/snapshot.ts';
import { registrations } from '../../src/registry/index.gen.ts';
import { applied, type Reading, readWith } from './reading.ts';
import { worldObjects } from './world.ts';

/** Every registered adapter. */
export const adapters: readonly Adapter[] = await Promise.all(registrations.map(({ load }) => load()));

/** Every way to convert, also from a mesh to itself: ids, and the adapters. */
export const pairs: readonly (readonly [string, string, Adapter, Adapter])[] = adapters.flatMap(from =>
  adapters.map(to => [from.id, to.id, from, to] as const),
);

/** Writes a model for a mesh that is not there yet. */
export const write = (to: Adapter, model: Model, beside: readonly NativeObject[] = worldObjects): WriteResult =>
  to.write(model, { mesh: to.assume(), snapshot: new Snapshot(beside) });

/** Reads what was written, beside the workloads and services of the world. */
export const readBack = (adapter: Adapter, manifests: readonly Manifest[]): Reading =>
  readWith(adapter, applied(worldObjects, manifests));
