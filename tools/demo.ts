/**
 * `npm run demo`: the main job on a small shop, and one set of policies on the same shop in three meshes. Every step is a
 * command that also works by hand; it is printed before its output.
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

const meshes = ['istio', 'linkerd', 'consul'] as const;

/** What Linkerd keeps on objects of the user's, which have to be named before they are changed. */
const adopted = ['--adopt', 'Service/shop/catalog', '--adopt', 'Deployment/shop/payments'];

const meshSteps = (out: string): readonly Step[] => [
  {
    says: 'The same shop in three meshes, and what it wants, said once. What would Linkerd make of it?',
    args: ['plan', '-f', 'examples/meshes/linkerd.yaml', '-f', 'examples/meshes/policies.yaml'],
    ends: [3],
  },
  ...meshes.flatMap((mesh): Step[] => [
    { says: `A store for the shop in ${mesh}; nothing else is installed.`, args: ['init', join(out, mesh)], ends: [0] },
    {
      says: `The policies, applied to the shop in ${mesh}.`,
      args: [
        'apply',
        ...['--store', join(out, mesh)],
        ...['-f', `examples/meshes/${mesh}.yaml`, '-f', 'examples/meshes/policies.yaml'],
        ...(mesh === 'linkerd' ? adopted : []),
      ],
      ends: [0, 3],
    },
  ]),
  {
    says: 'What became of one of them, field by field?',
    args: ['describe', 'trafficpolicy', 'try-out', '--store', join(out, 'linkerd')],
    ends: [0],
  },
];

export const main = (root: string): number => {
  const out = mkdtempSync(join(tmpdir(), 'supergloo-demo-'));
  const run = (args: readonly string[]) =>
    spawnSync(process.execPath, [join(root, 'dist', 'cli.js'), ...args], { cwd: root, encoding: 'utf8' });
  try {
    for (const [index, { says, args, ends }] of [...steps(join(out, 'converted')), ...meshSteps(out)].entries()) {
      console.log(`\n━━ ${index + 1}. ${says}\n`);
      console.log(`$ supergloo ${args.map(arg => arg.replace(`${out}/`, '')).join(' ')}\n`);
      const { status, stdout, stderr } = run(args);
      process.stdout.write(stdout.replaceAll(`${out}/`, ''));
      process.stdout.write(stderr.replaceAll(`${out}/`, ''));
      if (!ends.includes(status ?? -1)) {
        console.error(`\nexit code ${status}; expected ${ends.join(' or ')}`);
        return 1;
      }
      console.log(`(exit code ${status})`);
    }
    console.log('\n━━ What was converted:');
    for (const mesh of readdirSync(join(out, 'converted')).sort())
      console.log(
        `${mesh}/  ${readdirSync(join(out, 'converted', mesh))
          .sort()
          .join('  ')}`,
      );
    console.log('\n━━ One set of policies in three meshes:');
    const asked = ['get', 'all', '-o', 'json', '--show-managed'];
    const stores = meshes.map(mesh => run([...asked, '--store', join(out, mesh)]).stdout);
    console.log(sideBySide(stores.map(text => (JSON.parse(text) as { readonly items: readonly Policy[] }).items)));
    return 0;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
};

interface Field {
  readonly path: string;
  readonly result: string;
}

interface Policy {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly status?: { readonly meshes: readonly { readonly result: string; readonly fields: readonly Field[] }[] };
}

/** A row for each policy and for each of its fields, a column for each mesh. */
const sideBySide = (stores: readonly (readonly Policy[])[]): string => {
  const results = stores.map(
    items =>
      new Map(
        items.flatMap(({ kind, metadata, status }) => {
          const title = `${kind} ${metadata.name}`;
          const [mesh] = status?.meshes ?? [];
          const fields = mesh?.fields.map(({ path, result }) => [`${title} ${path}`, result] as const) ?? [];
          return [[title, mesh?.result ?? ''] as const, ...fields];
        }),
      ),
  );
  const titles = [...new Set(results.flatMap(one => [...one.keys()]))].sort();
  const rows = titles.map(title => {
    const path = title.split(' ').slice(2).join(' ');
    return [path === '' ? title : `    ${path}`, ...results.map(one => one.get(title) ?? '')];
  });
  return [['', ...meshes], ...rows]
    .map(row =>
      row
        .map((cell, at) => cell.padEnd(at === 0 ? 48 : 14))
        .join('')
        .trimEnd(),
    )
    .join('\n');
};
