import { expect, test } from 'vitest';
import { snapshotFrom } from '../../../../test/support/snapshot.ts';
import type { Frontend } from '../../../model/frontend.ts';
import { readKubernetes } from '../../../native/kubernetes/read-kubernetes.ts';
import { adapter } from '../adapter.ts';

const read = (yaml: string) => {
  const snapshot = snapshotFrom(yaml);
  const { inventory } = readKubernetes(snapshot);
  return { snapshot, ...adapter.read({ snapshot, inventory, meshes: [adapter.assume()], others: [] }) };
};

/** One VirtualService for host `reviews` with the given spec lines. */
const virtualService = (http: string, more = '', apiVersion = 'networking.istio.io/v1'): string => `
apiVersion: ${apiVersion}
kind: VirtualService
metadata: { name: reviews, namespace: shop }
spec:
  hosts: [reviews]
${more}
  http:
${http}
`;

const only = (yaml: string): Frontend => {
  const { part } = read(yaml);
  expect(part.frontends).toHaveLength(1);
  return part.frontends![0]!;
};

const weights = (frontend: Frontend): number[] => {
  const { target } = frontend.rules[0]!.action;
  return target.kind === 'forward' ? target.backends.map(({ weight }) => weight.value) : [];
};

test('an absent weight is everything for a sole destination and nothing beside weighted siblings', () => {
  expect(weights(only(virtualService('  - route: [{ destination: { host: reviews } }]')))).toEqual([1]);
  expect(weights(only(virtualService('  - route: [{ destination: { host: reviews }, weight: 0 }]')))).toEqual([1]);
  const beside = '  - route: [{ destination: { host: reviews } }, { destination: { host: other }, weight: 50 }]';
  expect(weights(only(virtualService(beside)))).toEqual([0, 50]);
});

test('a mirror of five percent stays five percent, and an absent percentage is all of it', () => {
  const mirrored = (percentage: string) =>
    only(virtualService(`  - route: [{ destination: { host: reviews } }]\n    mirror: { host: next }\n${percentage}`))
      .rules[0]!.action.mirrors![0]!.percent;
  expect(mirrored('    mirrorPercentage: { value: 5 }')).toMatchObject({ value: 5, origin: 'written' });
  expect(mirrored('    mirrorPercent: 7')).toMatchObject({ value: 7, origin: 'written' });
  expect(mirrored('')).toMatchObject({ value: 100, origin: 'proxyDefault' });
});

test('an empty retries block switches retries off, an absent one means two more tries', () => {
  const retries = (line: string) =>
    only(virtualService(`  - route: [{ destination: { host: reviews } }]\n${line}`)).rules[0]!.action.retries!;
  expect(retries('    retries: {}').max).toMatchObject({ value: 0, origin: 'written' });
  expect(retries('').max).toMatchObject({ value: 2, origin: 'proxyDefault' });
  expect(retries('    retries: { attempts: 3 }').on.origin).toBe('proxyDefault');
  expect(retries('    retries: { attempts: 3, retryOn: "429,5xx,unavailable" }').on.value).toEqual([
    'status:429',
    '5xx',
    'grpc:unavailable',
  ]);
});

test('every served version of a VirtualService reads the same', () => {
  const rule = '  - match: [{ uri: { prefix: /a } }]\n    route: [{ destination: { host: reviews } }]';
  const bare = (version: string) =>
    JSON.stringify(only(virtualService(rule, '', version)), (key, value) => (key === 'source' ? undefined : value));
  expect(bare('networking.istio.io/v1beta1')).toBe(bare('networking.istio.io/v1'));
  expect(bare('networking.istio.io/v1alpha3')).toBe(bare('networking.istio.io/v1'));
});

test('an unmatched request of an owned host gets 404, never the service', () => {
  const frontend = only(
    virtualService('  - match: [{ uri: { prefix: /a } }]\n    route: [{ destination: { host: reviews } }]'),
  );
  expect(frontend.noMatch).toEqual({ kind: 'respond', status: 404 });
});

test('a newer VirtualService private to its namespace comes before an older public one', () => {
  const vs = (name: string, created: string, exportTo: string) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: shop, creationTimestamp: "${created}" }
spec:
  hosts: [reviews]
  exportTo: ${exportTo}
  http: [{ name: ${name}, route: [{ destination: { host: reviews } }] }]
`;
  const { part } = read(
    `${vs('older', '2024-01-01T00:00:00Z', '["*"]')}---${vs('newer', '2025-01-01T00:00:00Z', '["."]')}`,
  );
  expect(part.frontends!.map(({ rules, clients }) => [rules[0]!.action.name, clients.namespaces])).toEqual([
    ['newer', ['shop']],
    ['older', undefined],
  ]);
});

test('of two public VirtualServices on one host the older acts, and the other is told', () => {
  const vs = (name: string, created: string) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: shop, creationTimestamp: "${created}" }
spec: { hosts: [reviews.shop.svc.cluster.local], http: [{ name: ${name}, route: [{ destination: { host: reviews } }] }] }
`;
  const { part, findings } = read(
    `${vs('b-older', '2024-01-01T00:00:00Z')}---${vs('a-newer', '2025-01-01T00:00:00Z')}`,
  );
  expect(part.frontends![0]!.rules[0]!.action.name).toBe('b-older');
  expect(findings.filter(({ code }) => code === 'ISTIO001')).toMatchObject([{ subject: { name: 'a-newer' } }]);
});

test('an exact host comes before a wildcard, and the longer wildcard before the shorter', () => {
  const vs = (name: string, host: string) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: shop }
spec: { hosts: ["${host}"], http: [{ name: ${name}, route: [{ destination: { host: reviews } }] }] }
`;
  const { part } = read(
    [vs('a', '*.cluster.local'), vs('b', '*.shop.svc.cluster.local'), vs('c', 'reviews')].join('---'),
  );
  expect(part.frontends!.map(({ rules }) => rules[0]!.action.name)).toEqual(['c', 'b', 'a']);
});

test('source labels beside the gateway `mesh` are ignored by the proxy and reported', () => {
  const { part, snapshot, objects } = read(
    virtualService(
      '  - match: [{ sourceLabels: { app: web }, gateways: [mesh] }]\n    route: [{ destination: { host: reviews } }]',
    ),
  );
  expect(part.frontends![0]!.rules[0]!.match.caller).toBeUndefined();
  const unread = objects.flatMap(({ object, body }) => snapshot.field(object).account(body).unread);
  expect(unread.map(({ source }) => source.path)).toEqual(['spec.http[0].match[0].sourceLabels.app']);
});

test('a delegate narrows the rule that names it, inherits its settings, and vanishes where it contradicts', () => {
  const { part, findings } = read(`
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: root, namespace: shop }
spec:
  hosts: [reviews]
  http:
  - match: [{ uri: { prefix: /a } }]
    timeout: 1s
    delegate: { name: child }
  - route: [{ destination: { host: reviews } }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: child, namespace: shop }
spec:
  http:
  - { match: [{ uri: { prefix: /a/1 } }], route: [{ destination: { host: one } }] }
  - { match: [{ uri: { prefix: /b } }], route: [{ destination: { host: two } }] }
  - { match: [{ headers: { h: { exact: x } } }], route: [{ destination: { host: three } }] }
`);
  const rules = part.frontends![0]!.rules;
  expect(rules.map(({ match }) => [match.path, match.headers?.length ?? 0])).toEqual([
    [{ kind: 'prefix', value: '/a/1' }, 0],
    [{ kind: 'prefix', value: '/a' }, 1],
    [undefined, 0],
  ]);
  expect(rules[0]!.action.timeouts?.request?.value).toBe(1000);
  expect(findings.map(({ code }) => code)).toContain('ISTIO004');
});

test('every leaf of a VirtualService is read or accounted for', () => {
  const { snapshot, objects } = read(
    virtualService(`  - match: [{ uri: { prefix: /a }, statPrefix: x, unheard: of }]
    route: [{ destination: { host: reviews } }]`),
  );
  const account = objects.map(({ object, body }) => snapshot.field(object).account(body))[0]!;
  expect(account.unread.map(({ source, reason }) => [source.path, reason])).toEqual([
    ['spec.http[0].match[0].statPrefix', 'names things in the proxy; no effect on traffic'],
    ['spec.http[0].match[0].unheard', 'no reader for this field'],
  ]);
});
