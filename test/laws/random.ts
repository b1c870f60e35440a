import fc from 'fast-check';
import type { Adapter } from '../../src/adapter/adapter.ts';
import { toYaml } from '../../src/base/yaml.ts';
import type { Model } from '../../src/model/model.ts';
import { type Wishes, wishes } from '../support/arbitrary/model.ts';
import { givenOf, worldWith } from './world.ts';

/** The seed of every random law; another one by the environment, to look further. */
const seed = Number(process.env.SUPERGLOO_SEED ?? 20_260);

/** How many samples are tried of each pair of meshes; more by the environment, to look further. */
const runs = (usual: number): number => Number(process.env.SUPERGLOO_RUNS ?? usual);

/** Whether a counterexample is printed as it was found, which is quicker than making it small. */
const endOnFailure = process.env.SUPERGLOO_SHRINK === 'no';

/**
 * Tries a law on random models of a mesh. `broken` says what is wrong, or nothing. A model that breaks the law is made
 * as small as it can be, and printed as what was wished for, with the seed that finds it again.
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
      'Wished for:',
      toYaml(withoutEmpty(smallest)),
      `Seed ${usedSeed}, path ${counterexamplePath}; SUPERGLOO_SEED and SUPERGLOO_RUNS look further.`,
    ].join('\n'),
  );
};

const withoutEmpty = (wished: Wishes): unknown =>
  Object.fromEntries(
    Object.entries(wished).filter(([, value]) => (Array.isArray(value) ? value.length : Object.keys(value).length) > 0),
  );
