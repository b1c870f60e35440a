/**
 * `npm run soak [RUNS] [SEED]`: the random laws and the comparison with more samples than a test run has time for. Runs
 * until it is through; a counterexample is printed with its seed.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const suites = ['test/laws', 'test/compare', 'src/verify/compare', 'src/verify/language', 'test/contract'];

export const main = (root: string, [runs = '300', seed = '1']: readonly string[]): number => {
  console.log(`${runs} samples of each law, seed ${seed}`);
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--testTimeout=3600000', ...suites],
    { cwd: root, stdio: 'inherit', env: { ...process.env, SUPERGLOO_RUNS: runs, SUPERGLOO_SEED: seed } },
  );
  return status ?? 1;
};
