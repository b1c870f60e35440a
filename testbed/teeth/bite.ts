import { type CapabilityId, capabilities } from '../../src/model/capability.ts';
import { differencesIn, type RecordedWave, recordedIn, waveNumbers, waveOf } from '../trial/replay.ts';
import type { PlantedError } from './error.ts';
import { plantedErrors } from './planted.ts';
import { waypointErrors } from './waypoint-errors.ts';

/** What becomes of an error that is planted in the model: by mesh, the configurations whose records contradict it. */
export interface Bite {
  readonly capability: CapabilityId;
  readonly error: PlantedError;
  readonly noticed: Readonly<Record<string, number>>;
  /** The first that does. */
  readonly example: string | undefined;
}

/** One for each capability of which something shows, and those about waypoints. */
export const errors: readonly (readonly [CapabilityId, PlantedError])[] = [
  ...(Object.keys(capabilities) as CapabilityId[]).flatMap(capability => {
    const planted = plantedErrors[capability];
    return 'plant' in planted ? [[capability, planted] as const] : [];
  }),
  ...waypointErrors,
];

/** Capabilities of which nothing shows in a bed, and why. */
export const untried: readonly (readonly [CapabilityId, string])[] = (
  Object.keys(capabilities) as CapabilityId[]
).flatMap(capability => {
  const planted = plantedErrors[capability];
  return 'untried' in planted ? [[capability, planted.untried] as const] : [];
});

export const recordedWaves = async (root: string): Promise<readonly RecordedWave[]> => {
  const waves: RecordedWave[] = [];
  for (const record of recordedIn(root))
    for (const number of waveNumbers(record)) waves.push(await waveOf(record, number));
  return waves;
};

/** The configurations of a wave that contradict a model with an error in it; at most so many. */
const contradictions = ({ model, configurations, addresses }: RecordedWave, { plant }: PlantedError, most: number) => {
  const wrong = plant(model);
  if (wrong === model) return [];
  const found: string[] = [];
  for (const one of configurations) {
    if (found.length >= most) break;
    if (differencesIn(wrong, one, addresses).length > 0) found.push(one.id);
  }
  return found;
};

/** Plants an error and counts who notices; stops at `enough` of a mesh. */
export const bite = (
  waves: readonly RecordedWave[],
  [capability, error]: readonly [CapabilityId, PlantedError],
  enough = Number.POSITIVE_INFINITY,
): Bite => {
  const noticed: Record<string, number> = {};
  let example: string | undefined;
  for (const wave of waves) {
    const before = noticed[wave.mesh] ?? 0;
    const found = contradictions(wave, error, enough - before);
    noticed[wave.mesh] = before + found.length;
    example ??= found[0];
  }
  return { capability, error, noticed, example };
};
