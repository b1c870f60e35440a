import { expect, it } from 'vitest';
import { istioBed } from '../../../../../test/support/istio-bed.ts';
import { machineIn } from '../../../../../test/support/machine.ts';
import { objectsFrom } from '../../../../../test/support/snapshot.ts';
import { proxyDefault } from '../../../../base/source.ts';
import type { AccessCondition, AccessPolicy, AccessRule } from '../../../../model/capabilities/access.ts';
import type { Workload } from '../../../../model/inventory.ts';
import type { Match } from '../../../../model/match.ts';
import { Snapshot } from '../../../../native/snapshot.ts';
import { adapter } from '../../adapter.ts';

const { model: base } = istioBed('');
const mesh = base.meshes[0]!;

const write = (
  access: readonly AccessPolicy[],
  stance: 'allow' | 'deny' = 'allow',
  machines: readonly Workload[] = [],
) => {
  const model = {
    ...base,
    inventory: { ...base.inventory, workloads: [...base.inventory.workloads, ...machines] },
    access,
    meshes: [{ ...mesh, defaults: { ...mesh.defaults, access: proxyDefault(stance) } }],
  };
  const { objects, dispositions } = adapter.write(model, { mesh, snapshot: new Snapshot(objectsFrom('')) });
  return {
    written: objects.map(({ metadata, spec }) => [`${metadata.namespace}/${metadata.name}`, spec]),
    losses: dispositions.flatMap(({ leaf, result, loss }) =>
      loss ? [`${leaf} ${result}: ${loss.severity} ${loss.code}`] : [],
    ),
  };
};

const by = (name: string): AccessCondition => ({
  attribute: 'peer.identity',
  values: [name === '*' ? { kind: 'present' } : { kind: 'serviceAccount', namespace: 'shop', name }],
  negated: false,
  whenAbsent: 'fails',
  whenNotHttp: 'holds',
});

const below = (value: string): Match => ({ path: { kind: 'segmentPrefix', value } });

const rule = (
  id: string,
  effect: AccessRule['effect'],
  conditions: readonly AccessCondition[],
  request?: Match,
): AccessRule => ({
  id,
  effect,
  clauses: [{ conditions, ...(request ? { request } : {}) }],
});

const policy = (parts: Partial<AccessPolicy>): AccessPolicy => ({
  id: 'shop/web',
  scope: { mesh: mesh.id, namespaces: ['shop'], labels: { app: 'web' } },
  tier: 0,
  rules: [],
  otherwise: 'deny',
  ...parts,
});

const selector = { matchLabels: { app: 'web' } };

it('a list of routes that each shut everybody else out becomes permissions that leave the routes before them out', () => {
  const rules = [
    rule('admin', 'allow', [by('operator')], below('/admin')),
    rule('admin otherwise', 'deny', [], below('/admin')),
    rule('rest', 'allow', [by('*')], below('')),
    rule('rest otherwise', 'deny', [], below('')),
  ];
  const { written, losses } = write([policy({ rules })], 'deny');
  expect(written).toEqual([
    ['istio-system/deny-by-default', {}],
    [
      'shop/web',
      {
        selector,
        rules: [
          {
            from: [{ source: { principals: ['cluster.local/ns/shop/sa/operator'] } }],
            to: [{ operation: { paths: ['/admin', '/admin/*'] } }],
          },
          {
            from: [{ source: { principals: ['*'] } }],
            to: [{ operation: { paths: ['*'], notPaths: ['/admin', '/admin/*'] } }],
          },
        ],
      },
    ],
  ]);
  expect(losses).toEqual([]);
});

it('a policy for one port lets the others through, except those that another policy closes', () => {
  const one = policy({
    id: 'shop/one',
    scope: { ...policy({}).scope, ports: [8080] },
    rules: [rule('a', 'allow', [by('client')])],
  });
  const two = policy({ id: 'shop/two', scope: { ...policy({}).scope, ports: [9000] } });
  const { written, losses } = write([one, two]);
  const others = { to: [{ operation: { notPorts: ['8080', '9000'] } }] };
  const principals = ['cluster.local/ns/shop/sa/client'];
  expect(written).toEqual([
    [
      'shop/one',
      { selector, rules: [{ from: [{ source: { principals } }], to: [{ operation: { ports: ['8080'] } }] }, others] },
    ],
    ['shop/two', { selector, rules: [others] }],
  ]);
  expect(losses).toEqual([]);
});

it('what has no form is left out of permissions, and refused as a loss of security in denials', () => {
  const odd = { path: { kind: 'regex', regex: { pattern: '/a.*', dialect: 're2', anchoring: 'full' } } } as const;
  const allowing = write([policy({ rules: [rule('a', 'allow', [], odd)] })]);
  expect(allowing).toEqual({ written: [['shop/web', { selector }]], losses: ['a refused: behaviour access'] });
  const denying = write([policy({ otherwise: 'nothing', rules: [rule('a', 'deny', [], odd)] })]);
  expect(denying).toEqual({ written: [], losses: ['a refused: security access'] });
});

it('a denial after a permission is refused where nothing else closes the server', () => {
  const rules = [rule('a', 'allow', [by('client')]), rule('b', 'deny', [by('*')])];
  expect(write([policy({ otherwise: 'nothing', rules })])).toEqual({
    written: [],
    losses: ['b refused: security access'],
  });
  expect(write([policy({ otherwise: 'deny', rules })]).losses).toEqual([]);
});

it('a denial, an audit and an authoriser of one policy are objects of their own', () => {
  const rules = [
    { ...rule('ask', 'ask', [], below('/a')), authoriser: 'guard' },
    rule('deny', 'deny', [by('client')]),
    rule('audit', 'audit', [by('client')]),
  ];
  expect(
    write([policy({ rules })]).written.map(([name, spec]) => [name, (spec as { action?: string }).action]),
  ).toEqual([
    ['shop/web', undefined],
    ['shop/web-ask', 'CUSTOM'],
    ['shop/web-audit', 'AUDIT'],
    ['shop/web-deny', 'DENY'],
  ]);
});

it('what policies add up to does not depend on their order, and neither does what is written', () => {
  const two = [policy({ id: 'shop/b' }), policy({ id: 'shop/a' })];
  expect(write(two).written.map(([name]) => name)).toEqual(['shop/a', 'shop/b']);
  expect(write(two.toReversed()).written).toEqual(write(two).written);
});

it('texts that would be read as wildcards, and ranges with exceptions, keep what they mean', () => {
  const star = (value: string): AccessCondition => ({
    attribute: 'request.path',
    values: [{ kind: 'exact', value }],
    negated: false,
    whenAbsent: 'fails',
    whenNotHttp: 'fails',
  });
  expect(write([policy({ rules: [rule('a', 'allow', [star('/a*')])] })]).losses).toEqual([
    'a refused: behaviour access',
  ]);
  const range: AccessCondition = {
    attribute: 'peer.address',
    values: [
      { kind: 'addresses', cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] },
      { kind: 'addresses', cidr: '192.168.0.0/16' },
    ],
    negated: false,
    whenAbsent: 'fails',
    whenNotHttp: 'holds',
  };
  expect(write([policy({ rules: [rule('a', 'allow', [range])] })]).written).toEqual([
    [
      'shop/web',
      {
        selector,
        rules: [
          {
            from: [
              { source: { ipBlocks: ['10.0.0.0/8'], notIpBlocks: ['10.1.0.0/16'] } },
              { source: { ipBlocks: ['192.168.0.0/16'] } },
            ],
          },
        ],
      },
    ],
  ]);
});

it.each<[AccessRule['effect'], string[]]>([
  ['deny', ['rules[0] approximated: behaviour access-tcp']],
  ['ask', ['rules[0] approximated: behaviour access-tcp']],
  ['audit', ['rules[0] approximated: behaviour access-tcp']],
])(
  'a rule to %s by a header alone is one for connections that are not HTTP as well, which is said',
  (effect, expected) => {
    const ada: AccessCondition = {
      attribute: 'request.header:x-user',
      values: [{ kind: 'exact', value: 'ada' }],
      negated: false,
      whenAbsent: 'fails',
      whenNotHttp: 'fails',
    };
    const authoriser = effect === 'ask' ? { authoriser: 'guard' } : {};
    const rules = [{ ...rule('rules[0]', effect, [ada]), ...authoriser }];
    expect(write([policy({ rules, otherwise: 'nothing' })]).losses).toEqual(expected);
  },
);

it('a policy for pods or for machines only is said where a selector takes none of the others', () => {
  const vm = machineIn(mesh.id, { labels: { app: 'vm' } });
  const twin = machineIn(mesh.id, { labels: { app: 'web' } });
  const { labels: web } = policy({}).scope;
  const lossesOf = (only: 'pods' | 'machines', labels: typeof web, machine = vm) => {
    const scope = { ...policy({}).scope, only, ...(labels ? { labels } : {}) };
    return write([policy({ scope })], 'allow', [machine]).losses.filter(text => !text.startsWith('machine '));
  };
  expect(lossesOf('pods', web)).toEqual([]);
  expect(lossesOf('machines', { app: 'vm' })).toEqual([]);
  const refusal = ['scope refused: security access-scope'];
  expect(lossesOf('pods', web, twin)).toEqual(refusal);
  expect(lossesOf('machines', web, twin)).toEqual(refusal);
  expect(lossesOf('machines', { app: 'nobody' })).toEqual(refusal);
});
