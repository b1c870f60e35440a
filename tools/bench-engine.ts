/**
 * `npm run bench:engine`: ten clusters of a thousand services each in one process: the first result, edits of one
 * service's policy, one policy for a whole mesh; and plans from scratch by size. Every mesh has a process of its own. The
 * last column says whether a bound of the project is kept.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Engine } from '../src/engine/plan/engine.ts';
import { plan } from '../src/engine/plan/plan.ts';
import { Snapshot } from '../src/native/snapshot.ts';
import { type EstateSize, editedPolicy, estate, inCluster } from './bench/estate.ts';

const meshes = ['istio', 'linkerd', 'consul', 'gateway-api'] as const;

const clusters = 10;
const services = 1000;
const wishes = 100;
const edits = 100;

const row = (cells: readonly string[]): void =>
  console.log(cells.map((cell, index) => (index === 0 ? cell.padEnd(52) : cell.padStart(16))).join(''));

const kept = (is: boolean, bound: string): string => `${is ? 'kept' : 'BROKEN'} (${bound})`;

const since = (start: number): number => performance.now() - start;

const residentMib = (): number => process.memoryUsage().rss / 1024 / 1024;

const meshWide = ({ cluster }: EstateSize, edition: number) =>
  inCluster(cluster, {
    apiVersion: 'supergloo.dev/v1alpha1',
    kind: 'AccessPolicy',
    metadata: { name: 'nobody-deletes', namespace: 'supergloo-system' },
    spec: {
      targetRefs: meshes.map(name => ({ kind: 'Mesh', name })),
      action: 'Deny',
      rules: [{ to: [{ methods: ['DELETE', ...(edition > 0 ? ['PATCH'] : [])] }] }],
    },
  });

/** Ten clusters in one process. */
const measureEngine = async (type: string): Promise<void> => {
  const sizes = Array.from(
    { length: clusters },
    (_, index): EstateSize => ({ cluster: `cluster-${index}`, services, routes: wishes, policies: wishes }),
  );
  const bare = residentMib();
  const engine = new Engine({ assume: [{ type }] });
  for (const size of sizes) for (const object of estate(size)) engine.put(object);
  const start = performance.now();
  const first = await engine.settle();
  const ms = since(start);
  const mib = residentMib();
  const written = first.reduce((sum, change) => sum + change.written.length, 0);
  const perService = ((mib - bare) * 1024) / (clusters * services);
  const title = `${type}: ${clusters} clusters, ${clusters * services} services`;
  row([`${title}, first result`, `${ms.toFixed(0)} ms`, `${written} objects`, kept(ms <= 30_000, '30,000 ms')]);
  row([
    '  memory',
    `${mib.toFixed(0)} MiB`,
    `${perService.toFixed(1)} KiB/service`,
    kept(mib <= 2048 && perService <= 20, '2,048; 20'),
  ]);
  const times: number[] = [];
  let changed = 0;
  for (let edit = 0; edit < edits; edit += 1) {
    const size = sizes[edit % clusters]!;
    engine.put(editedPolicy(size, Math.floor(edit / clusters) * 7 + edit, edit + 1));
    const at = performance.now();
    const changes = await engine.settle();
    times.push(since(at));
    changed += changes.length;
  }
  times.sort((a, b) => a - b);
  const [p50 = 0, p99 = 0] = [times[Math.floor(edits / 2)], times[Math.ceil(edits * 0.99) - 1]];
  row([
    `  ${edits} edits of one policy (${changed} change something)`,
    `p50 ${p50.toFixed(0)} ms`,
    `p99 ${p99.toFixed(0)} ms`,
    kept(p99 <= 100, '100 ms'),
  ]);
  engine.put(meshWide(sizes[0]!, 0));
  const at = performance.now();
  const [wide] = await engine.settle();
  const wideMs = since(at);
  row([
    '  one AccessPolicy for a mesh',
    `${wideMs.toFixed(0)} ms`,
    `${wide?.written.length ?? 0} objects`,
    kept(wideMs <= 2000, '2,000 ms'),
  ]);
};

/** One cluster, every service with a policy, from nothing. */
const measureScratch = async (type: string, size: number): Promise<void> => {
  const snapshot = new Snapshot(estate({ cluster: 'one', services: size, routes: 0, policies: size }), 'whole');
  const start = performance.now();
  const made = await plan(snapshot, { assume: [{ type }] });
  const ms = since(start);
  row([
    `${type}: ${size} destinations x ${size} policies`,
    `${ms.toFixed(0)} ms`,
    `${((ms * 1000) / size).toFixed(0)} µs each`,
    size === 10_000 ? kept(ms <= 5000, '5,000 ms') : `${made.steps.length} objects`,
  ]);
};

export const main = async (root: string, [part, type = '', size]: readonly string[]): Promise<number> => {
  if (part === 'engine') await measureEngine(type);
  if (part === 'scratch') await measureScratch(type, Number(size));
  if (part === 'engine' || part === 'scratch') return 0;
  const chosen = part === undefined ? meshes : meshes.filter(name => name === part);
  row(['', 'measured', '', 'bound']);
  for (const name of chosen) {
    const runs = [['engine', name], ...[1000, 3000, 10_000].map(count => ['scratch', name, String(count)])];
    for (const run of runs) {
      const { status } = spawnSync(process.execPath, [join(root, 'tools/run.mjs'), 'bench-engine', ...run], {
        stdio: 'inherit',
        cwd: root,
      });
      if (status !== 0) return 1;
    }
  }
  return 0;
};
