/** `npm run bench:compare`: how long it takes to decide whether two large configurations do the same. */
import { readSnapshot } from '../src/engine/read.ts';
import type { Model } from '../src/model/model.ts';
import { Snapshot } from '../src/native/snapshot.ts';
import { parseText } from '../src/store/files/parse.ts';
import { compare } from '../src/verify/compare/compare.ts';
import { worldOf } from '../src/verify/request.ts';
import { routedShops, type Wording } from './bench/routed-shops.ts';

const modelOf = async (services: number, wording: Wording): Promise<Model> => {
  const { objects } = parseText(`${wording}.yaml`, routedShops(services, wording));
  return (await readSnapshot(new Snapshot(objects, 'partial'), { only: ['istio'] })).model;
};

const row = (cells: readonly string[]): void =>
  console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(36) : cell.padStart(13))).join(''));

export const main = async (_root: string, args: readonly string[]): Promise<number> => {
  const sizes = args.length > 0 ? args.map(Number) : [100, 300, 1_000];
  row(['services × 10 rules, 1 policy each', 'verdict', 'wall ms', 'worked ms', 'asked', 'ms/service', 'peak MiB']);
  for (const size of sizes) {
    const plain = await modelOf(size, 'plain');
    for (const wording of ['otherwise', 'mutated'] as const) {
      const other = await modelOf(size, wording);
      const [start, work] = [performance.now(), process.cpuUsage()];
      const { verdict, asked, services } = compare(worldOf(plain), worldOf(other));
      const wall = performance.now() - start;
      const { user, system } = process.cpuUsage(work);
      const peak = process.resourceUsage().maxRSS / 1024;
      row([
        `${size}, ${wording} (${services.filter(one => one.verdict !== 'equal').length} differ)`,
        verdict,
        wall.toFixed(0),
        ((user + system) / 1000).toFixed(0),
        String(asked),
        (wall / size).toFixed(2),
        peak.toFixed(0),
      ]);
    }
  }
  return 0;
};
