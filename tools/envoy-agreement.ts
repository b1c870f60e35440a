/**
 * `npm run envoy-agreement [RUNS] [SEED] [ONLY]`: writes bootstraps for Envoy, of every capability by itself and of so many
 * random models, starts Envoy with them on loopback, sends requests from the borders of each model, and holds what happens
 * against what is predicted. A disagreement is printed with all that it takes to see it, and fails the run.
 */
import { existsSync } from 'node:fs';
import { disagreementText } from '../testbed/agreement/disagreement.ts';
import { byCapability, byFamily, type Row, type Tried, totalOf } from '../testbed/agreement/tally.ts';
import { tryWritten } from '../testbed/envoy/agreement.ts';
import { eachCapability, randomEdges, randomModels } from '../testbed/envoy/configurations.ts';
import { envoyProgram } from '../testbed/envoy/process.ts';
import { versionLine } from '../testbed/versions.ts';

const say = (line: string): void => console.log(line);

const rowText = ({ name, configurations, probes, requests, agreements, disagreements }: Row): string =>
  [name.padEnd(32), configurations, probes, requests, agreements, disagreements].join('\t');

/** Configurations in one Envoy. */
const together = 8;

/** The first of the ports that Envoys listen on, one after the other. */
const firstPort = 21_000;

export const main = async (
  _root: string,
  [runs = '200', seed = '1', only = '']: readonly string[],
): Promise<number> => {
  if (!existsSync(envoyProgram())) {
    say(`there is no Envoy at ${envoyProgram()}: npm run testbed:build`);
    return 3;
  }
  // Nothing is left running by a run that is broken off.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const began = performance.now();
  const [count, first] = [Number(runs), Number(seed)];
  const all = [...eachCapability(), ...randomModels(count, first), ...randomEdges(count / 2, first)].filter(({ id }) =>
    id.includes(only),
  );
  const done: Tried[] = [];
  for (let index = 0; index < all.length; index += together) {
    const some = all.slice(index, index + together);
    const tried = await tryWritten(
      some,
      firstPort + (index % 4000),
      { borders: 24, often: 120, patienceMs: 1100 },
      index / together,
    );
    for (const [at, one] of tried.entries()) {
      const failed = one.verdicts.filter(({ differences }) => differences.length > 0);
      if (failed.length > 0) say(disagreementText(one, some[at]?.objects ?? [], failed));
    }
    done.push(...tried);
  }
  say(['', 'configurations', 'probes', 'requests', 'agreements', 'disagreements'].join('\t'));
  for (const row of byFamily(done)) say(rowText(row));
  say('');
  for (const row of byCapability(done)) say(rowText(row));
  const total = totalOf(done);
  say(rowText(total));
  say(`${versionLine(['envoy'])}, seed ${seed}, ${Math.round((performance.now() - began) / 1000)} s`);
  return total.disagreements > 0 ? 1 : 0;
};
