/**
 * `npm run test:e2e [-- --allow-skip] [-- istio] [-- consul]`: a few behaviours of real meshes, each predicted from the
 * configuration that is applied and then seen. A bed that fails is started once more; an expectation that fails is not.
 * Where the machine cannot run the bed it says why and fails, unless a skip is allowed. The bed belongs to this run alone
 * and goes with it; with `SUPERGLOO_TESTBED_NAME` it is the one of that name, and stays if it was up.
 */
import { bringUp, type Half, halves, isUp } from '../testbed/bed.ts';
import { smokeConsul } from '../testbed/e2e/consul.ts';
import { smokeIstio } from '../testbed/e2e/istio.ts';
import { claimOwnBed, type Release } from '../testbed/e2e/own-bed.ts';
import { BedFailure, CannotRun } from '../testbed/failures.ts';
import { node } from '../testbed/kubernetes/cluster.ts';
import { goInside } from '../testbed/machine/inside.ts';
import { cannotRun } from '../testbed/machine/needs.ts';
import { takeDown } from '../testbed/machine/take-down.ts';

const say = (line: string): void => console.log(line);

const smokes: Readonly<Record<Half, (tell: typeof say) => Promise<boolean>>> = {
  consul: smokeConsul,
  istio: smokeIstio,
};

/** What a run inside the bed ends with; any other code means that the bed was at fault. */
const asPredicted = 0;
const notAsPredicted = 1;
const bedFailed = 7;

const halvesIn = (args: readonly string[]): readonly Half[] => {
  const named = halves.filter(half => args.includes(half));
  return named.length > 0 ? named : halves;
};

/** Inside the bed everything that goes wrong is the bed's fault, but for what is not as predicted. */
const inside = async (args: readonly string[]): Promise<number> => {
  const results: boolean[] = [];
  try {
    for (const half of halvesIn(args)) {
      say(half);
      results.push(await smokes[half](say));
    }
  } catch (error) {
    say(`the bed failed: ${error instanceof Error ? error.stack : error}`);
    return bedFailed;
  }
  return results.every(Boolean) ? asPredicted : notAsPredicted;
};

/** Starts the bed and goes into it; tells whether all was as predicted, or nothing if the bed was at fault. */
const once = async (root: string, args: readonly string[]): Promise<boolean | undefined> => {
  try {
    await bringUp(root, halvesIn(args), say);
    const code = await goInside(node.namespace, root, ['e2e', '--inside', ...args]);
    return code === asPredicted || (code === notAsPredicted ? false : undefined);
  } catch (error) {
    if (!(error instanceof BedFailure)) throw error;
    say(`the bed failed: ${error.message}`);
    return undefined;
  }
};

const twiceAtMost = async (root: string, args: readonly string[]): Promise<boolean> => {
  const first = await once(root, args);
  if (first !== undefined) return first;
  say('the bed is started once more');
  await takeDown();
  return (await once(root, args)) ?? false;
};

const bedOf = async (root: string): Promise<Release> => {
  if (!process.env.SUPERGLOO_TESTBED_NAME) return claimOwnBed(root);
  const wasUp = halves.some(isUp);
  return async () => {
    if (!wasUp) await takeDown();
  };
};

const outside = async (root: string, args: readonly string[]): Promise<number> => {
  const reasons = cannotRun();
  if (reasons.length > 0) throw new CannotRun(reasons);
  const began = performance.now();
  const release = await bedOf(root);
  try {
    const passed = await twiceAtMost(root, args);
    const seconds = Math.round((performance.now() - began) / 1000);
    say(`${passed ? 'all as predicted' : 'not as predicted'}, ${seconds} s`);
    return passed ? 0 : 1;
  } finally {
    await release();
  }
};

export const main = async (root: string, args: readonly string[]): Promise<number> => {
  try {
    // Nothing that still runs is waited for.
    return process.exit(await (args.includes('--inside') ? inside(args) : outside(root, args)));
  } catch (error) {
    if (!(error instanceof CannotRun || error instanceof BedFailure)) throw error;
    say(error.message);
    return error instanceof CannotRun && args.includes('--allow-skip') ? 0 : 1;
  }
};
