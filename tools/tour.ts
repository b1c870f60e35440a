/**
 * `node tools/run.mjs tour`: writes docs/tour.md with what the commands really print for two applications that
 * everyone in the field knows. It reads them where the corpus lies and leaves the page alone where there is none.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Stop {
  readonly says: string;
  readonly args: readonly string[];
}

const files = (...paths: readonly string[]): readonly string[] => paths.flatMap(path => ['-f', path]);

const book = 'istio__istio/samples/bookinfo';
const bookinfo = files(
  `${book}/platform/kube/bookinfo.yaml`,
  `${book}/networking/destination-rule-all.yaml`,
  `${book}/networking/virtual-service-reviews-test-v2.yaml`,
  `${book}/networking/bookinfo-gateway.yaml`,
);

const samples = 'GoogleCloudPlatform__istio-samples';
const boutique = files(
  'GoogleCloudPlatform__microservices-demo/kustomize/base',
  `${samples}/istio-canary-gke/canary/destinationrule.yaml`,
  `${samples}/istio-canary-gke/canary/vs-split-traffic.yaml`,
  `${samples}/security-intro/manifests/mtls-default-ns.yaml`,
  `${samples}/security-intro/manifests/authz-frontend.yaml`,
);

const chapters: readonly (readonly [string, readonly Stop[]])[] = [
  [
    'Bookinfo',
    [
      {
        says: 'What is there: the application, the subsets, one route by header, and the way in.',
        args: ['discover', ...bookinfo],
      },
      {
        says: 'A request of one user, and the line that sends it to the second version.',
        args: [
          'explain',
          ...bookinfo,
          '--from',
          'default/productpage',
          '--to',
          'reviews:9080',
          '--path',
          '/reviews/1',
          '--header',
          'end-user=jason',
        ],
      },
      {
        says: 'The same page from outside, through the gateway.',
        args: [
          'explain',
          ...bookinfo,
          '--from',
          'outside',
          '--to',
          'productpage:80',
          '--via',
          'default/bookinfo-gateway',
          '--path',
          '/productpage',
        ],
      },
      {
        says: 'And for Linkerd. Linkerd has no subsets, so each becomes a Service of its own.',
        args: ['convert', ...bookinfo, '--from', 'istio', '--to', 'linkerd'],
      },
    ],
  ],
  [
    'Online Boutique',
    [
      {
        says: 'Eleven services, a canary of the catalog, mTLS, and a rule on who may see the front page.',
        args: ['discover', ...boutique],
      },
      {
        says: 'Who may see the front page? Without the header, nobody.',
        args: ['explain', ...boutique, '--from', 'default/loadgenerator', '--to', 'frontend:80', '--path', '/'],
      },
      {
        says: 'With it:',
        args: [
          'explain',
          ...boutique,
          '--from',
          'default/loadgenerator',
          '--to',
          'frontend:80',
          '--path',
          '/',
          '--header',
          'hello=world',
        ],
      },
      {
        says: 'As Gateway API, which has neither encryption nor access rules: refused, with the reasons.',
        args: ['convert', ...boutique, '--from', 'istio', '--to', 'gateway-api'],
      },
    ],
  ],
];

/** As one would type it: long lists of files on lines of their own. */
const typed = (args: readonly string[]): string =>
  `supergloo ${args.map(arg => (/[\s&?]/.test(arg) ? `'${arg}'` : arg)).join(' ')}`
    .replace(/ -f /g, ' \\\n  -f ')
    .replace(/ (--from)/, ' \\\n  $1');

export const main = (root: string): number => {
  const shared = process.env.SUPERGLOO_SHARED ?? join(root, '..', 'shared');
  const corpus = join(shared, 'corpus');
  if (!existsSync(corpus)) {
    console.log('no corpus here; docs/tour.md is left as it is');
    return 0;
  }
  const lines = [
    '# A tour',
    '',
    'What the commands print for two well-known applications, as they are published: their files come from the public',
    'repositories that the paths name. This page is written by `node tools/run.mjs tour`; nothing in it is edited.',
  ];
  for (const [title, stops] of chapters) {
    lines.push('', `## ${title}`);
    for (const { says, args } of stops) {
      const run = spawnSync(process.execPath, [join(root, 'dist', 'cli.js'), ...args], {
        cwd: corpus,
        encoding: 'utf8',
        env: { ...process.env, NO_COLOR: '1' },
      });
      const printed = [run.stdout, run.stderr]
        .filter(text => text !== '')
        .join('\n')
        .trimEnd();
      lines.push('', says, '', '```console', `$ ${typed(args)}`, printed, `(exit code ${run.status})`, '```');
    }
  }
  writeFileSync(join(root, 'docs', 'tour.md'), `${lines.join('\n')}\n`);
  console.log('wrote docs/tour.md');
  return 0;
};
