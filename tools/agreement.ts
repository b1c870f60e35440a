/**
 * `npm run agreement [-- MESH] [-- --only=TEXT|TEXT] [-- --random=COUNT] [-- --seed=NUMBER] [-- --stance=allow|deny|gateway|peers|peers-deny|waypoint|waypoint-destinations]`: writes configurations, applies them to
 * a real mesh, and holds what happens to real requests against what is predicted. A run of everything writes
 * `docs/reference/agreement.md` and records what was seen in `testdata/agreement`. Any disagreement is printed with all that
 * it takes to see it, and fails the run.
 *
 * `--record`: what `--only` has tried takes its place in the records too. `--kill-agent-once`: Consul's agent is ended while
 * the first configurations are asked, and the run has to come to its end all the same.
 *
 * `npm run agreement -- --teeth` needs no mesh: it holds what was recorded against models with an error in them, and fails
 * if one is not noticed.
 */
import { consulContest } from '../testbed/agreement/consul/contest.ts';
import type { Contest } from '../testbed/agreement/contest.ts';
import { disagreementText } from '../testbed/agreement/disagreement.ts';
import { istioContest } from '../testbed/agreement/istio/contest.ts';
import { disagrees } from '../testbed/agreement/oracle.ts';
import { byClaim, contradictedPairs, type JudgedPair, judgedPairs } from '../testbed/agreement/pairs/tally-pairs.ts';
import { writeRecord } from '../testbed/agreement/record.ts';
import { section, writeSection } from '../testbed/agreement/report.ts';
import { type Arena, runAgreement } from '../testbed/agreement/run.ts';
import {
  byCapability,
  byFamily,
  byOracle,
  byTold,
  notComparable,
  type Row,
  type Tried,
  toldOtherwise,
  totalOf,
} from '../testbed/agreement/tally.ts';
import { bringUp, type Half, halves } from '../testbed/bed.ts';
import { BedFailure, CannotRun } from '../testbed/failures.ts';
import { node } from '../testbed/kubernetes/cluster.ts';
import { goInside } from '../testbed/machine/inside.ts';
import { bedName } from '../testbed/machine/places.ts';
import { takeDown } from '../testbed/machine/take-down.ts';
import { bite, errors, recordedWaves, untried } from '../testbed/teeth/bite.ts';
import { type Overlooking, overlook, overlooked, recordedPairs } from '../testbed/teeth/comparisons.ts';
import { teethSection, teethTitle } from '../testbed/teeth/report.ts';
import { workloadsIn } from '../testbed/trial/trial.ts';

const say = (line: string): void => console.log(line);

const option = (args: readonly string[], name: string): string | undefined =>
  args.find(arg => arg.startsWith(`--${name}=`))?.slice(name.length + 3);

const rowText = ({ name, configurations, probes, requests, agreements, disagreements }: Row): string =>
  [name.padEnd(32), configurations, probes, requests, agreements, disagreements].join('\t');

const tellRows = (tried: readonly Tried[], pairs: readonly JudgedPair[], seconds: number): void => {
  for (const row of [...byFamily(tried), ...byCapability(tried), totalOf(tried)]) say(rowText(row));
  for (const { name, values, disagreements } of byTold(tried))
    say(`told ${name.padEnd(27)}\t${values}\t${disagreements}`);
  for (const { oracle, about, facts, disagreements } of byOracle(tried))
    say([`${oracle}: ${about}`.padEnd(32), facts, disagreements].join('\t'));
  for (const { said, pairs: count, requests, ...found } of byClaim(pairs))
    say([`said ${said}`.padEnd(32), count, requests, JSON.stringify(found)].join('\t'));
  for (const text of contradictedPairs(pairs)) say(`contradicted ${text}`);
  for (const [why, count] of notComparable(tried)) say(`not comparable: ${count} × ${why}`);
  say(`${Math.round(seconds)} s`);
};

/** An arena in which something dies when the first questions are put. */
const killedOnce = <Native>(arena: Arena<Native>): Arena<Native> => {
  let isDone = false;
  return {
    ...arena,
    put: questions => {
      if (!isDone) arena.kill?.();
      isDone = true;
      return arena.put(questions);
    },
  };
};

const contend = async <Native extends object>(
  root: string,
  contest: Contest<Native>,
  args: readonly string[],
): Promise<boolean> => {
  const began = performance.now();
  const only = option(args, 'only');
  const opened = await contest.open();
  const arena = args.includes('--kill-agent-once') ? killedOnce(opened) : opened;
  const random = { count: Number(option(args, 'random') ?? 160), seed: Number(option(args, 'seed') ?? 1) };
  const all = await contest.configurations(arena, random, root);
  const chosen = all.filter(({ id }) => only === undefined || only.split('|').some(text => id.includes(text)));
  const kept: { tried: Tried; on: string; objects: readonly Native[] }[] = [];
  const tried = await runAgreement(arena, chosen, contest.limits, {
    tell: (one, { objects, slot }) => {
      kept.push({ tried: one, on: slot.name, objects });
      const failed = one.verdicts.filter(({ differences }) => differences.length > 0);
      const isContradicted = toldOtherwise([one]).length > 0 || one.testimonies?.some(disagrees);
      if (failed.length > 0 || isContradicted) say(disagreementText(one, objects, failed));
    },
    tellAgain: (why, ids) => say(`tried anew, for ${why}: ${ids.join('; ')}`),
  });
  const pairs = judgedPairs(tried, workloadsIn(await arena.model()));
  tellRows(tried, pairs, (performance.now() - began) / 1000);
  const isWhole = only === undefined;
  if (isWhole) writeSection(root, contest.title, section(contest.title, contest.parts, tried, pairs));
  if (isWhole || args.includes('--record')) writeRecord(root, contest, arena.standing, kept, pairs, !isWhole);
  const isContradicted = toldOtherwise(tried).length > 0 || byOracle(tried).some(row => row.disagreements > 0);
  return totalOf(tried).disagreements === 0 && !isContradicted && contradictedPairs(pairs).length === 0;
};

const contests: Readonly<Record<Half, (root: string, args: readonly string[]) => Promise<boolean>>> = {
  consul: (root, args) => contend(root, consulContest, args),
  istio: (root, args) => contend(root, istioContest, args),
};

const halvesIn = (args: readonly string[]): readonly Half[] => {
  const named = halves.filter(half => args.includes(half));
  return named.length > 0 ? named : halves;
};

const inside = async (root: string, args: readonly string[]): Promise<number> => {
  const results: boolean[] = [];
  for (const half of halvesIn(args)) results.push(await contests[half](root, args));
  return results.every(Boolean) ? 0 : 1;
};

/** The stances in which a half is tried, each in a bed of its own. */
const stances: Readonly<Record<Half, readonly string[]>> = {
  consul: ['allow', 'deny', 'gateway', 'peers', 'peers-deny'],
  istio: ['allow', 'waypoint', 'waypoint-destinations'],
};

const outside = async (root: string, args: readonly string[]): Promise<number> => {
  const usual = bedName();
  const options = args.filter(arg => arg.startsWith('--'));
  const results: number[] = [];
  for (const half of halvesIn(args))
    for (const stance of stances[half].filter(one => one === (option(args, 'stance') ?? one))) {
      process.env.SUPERGLOO_TESTBED_NAME = stance === 'allow' ? usual : `${usual}${stance[0]}`;
      process.env.SUPERGLOO_TESTBED_STANCE = stance;
      await bringUp(root, [half], say);
      results.push((await goInside(node.namespace, root, ['agreement', '--inside', half, ...options])) ?? 1);
      if (stance !== 'allow') await takeDown();
    }
  return Math.max(...results);
};

const teeth = async (root: string): Promise<number> => {
  const waves = await recordedWaves(root);
  const meshes = [...new Set(waves.map(({ mesh }) => mesh))];
  const bites = errors.map(planted => {
    const found = bite(waves, planted);
    const { capability, error, noticed, example = 'NOBODY NOTICES' } = found;
    say([capability.padEnd(20), ...meshes.map(mesh => noticed[mesh] ?? 0), error.what, example].join('\t'));
    return found;
  });
  const pairs = await recordedPairs(root);
  const comparisons: Overlooking[] = [];
  for (const capability of overlooked) comparisons.push(await overlook(pairs, capability));
  for (const { capability, what, noticed } of comparisons)
    say(['comparison', capability, noticed.length, what].join('\t'));
  for (const [capability, why] of untried) say(`${capability.padEnd(20)}\tnot tried: ${why}`);
  writeSection(root, teethTitle, teethSection(bites, untried, meshes, comparisons));
  const isWhole = comparisons.every(({ noticed }) => noticed.length > 0);
  return isWhole && bites.every(({ example }) => example !== undefined) ? 0 : 1;
};

export const main = async (root: string, args: readonly string[]): Promise<number> => {
  if (args.includes('--teeth')) return teeth(root);
  try {
    return process.exit(await (args.includes('--inside') ? inside : outside)(root, args));
  } catch (error) {
    if (!(error instanceof CannotRun || error instanceof BedFailure)) throw error;
    say(error.message);
    return process.exit(error instanceof CannotRun ? 3 : 2);
  }
};
