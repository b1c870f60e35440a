/**
 * `npm run demo`: the main job on a small shop, told in five steps. Every step is a command that also works by hand;
 * it is printed before its output.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Step {
  readonly says: string;
  readonly args: readonly string[];
  /** Exit codes that belong to the story. */
  readonly ends: readonly number[];
}

const shop = ['-f', 'examples/shop'];

const steps = (out: string): readonly Step[] => [
  {
    says: 'A folder of Kubernetes and Istio files. What is there?',
    args: ['discover', ...shop],
    ends: [0],
  },
  {
    says: 'A tester asks the catalog for its new version. Which line sends them there?',
    args: [
      'explain',
      ...shop,
      '--from',
      'shop/storefront',
      '--to',
      'catalog.shop',
      '--path',
      '/items',
      '--header',
      'x-canary=yes',
    ],
    ends: [0],
  },
  {
    says: 'The cart tries to take money. Who stops it?',
    args: [
      'explain',
      ...shop,
      '--from',
      'shop/cart',
      '--to',
      'payments.shop',
      '--method',
      'POST',
      '--path',
      '/charges',
    ],
    ends: [0],
  },
  {
    says: 'Is anything wrong or dangerous in it?',
    args: ['check', ...shop],
    ends: [0, 3],
  },
  {
    says: 'The same for Linkerd. Linkerd has no deny rules, so nothing is written until that loss is accepted.',
    args: ['convert', ...shop, '--from', 'istio', '--to', 'linkerd', '--out', join(out, 'linkerd')],
    ends: [4],
  },
  {
    says: 'Accepted by name, it is written, and the ledger says what became of every setting.',
    args: [
      'convert',
      ...shop,
      '--from',
      'istio',
      '--to',
      'linkerd',
      '--out',
      join(out, 'linkerd'),
      '--accept',
      'access-deny',
    ],
    ends: [3],
  },
  {
    says: 'And as plain Gateway API, which knows routes but neither encryption nor access: routes alone are not the same shop.',
    args: ['convert', ...shop, '--from', 'istio', '--to', 'gateway-api', '--out', join(out, 'gateway-api')],
    ends: [4],
  },
];

export const main = (root: string): number => {
  const out = mkdtempSync(join(tmpdir(), 'supergloo-demo-'));
  try {
    for (const [index, { says, args, ends }] of steps(out).entries()) {
      console.log(`\n━━ ${index + 1}. ${says}\n`);
      console.log(`$ supergloo ${args.map(arg => arg.replace(`${out}/`, '')).join(' ')}\n`);
      const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'dist', 'cli.js'), ...args], {
        cwd: root,
        encoding: 'utf8',
      });
      process.stdout.write(stdout);
      process.stdout.write(stderr);
      if (!ends.includes(status ?? -1)) {
        console.error(`\nexit code ${status}; expected ${ends.join(' or ')}`);
        return 1;
      }
      console.log(`(exit code ${status})`);
    }
    console.log('\n━━ What was written:');
    for (const mesh of readdirSync(out).sort())
      console.log(`${mesh}/  ${readdirSync(join(out, mesh)).sort().join('  ')}`);
    return 0;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
};
