/** Law 3 for routes: what is written behaves, read back, as the model that was expected. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applied, readWith } from '../../../../test/laws/reading.ts';
import { givenOf, worldObjects, worldWith } from '../../../../test/laws/world.ts';
import { frontends as randomTables } from '../../../../test/support/arbitrary/frontend.ts';
import { toYamlStream } from '../../../base/yaml.ts';
import type { Frontend } from '../../../model/frontend.ts';
import { Snapshot } from '../../../native/snapshot.ts';
import { compare } from '../../../verify/compare/compare.ts';
import { worldOf } from '../../../verify/request.ts';
import { adapter } from '../adapter.ts';

/** What is written for tables, and in what it differs from what was expected; undefined if in nothing. */
const broken = (tables: readonly Frontend[]): string | undefined => {
  const model = worldWith(adapter, { frontends: tables });
  const { objects, expected } = adapter.write(model, { mesh: adapter.assume(), snapshot: new Snapshot(worldObjects) });
  const again = readWith(adapter, applied(worldObjects, objects)).model;
  const { verdict, services } = compare(worldOf(expected), worldOf(again), { perTarget: 400 });
  if (verdict === 'equal') return undefined;
  const [first] = services.filter(service => service.verdict !== 'equal');
  return toYamlStream([JSON.parse(JSON.stringify(first, withoutSources)), ...objects]);
};

const withoutSources = (key: string, value: unknown): unknown => (key === 'source' ? undefined : value);

const seed = Number(process.env.SUPERGLOO_SEED ?? 11);
const numRuns = Number(process.env.SUPERGLOO_RUNS ?? 30);

test.each(['re2', 'rust'] as const)('random tables with %s expressions behave, read back, as expected', dialect => {
  const given = { ...givenOf(adapter), dialect };
  const ofMesh = randomTables(given).map(tables => tables.filter(({ listens }) => listens.kind !== 'listener'));
  const result = fc.check(
    fc.property(ofMesh, tables => broken(tables) === undefined),
    { seed, numRuns },
  );
  const [smallest] = result.counterexample ?? [];
  if (smallest) expect(`${broken(smallest)}---\n${toYamlStream(smallest)}`).toBe('');
});
