/**
 * `npm run bench:compare [SIZES]`: how long it takes to decide whether two large configurations do the same. Prints what
 * was asked and what was known already; the last column says whether a bound of the project is kept.
 */
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

const usual: Bound = { ms: 5000, mib: 1024 };

/** Compares once, and prints what it took. */
const timed = (name: string, services: number, a: Model, b: Model, bound?: Bound): void => {
  const remembered = timesRemembered();
  const [start, work] = [performance.now(), process.cpuUsage()];
  const comparison = compare(worldOf(a), worldOf(b));
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(work);
  const mib = process.resourceUsage().maxRSS / 1024;
  const { verdict, asked, reused } = comparison;
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
    bound ? `${isKept ? 'kept' : 'BROKEN'} (${bound.ms})` : '',
  ]);
};

/** The model with one of its tables as another model has it. */
const withTableOf = (model: Model, id: string, other: Model): Model => ({
  ...model,
  frontends: model.frontends.map(table => other.frontends.find(each => each.id === id && table.id === id) ?? table),
});

/** What another mesh makes of it, and what was wished of that. */
const converted = async (services: number, to: string): Promise<{ wished: Model; written: Model }> => {
  const snapshot = snapshotOf(routedShops(services, 'plain'));
  const conversion = await convert(snapshot, 'istio', to);
  return writtenBeside(conversion, snapshot, to);
};

export const main = async (_root: string, args: readonly string[]): Promise<number> => {
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
  for (const size of sizes) {
    const bound = size <= 1_000 ? usual : undefined;
    const plain = await shopsIn(size, 'plain');
    const mutated = await shopsIn(size, 'mutated');
    timed(`${size}, written otherwise`, size, plain, await shopsIn(size, 'otherwise'), bound);
    for (const to of ['linkerd', 'gateway-api']) {
      const { wished, written } = await converted(size, to);
      timed(`${size}, converted to ${to}`, size, wished, written, bound);
    }
    timed(`${size}, two edits, both read anew`, size, plain, mutated, bound);
    const edited = withTableOf(plain, mutated.frontends[1]?.id ?? '', mutated);
    timed(`${size}, one object edited`, size, plain, edited, { ms: 50, mib: usual.mib });
  }
  const [one, other] = [
    await modelOf(regexesOnOnePath(200, 'plain')),
    await modelOf(regexesOnOnePath(200, 'otherwise')),
  ];
  timed('200 overlapping expressions on one path', 1, one, other, { ms: 60_000, mib: usual.mib });
  return 0;
};
