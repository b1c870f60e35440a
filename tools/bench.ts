/**
 * `npm run bench`: how long conversion takes beside `js-yaml` loading the same bytes, in one run on one machine, and
 * how long the command takes to start beside an empty Node. Prints medians and spreads; nothing here passes or fails
 * by time but the last column says whether a bound of the project is kept.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shops } from './bench/shops.ts';

interface Sample {
  readonly ms: number;
  readonly mib: number;
  /** How long the main thread was at work: less than `ms`, and steadier where others use the machine too. */
  readonly workedMs: number;
}

/** Gateway API says nothing of encryption and path normalisation; without these nothing would be written, and fast. */
const accepted = ['--accept', 'mesh-encryption', '--accept', 'path-normalization'];

const targets = ['linkerd', 'gateway-api'];

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const spread = (samples: readonly Pick<Sample, 'ms'>[]): string => {
  const times = samples.map(({ ms }) => ms).sort((a, b) => a - b);
  return `${(times[0] ?? 0).toFixed(0)}–${(times.at(-1) ?? 0).toFixed(0)}`;
};

const row = (cells: readonly string[]): void =>
  console.log(cells.map((c, i) => (i === 0 ? c.padEnd(44) : c.padStart(18))).join(''));

export const main = (root: string, args: readonly string[]): number => {
  const sizes = args.length > 0 ? args.map(Number) : [100, 1_000, 10_000];
  const folder = mkdtempSync(join(tmpdir(), 'supergloo-bench-'));
  const stats = join(folder, 'stats');
  const cli = join(root, 'dist', 'cli.js');

  const measured = (script: string, scriptArgs: readonly string[], allowed: readonly number[]): Sample => {
    const start = process.hrtime.bigint();
    const result = spawnSync(process.execPath, [join(root, 'tools/bench/measure.mjs'), stats, script, ...scriptArgs], {
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: root,
    });
    const ms = Number(process.hrtime.bigint() - start) / 1e6;
    if (!allowed.includes(result.status ?? -1))
      throw new Error(`${script} ${scriptArgs.join(' ')}: exit ${result.status}\n${result.stderr}`);
    const [kib, workedMs] = readFileSync(stats, 'utf8').split(' ').map(Number);
    return { ms, mib: (kib ?? 0) / 1024, workedMs: workedMs ?? 0 };
  };

  try {
    row([
      'convert one YAML file to YAML',
      'median ms',
      'spread ms',
      'peak MiB',
      'µs/object',
      '× load',
      '× its work',
      'bound',
    ]);
    for (const size of sizes) {
      const file = join(folder, `shops-${size}.yaml`);
      writeFileSync(file, shops(size));
      const runs = size >= 10_000 ? 3 : 7;
      const loads: Sample[] = [];
      const conversions = targets.map(to => ({ to, alone: [] as Sample[], asked: [] as Sample[] }));
      const converted = (to: string, ...more: readonly string[]): Sample => {
        const at = ['--from', 'istio', '--to', to, '--ledger', join(folder, 'ledger')];
        return measured(cli, ['convert', '-f', file, ...at, ...accepted, ...more], [0, 3]);
      };
      // Taken in turns, so that a busy moment of the machine falls on all of them.
      for (let i = 0; i < runs; i += 1) {
        loads.push(measured(join(root, 'tools/bench/load-only.mjs'), [file], [0]));
        for (const { to, alone, asked } of conversions) {
          alone.push(converted(to, '--no-verdict'));
          asked.push(converted(to));
        }
      }
      const base = median(loads.map(({ ms }) => ms));
      const baseWork = median(loads.map(({ workedMs }) => workedMs));
      const line = (name: string, samples: readonly Sample[], bound: string) =>
        row([
          name,
          median(samples.map(({ ms }) => ms)).toFixed(0),
          spread(samples),
          Math.max(...samples.map(({ mib }) => mib)).toFixed(0),
          ((median(samples.map(({ ms }) => ms)) * 1000) / (size * 3)).toFixed(0),
          (median(samples.map(({ ms }) => ms)) / base).toFixed(2),
          (median(samples.map(({ workedMs }) => workedMs)) / baseWork).toFixed(2),
          bound,
        ]);
      line(`${size} services: js-yaml loads, nothing else`, loads, '');
      for (const { to, alone, asked } of conversions) {
        const took = median(alone.map(({ ms }) => ms));
        const memory = Math.max(...alone.map(({ mib }) => mib));
        const isKept = took / base <= 4 && memory <= 600;
        line(`${size} services: istio → ${to}`, alone, isKept ? 'kept (4 ×, 600)' : 'BROKEN (4 ×, 600)');
        const times = median(asked.map(({ ms }) => ms)) / took;
        const told = `${times.toFixed(1)} × without`;
        line(`${size} services: and its verdict`, asked, times <= 2 ? `kept (${told})` : `BROKEN (${told})`);
      }
    }
    startup(root, cli);
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const startup = (root: string, cli: string): void => {
  const timed = (nodeArgs: readonly string[]): number => {
    const start = process.hrtime.bigint();
    spawnSync(process.execPath, nodeArgs, { stdio: 'ignore', cwd: root });
    return Number(process.hrtime.bigint() - start) / 1e6;
  };
  const explain = [cli, 'explain', '-f', 'examples/ten', '--from', 'shop/cart', '--to', 'catalog.shop', '--path', '/x'];
  const cases: readonly (readonly [string, readonly string[], number])[] = [
    ['node -e 0', ['-e', '0'], 0],
    ['supergloo --version', [cli, '--version'], 25],
    ['supergloo explain, ten objects', explain, 80],
  ];
  const samples = cases.map((): number[] => []);
  for (let i = 0; i < 21; i += 1) {
    for (const [n, [, command]] of cases.entries()) samples[n]?.push(timed(command));
  }
  const base = median(samples[0] ?? []);
  console.log();
  row(['start-up', 'median ms', 'spread ms', 'over node', 'bound']);
  cases.forEach(([name, , bound], n) => {
    const own = samples[n] ?? [];
    const over = median(own) - base;
    const times = own.map(ms => ({ ms }));
    row([
      name,
      median(own).toFixed(0),
      spread(times),
      `+${over.toFixed(0)}`,
      bound === 0 ? '' : over <= bound ? `kept (+${bound})` : `BROKEN (+${bound})`,
    ]);
  });
};
