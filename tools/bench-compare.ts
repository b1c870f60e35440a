/**
 * `npm run bench:compare [SIZES]`: how long it takes to decide whether two large configurations do the same. Prints what
 * was asked and what was known already; the last column says whether a bound of the project is kept.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { convert } from '../src/engine/convert.ts';
import { readSnapshot } from '../src/engine/read.ts';
import { writtenBeside } from '../src/engine/verdict.ts';
import type { Model } from '../src/model/model.ts';
import { Snapshot } from '../src/native/snapshot.ts';
import { parseText } from '../src/store/files/parse.ts';
import { compare } from '../src/verify/compare/compare.ts';
import { timesRemembered } from '../src/verify/language/memory.ts';
import { worldOf } from '../src/verify/request.ts';
import { regexesOnOnePath, routedShops, type Wording } from './bench/routed-shops.ts';

const snapshotOf = (text: string): Snapshot => new Snapshot(parseText('bench.yaml', text).objects, 'partial');

const modelOf = async (text: string): Promise<Model> =>
  (await readSnapshot(snapshotOf(text), { only: ['istio'] })).model;

const shopsIn = (services: number, wording: Wording): Promise<Model> => modelOf(routedShops(services, wording));

const row = (cells: readonly string[]): void =>
  console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(44) : cell.padStart(12))).join(''));

interface Bound {
  readonly ms: number;
  readonly mib: number;
}

interface Case {
  readonly name: string;
  readonly services: number;
  readonly sides: () => Promise<readonly [Model, Model]>;
  readonly bound?: Bound;
  /** Compared so often, and the median told of the second half: as in a process that stands by for edits. */
  readonly times?: number;
}

const usual: Bound = { ms: 5000, mib: 1024 };

/** Compares, and prints what it took. */
const timed = async ({ name, services, sides, bound, times = 1 }: Case): Promise<void> => {
  const [a, b] = await sides();
  const before = Array.from({ length: times - 1 }, () => {
    const start = performance.now();
    compare(worldOf(a), worldOf({ ...b }));
    return performance.now() - start;
  });
  const remembered = timesRemembered();
  const [start, work] = [performance.now(), process.cpuUsage()];
  const { verdict, asked, reused } = compare(worldOf(a), worldOf({ ...b }));
  const late = [...before.slice(before.length / 2), performance.now() - start].sort((x, y) => x - y);
  const wall = late[Math.floor(late.length / 2)] ?? 0;
  const { user, system } = process.cpuUsage(work);
  const mib = process.resourceUsage().maxRSS / 1024;
  const isKept = bound && wall <= bound.ms && mib <= bound.mib;
  row([
    name,
    verdict,
    wall.toFixed(0),
    ((user + system) / 1000).toFixed(0),
    (wall / services).toFixed(2),
    String(asked),
    String(reused),
    String(timesRemembered() - remembered),
    mib.toFixed(0),
    bound ? `${isKept ? 'kept' : 'BROKEN'} (${bound.ms}, ${bound.mib})` : '',
  ]);
};

/** The model with one of its tables as another model has it. */
const withTableOf = (model: Model, other: Model, at: number): Model => ({
  ...model,
  frontends: model.frontends.map((table, index) => (index === at ? (other.frontends[at] ?? table) : table)),
});

/** What was wished of another mesh, and what was written for it. */
const converted = async (services: number, to: string): Promise<readonly [Model, Model]> => {
  const snapshot = snapshotOf(routedShops(services, 'plain'));
  const { wished, written } = await writtenBeside(await convert(snapshot, 'istio', to), snapshot, to);
  return [wished, written];
};

const casesOf = (size: number): readonly Case[] => {
  const bound = size <= 1_000 ? { bound: usual } : {};
  const plain = (): Promise<Model> => shopsIn(size, 'plain');
  const against = (wording: Wording) => async () => [await plain(), await shopsIn(size, wording)] as const;
  return [
    { name: `${size}, written otherwise`, services: size, sides: against('otherwise'), ...bound },
    { name: `${size}, converted to linkerd`, services: size, sides: () => converted(size, 'linkerd'), ...bound },
    {
      name: `${size}, converted to gateway-api`,
      services: size,
      sides: () => converted(size, 'gateway-api'),
      ...bound,
    },
    { name: `${size}, two edits, both read anew`, services: size, sides: against('mutated'), ...bound },
    {
      name: `${size}, one object edited, compared again`,
      services: size,
      sides: async () => {
        const model = await plain();
        return [model, withTableOf(model, await shopsIn(size, 'mutated'), 1)];
      },
      bound: { ms: 50, mib: usual.mib },
      times: 20,
    },
  ];
};

const overlapping: Case = {
  name: '200 overlapping expressions on one path',
  services: 1,
  sides: async () => [await modelOf(regexesOnOnePath(200, 'plain')), await modelOf(regexesOnOnePath(200, 'otherwise'))],
  bound: { ms: 60_000, mib: usual.mib },
};

/** Each case in a process of its own, so that its memory is its own: `of=SIZE,NUMBER` is one of them. */
export const main = async (root: string, args: readonly string[]): Promise<number> => {
  const [only] = args;
  if (only?.startsWith('of=')) {
    const [size = 0, cases = 0] = only.slice(3).split(',').map(Number);
    const found = size === 0 ? overlapping : casesOf(size)[cases];
    if (found) await timed(found);
    return 0;
  }
  const sizes = args.length > 0 ? args.map(Number) : [100, 300, 1_000];
  row([
    'services × 10 rules, 1 policy',
    'verdict',
    'wall ms',
    'worked ms',
    'ms/service',
    'asked',
    'reused',
    'known texts',
    'peak MiB',
    'bound',
  ]);
  const one = (size: number, index: number): void => {
    const script = join(root, 'tools', 'run.mjs');
    spawnSync(process.execPath, [script, 'bench-compare', `of=${size},${index}`], { stdio: 'inherit', cwd: root });
  };
  for (const size of sizes) for (const index of casesOf(size).keys()) one(size, index);
  one(0, 0);
  return 0;
};
