/**
 * `npm run move [-- --open-bridge]`: a service goes from a real Istio to a real Consul by what `supergloo convert` prints, while it is called.
 * Prints how many requests were sent, failed, and were wrongly allowed, and writes `docs/reference/move.md`. The bed
 * belongs to this run alone. With `--open-bridge` the bridge between the meshes has no policy: then the run must fail.
 */
import { bringUp, halves } from '../testbed/bed.ts';
import { claimOwnBed } from '../testbed/e2e/own-bed.ts';
import { BedFailure, CannotRun } from '../testbed/failures.ts';
import { node } from '../testbed/kubernetes/cluster.ts';
import { goInside } from '../testbed/machine/inside.ts';
import { move } from '../testbed/move/move.ts';
import { isClean, moveTable, writeMovePage } from '../testbed/move/page.ts';

const say = (line: string): void => console.log(line);

const inside = async (root: string, args: readonly string[]): Promise<number> => {
  const bridgeIsOpen = args.includes('--open-bridge');
  const moved = await move(root, { bridgeIsOpen }, say);
  say(moveTable(moved));
  for (const { counts } of moved.steps)
    for (const { problems } of counts.values()) for (const problem of problems) say(problem);
  if (!bridgeIsOpen) writeMovePage(root, moved);
  return isClean(moved) ? 0 : 1;
};

const outside = async (root: string, args: readonly string[]): Promise<number> => {
  const release = await claimOwnBed(root);
  try {
    await bringUp(root, halves, say);
    return (await goInside(node.namespace, root, ['move', '--inside', ...args])) ?? 1;
  } finally {
    await release();
  }
};

export const main = async (root: string, args: readonly string[]): Promise<number> => {
  try {
    return process.exit(await (args.includes('--inside') ? inside : outside)(root, args));
  } catch (error) {
    if (!(error instanceof CannotRun || error instanceof BedFailure)) throw error;
    say(error.message);
    return process.exit(error instanceof CannotRun ? 3 : 2);
  }
};
