import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { expect } from 'vitest';
import type { Adapter } from '../../src/adapter/adapter.ts';
import { toYaml } from '../../src/base/yaml.ts';
import type { Model } from '../../src/model/model.ts';
import { type Wishes, wishes } from '../support/arbitrary/model.ts';
import { adapters } from './adapters.ts';
import { givenOf, worldWith } from './world.ts';

/** The seed of every random law; another one by the environment, to look further. */
const seed = Number(process.env.SUPERGLOO_SEED ?? 20_260);

/** The time for the laws is shared among all pairs of meshes: a mesh more means fewer samples for each. */
const share = 9 / adapters.length ** 2;

/** How many samples are tried of each pair of meshes; more by the environment, to look further. */
const runs = (usual: number): number => Number(process.env.SUPERGLOO_RUNS ?? Math.ceil(usual * Math.min(1, share)));

/** Whether a counterexample is printed as it was found, which is quicker than making it small. */
const endOnFailure = process.env.SUPERGLOO_SHRINK === 'no';

/** A model that broke a law, as it was written down; tried in place of random ones. */
const scenario = process.env.SUPERGLOO_SCENARIO;

/**
 * Tries a law on random models of a mesh. `broken` says what is wrong, or nothing. A model that breaks the law is made
 * as small as it can be, and written to a file as what was wished for, which `SUPERGLOO_SCENARIO` tries again.
 */
export const forRandomModels = (
  from: Adapter,
  usualRuns: number,
  broken: (model: Model, wished: Wishes) => string | undefined,
): void => {
  const check = (wished: Wishes): string | undefined => {
    try {
      return broken(worldWith(from, wished), wished);
    } catch (error) {
      return error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
  };
  if (scenario !== undefined) {
    const wrong = check(load(readFileSync(scenario, 'utf8')) as Wishes);
    if (wrong !== undefined) throw new Error(wrong);
    return;
  }
  const property = fc.property(wishes(givenOf(from)), wished => check(wished) === undefined);
  const {
    failed,
    counterexample,
    seed: usedSeed,
    counterexamplePath,
  } = fc.check(property, { seed, numRuns: runs(usualRuns), endOnFailure });
  if (!failed || !counterexample) return;
  const [smallest] = counterexample;
  throw new Error(
    [
      check(smallest),
      '',
      `Wished for: ${writeDown(smallest)} (seed ${usedSeed}, path ${counterexamplePath})`,
      'SUPERGLOO_SCENARIO=FILE tries it again; SUPERGLOO_SEED and SUPERGLOO_RUNS look further.',
    ].join('\n'),
  );
};

/** Writes a scenario to a file named after the test that it breaks. */
const writeDown = (wished: Wishes): string => {
  const name = (expect.getState().currentTestName ?? 'law').replace(/[^A-Za-z0-9]+/g, '-').toLowerCase();
  const file = join(scenarios, `${name}.yaml`);
  mkdirSync(scenarios, { recursive: true });
  writeFileSync(file, toYaml(withoutEmpty(wished)));
  return file;
};

const scenarios = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '.tsbuild', 'scenarios');

const withoutEmpty = (wished: Wishes): unknown =>
  Object.fromEntries(
    Object.entries(wished).filter(([, value]) => (Array.isArray(value) ? value.length : Object.keys(value).length) > 0),
  );
