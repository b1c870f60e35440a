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

/** What is written for what was written and read; undefined if it is the same. */
const rewritten = (tables: readonly Frontend[]): string | undefined => {
  const target = { mesh: adapter.assume(), snapshot: new Snapshot(worldObjects) };
  const { objects } = adapter.write(worldWith(adapter, { frontends: tables }), target);
  const again = adapter.write(readWith(adapter, applied(worldObjects, objects)).model, target);
  const [first, second] = [toYamlStream(objects), toYamlStream(again.objects)];
  return first === second ? undefined : `${first}\nAGAIN\n${second}`;
};

const seed = Number(process.env.SUPERGLOO_SEED ?? 11);
const runs = (usual: number): number => Number(process.env.SUPERGLOO_RUNS ?? usual);

const forTables = (
  dialect: 're2' | 'rust',
  numRuns: number,
  fails: (tables: readonly Frontend[]) => string | undefined,
): void => {
  const ofMesh = randomTables({ ...givenOf(adapter), dialect }).map(tables =>
    tables.filter(({ listens }) => listens.kind !== 'listener'),
  );
  const { counterexample } = fc.check(
    fc.property(ofMesh, tables => fails(tables) === undefined),
    { seed, numRuns },
  );
  const [smallest] = counterexample ?? [];
  if (smallest) expect(`${fails(smallest)}---\n${toYamlStream(smallest)}`).toBe('');
};

test.each(['re2', 'rust'] as const)('random tables with %s expressions behave, read back, as expected', dialect => {
  forTables(dialect, runs(30), broken);
});

test('what was written and read is written the same', () => {
  forTables('re2', runs(100), rewritten);
});
