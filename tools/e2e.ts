/**
 * `npm run test:e2e [-- --allow-skip] [-- istio] [-- consul]`: a few behaviours of real meshes, each predicted from the
 * configuration that is applied and then seen. A bed that fails is started once more; an expectation that fails is not.
 * Where the machine cannot run the bed it says why and fails, unless a skip is allowed.
 */
import { bringUp, type Half, halves, isUp } from '../testbed/bed.ts';
import { smokeConsul } from '../testbed/e2e/consul.ts';
import { smokeIstio } from '../testbed/e2e/istio.ts';
import { BedFailure, CannotRun } from '../testbed/failures.ts';
import { node } from '../testbed/kubernetes/cluster.ts';
import { goInside } from '../testbed/machine/inside.ts';
import { takeDown } from '../testbed/machine/take-down.ts';

const say = (line: string): void => console.log(line);

const smokes: Readonly<Record<Half, (tell: typeof say) => Promise<boolean>>> = {
  consul: smokeConsul,
  istio: smokeIstio,
};

/** Ends with this code when the bed was at fault. */
const bedFailed = 7;

const smoke = async (names: readonly string[]): Promise<number> => {
  const wanted = halves.filter(half => names.length === 0 || names.includes(half));
  const results: boolean[] = [];
  for (const half of wanted) {
    say(half);
    results.push(await smokes[half](say));
  }
  return results.every(Boolean) ? 0 : 1;
};

/** Nothing that still runs is waited for. */
const endWith = (code: number): never => process.exit(code);

const once = async (root: string, names: readonly string[]): Promise<number> => {
  await bringUp(
    root,
    halves.filter(half => names.length === 0 || names.includes(half)),
    say,
  );
  return (await goInside(node.namespace, root, ['e2e', '--inside', ...names])) ?? bedFailed;
};

/** A bed that was up before stays up; one that was started for this goes again. */
const outside = async (root: string, names: readonly string[]): Promise<number> => {
  const began = performance.now();
  const wasUp = halves.some(isUp);
  for (const attempt of [1, 2]) {
    let code = bedFailed;
    try {
      code = await once(root, names);
    } catch (error) {
      if (!(error instanceof BedFailure)) throw error;
      say(`the bed failed: ${error.message}`);
    }
    if (code !== bedFailed) {
      if (!wasUp) await takeDown();
      say(
        `${code === 0 ? 'all as predicted' : 'not as predicted'}, ${Math.round((performance.now() - began) / 1000)} s`,
      );
      return code;
    }
    if (attempt === 1) say('the bed is started once more');
    await takeDown();
  }
  return 1;
};

export const main = async (root: string, args: readonly string[]): Promise<number> => {
  const names = args.filter(arg => !arg.startsWith('--'));
  try {
    if (!args.includes('--inside')) return endWith(await outside(root, names));
    return endWith(await smoke(names));
  } catch (error) {
    if (error instanceof CannotRun) {
      say(error.message);
      return args.includes('--allow-skip') ? 0 : 1;
    }
    if (!(error instanceof BedFailure)) throw error;
    say(`the bed failed: ${error.message}`);
    return endWith(bedFailed);
  }
};
