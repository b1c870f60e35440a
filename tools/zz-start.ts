import { spawnSync } from 'node:child_process';
export const main = (root: string): number => {
  const t = (a: string[]) => {
    const s = process.hrtime.bigint();
    spawnSync(process.execPath, a, { stdio: 'ignore', cwd: root });
    return Number(process.hrtime.bigint() - s) / 1e6;
  };
  const ex = [
    'dist/cli.js',
    'explain',
    '-f',
    'examples/ten',
    '--from',
    'shop/cart',
    '--to',
    'catalog.shop',
    '--path',
    '/x',
  ];
  const a: number[] = [],
    b: number[] = [];
  for (let i = 0; i < 41; i++) {
    a.push(t(['-e', '0']));
    b.push(t(ex));
  }
  const m = (v: number[]) => v.sort((x, y) => x - y)[20]!;
  console.log(m(a).toFixed(1), m(b).toFixed(1), '+', (m(b) - m(a)).toFixed(1));
  return 0;
};
