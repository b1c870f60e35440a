/**
 * `npm run agreement [-- istio] [-- --only=TEXT] [-- --random=COUNT] [-- --seed=NUMBER]`: writes configurations, applies them
 * to a real mesh, and holds what happens to real requests against what is predicted. A full run writes
 * `docs/reference/agreement.md`. Any disagreement is printed with all that it takes to see it, and fails the run.
 */
import { disagreementText } from '../testbed/agreement/disagreement.ts';
import { actionFamilies } from '../testbed/agreement/istio/actions.ts';
import { istioArena } from '../testbed/agreement/istio/arena.ts';
import { gatewayApiFamilies } from '../testbed/agreement/istio/gateway-api.ts';
import { guardFamilies } from '../testbed/agreement/istio/guards.ts';
import { matchFamilies } from '../testbed/agreement/istio/matches.ts';
import { runAgreement } from '../testbed/agreement/run.ts';
import { byCapability, byFamily, notComparable, type Row, totalOf } from '../testbed/agreement/tally.ts';
import { bringUp } from '../testbed/bed.ts';
import { BedFailure, CannotRun } from '../testbed/failures.ts';
import { node } from '../testbed/kubernetes/cluster.ts';
import { goInside } from '../testbed/machine/inside.ts';

const say = (line: string): void => console.log(line);

const rowText = ({ name, configurations, probes, requests, agreements, disagreements }: Row): string =>
  [name.padEnd(32), configurations, probes, requests, agreements, disagreements].join('\t');

const inside = async (args: readonly string[]): Promise<number> => {
  const only = args.find(arg => arg.startsWith('--only='))?.slice('--only='.length);
  const families = [...matchFamilies, ...actionFamilies, ...gatewayApiFamilies, ...guardFamilies];
  const chosen = families.filter(({ id }) => only === undefined || id.includes(only));
  const began = performance.now();
  const arena = await istioArena();
  const tried = await runAgreement(arena, chosen, { borders: 40, patienceMs: 3000 }, (one, placed) => {
    const failed = one.verdicts.filter(({ differences }) => differences.length > 0);
    if (failed.length > 0) say(disagreementText(one, placed.objects, failed));
  });
  for (const row of byFamily(tried)) say(rowText(row));
  say('');
  for (const row of byCapability(tried)) say(rowText(row));
  for (const [why, count] of notComparable(tried)) say(`not comparable: ${count} × ${why}`);
  const total = totalOf(tried);
  say(rowText(total));
  say(`${Math.round((performance.now() - began) / 1000)} s`);
  return total.disagreements > 0 ? 1 : 0;
};

const outside = async (root: string, args: readonly string[]): Promise<number> => {
  await bringUp(root, ['istio'], say);
  return (await goInside(node.namespace, root, ['agreement', '--inside', ...args])) ?? 1;
};

export const main = async (root: string, args: readonly string[]): Promise<number> => {
  try {
    return process.exit(args.includes('--inside') ? await inside(args) : await outside(root, args));
  } catch (error) {
    if (!(error instanceof CannotRun || error instanceof BedFailure)) throw error;
    say(error.message);
    return process.exit(error instanceof CannotRun ? 3 : 2);
  }
};
