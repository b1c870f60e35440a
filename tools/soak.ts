/**
 * `npm run soak [RUNS] [SEED] [SUITE…]`: the random laws and the comparison, or the suites that are named, with more samples
 * than a test run has time for. Runs until it is through; a counterexample is printed with its seed.
 * `npm run soak 300 1 test/api`: 100,000 objects of the API as nobody should write them, among others.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const usual = [
  ...['test/laws', 'test/api', 'test/compile', 'test/compare', 'test/contract'],
  ...['src/verify/compare', 'src/verify/language'],
];

export const main = (root: string, [runs = '300', seed = '1', ...named]: readonly string[]): number => {
  const suites = named.length > 0 ? named : usual;
  console.log(`${runs} samples of each law, seed ${seed}`);
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--testTimeout=3600000', ...suites],
    { cwd: root, stdio: 'inherit', env: { ...process.env, SUPERGLOO_RUNS: runs, SUPERGLOO_SEED: seed } },
  );
  return status ?? 1;
};
