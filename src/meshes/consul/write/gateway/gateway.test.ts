import { describe, expect, it } from 'vitest';
import { application, scene } from '../../../../../test/laws/live/live.ts';
import { objectsFrom } from '../../../../../test/support/snapshot.ts';
import { written } from '../../../../base/source.ts';
import type { Action, Frontend, Rule } from '../../../../model/frontend.ts';
import type { Gateway, Listener } from '../../../../model/inventory.ts';
import type { Match } from '../../../../model/match.ts';
import { assemble, type ModelPart } from '../../../../model/model.ts';
import { readKubernetes } from '../../../../native/kubernetes/read-kubernetes.ts';
import { Snapshot } from '../../../../native/snapshot.ts';
import { adapter } from '../../adapter.ts';

const world = scene(application('web'), application('cart', { versions: ['v1', 'v2'] }), application('stock'));
const mesh = { ...adapter.assume(), id: 'other/mesh', type: 'other' };

const plain: Listener = { name: 'http', port: 80, protocol: 'http', hosts: [] };

const sealed = (
  name: string,
  hosts: readonly string[],
  more: Partial<NonNullable<Listener['tls']>> = {},
): Listener => ({
  name,
  port: 443,
  protocol: 'https',
  hosts,
  tls: { mode: 'terminate', certificates: [`${name}-tls`], ...more },
});

const edge = (...listeners: readonly Listener[]): Gateway => ({
  id: 'shop/edge',
  namespace: 'shop',
  name: 'edge',
  purpose: 'ingress',
  mesh: mesh.id,
  labels: { app: 'edge' },
  listeners,
});

const to = (service: string, version?: string, weight = 1) => ({
  backend: {
    kind: 'service' as const,
    service: `shop/${service}`,
    port: 80,
    ...(version === undefined ? {} : { subset: { name: version, labels: { version } } }),
  },
  weight: written(weight),
});

const rule = (match: Match, action: Partial<Action> = {}): Omit<Rule, 'id'> => ({
  match,
  action: {
    id: JSON.stringify(match),
    target: { kind: 'forward', backends: [to('cart')] },
    timeouts: { request: written(3000) },
    ...action,
  },
});

const table = (rules: readonly Omit<Rule, 'id'>[], hosts: readonly string[] = [], listener = 'http'): Frontend => ({
  id: `${listener} ${hosts.join()}`,
  listens: { kind: 'listener', gateway: 'shop/edge', listener, hosts },
  protocol: 'http',
  clients: { mesh: mesh.id, gateway: 'shop/edge' },
  rules: rules.map((one, index) => ({ id: `rule${index}`, ...one })),
  noMatch: { kind: 'respond', status: 404 },
});

const writtenFor = (gateway: Gateway, part: ModelPart, beside = '') => {
  const snapshot = new Snapshot(objectsFrom(`${world}\n---\n${beside}`));
  const { inventory } = readKubernetes(snapshot);
  const memberships = [{ mesh: mesh.id, mode: 'sidecar', certainty: 'assumed', evidence: [] }] as const;
  const workloads = inventory.workloads.map(workload => ({ ...workload, memberships }));
  const model = assemble({ ...inventory, workloads, gateways: [gateway] }, [{ meshes: [mesh], ...part }]);
  const result = adapter.write(model, { mesh: adapter.assume(), snapshot });
  const all = (kind: string) => result.objects.filter(object => object.kind === kind);
  const losses = result.dispositions
    .filter(({ leaf, loss }) => loss?.effect === 'differs' && !/^(default|data plane)[.]/.test(leaf))
    .map(({ loss }) => `${loss?.code}: ${loss?.severity}`);
  return { ...result, losses, all, spec: (kind: string): unknown => all(kind)[0]?.spec };
};

const behind = (...rules: readonly Omit<Rule, 'id'>[]): ModelPart => ({ frontends: [table(rules)] });

describe('a gateway', () => {
  it('is a Gateway of Consul’s class, with the routes on its listener', () => {
    const { spec, losses } = writtenFor(edge(plain), behind(rule({ path: { kind: 'exact', value: '/cart' } })));
    expect(losses).toEqual([]);
    expect(spec('Gateway')).toEqual({
      gatewayClassName: 'consul',
      listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }],
    });
    expect(spec('HTTPRoute')).toMatchObject({
      parentRefs: [{ name: 'edge', sectionName: 'http' }],
      rules: [{ matches: [{ path: { type: 'Exact', value: '/cart' } }], backendRefs: [{ name: 'cart', port: 80 }] }],
    });
    expect(spec('RouteTimeoutFilter')).toEqual({ requestTimeout: '3s' });
  });

  it('has one listener for a port: those that share one are put together, with all certificates', () => {
    const gateway = edge(sealed('a', ['a.example']), sealed('b', ['b.example']));
    const frontends = [table([rule({})], [], 'a'), table([rule({})], [], 'b')];
    const { spec, all, losses } = writtenFor(gateway, { frontends });
    expect(losses).toEqual(['listener-hosts: behaviour', 'listener-hosts: behaviour']);
    expect(spec('Gateway')).toMatchObject({
      listeners: [{ name: 'a', port: 443, tls: { certificateRefs: [{ name: 'a-tls' }, { name: 'b-tls' }] } }],
    });
    expect(all('HTTPRoute').map(({ spec: own }) => (own as { hostnames: unknown }).hostnames)).toEqual([
      ['a.example'],
      ['b.example'],
    ]);
  });

  it('does not serve in the clear what was sent to https', () => {
    const gateway = edge({ ...plain, httpsRedirect: true }, sealed('a', ['a.example']));
    const { spec, all } = writtenFor(gateway, {
      frontends: [table([rule({})]), table([rule({})], ['a.example'], 'a')],
    });
    expect(spec('Gateway')).toMatchObject({ listeners: [{ name: 'a', port: 443 }] });
    expect(all('HTTPRoute')).toHaveLength(1);
  });

  it('is refused where its callers have to show certificates', () => {
    const { all, losses } = writtenFor(edge(sealed('a', ['a.example'], { mode: 'mutual' })), {
      frontends: [table([rule({})], [], 'a')],
    });
    expect(all('Gateway')).toEqual([]);
    expect(losses).toContain('listener-authorities: security');
  });

  it('keeps the versions of TLS, and those who share a port have to agree on them', () => {
    const versions = { minVersion: written('TLSV1_2') };
    const frontends = [table([rule({})], ['a.example'], 'a')];
    const { spec, losses } = writtenFor(edge(sealed('a', ['a.example'], versions)), { frontends });
    expect(losses).toEqual(['listener-hosts: behaviour']);
    expect(JSON.stringify(spec('Gateway'))).toContain('"api-gateway.consul.hashicorp.com/tls_min_version":"TLSv1_2"');
    const both = edge(sealed('a', ['a.example'], versions), sealed('b', ['b.example']));
    expect(writtenFor(both, { frontends }).losses).toContain('listener-conflict: security');
    const unknown = edge(sealed('a', ['a.example'], { ciphers: ['ECDHE-RSA-AES128-GCM-SHA256'] }));
    expect(writtenFor(unknown, { frontends }).losses).toContain('listener-tls-version: security');
  });

  it('is refused where its name is that of a service, which callers would be taken for', () => {
    const { all, losses } = writtenFor({ ...edge(plain), name: 'cart' }, { frontends: [] });
    expect(all('Gateway')).toEqual([]);
    expect(losses).toContain('gateway-name: behaviour');
  });

  it('gets another name where an object of the user’s has its own, and is let in under it', () => {
    const theirs = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec: { gatewayClassName: other, listeners: [] }`;
    const access: NonNullable<ModelPart['access']> = [
      {
        id: 'only the edge',
        scope: { mesh: mesh.id, namespaces: ['shop'], labels: { app: 'cart' } },
        tier: 0,
        otherwise: 'deny',
        rules: [
          {
            id: 'edge',
            effect: 'allow',
            clauses: [
              {
                conditions: [
                  {
                    attribute: 'peer.identity',
                    values: [{ kind: 'serviceAccount', namespace: 'shop', name: 'edge-account' }],
                    negated: false,
                    whenAbsent: 'fails',
                    whenNotHttp: 'holds',
                  },
                ],
              },
            ],
          },
        ],
      },
    ];
    const gateway = { ...edge(plain), serviceAccount: 'edge-account' };
    const { all, spec } = writtenFor(gateway, { ...behind(rule({})), access }, theirs);
    expect(all('Gateway').map(({ metadata }) => metadata.name)).toEqual(['edge-consul']);
    expect(spec('HTTPRoute')).toMatchObject({ parentRefs: [{ name: 'edge-consul' }] });
    expect(spec('ServiceIntentions')).toMatchObject({
      sources: [{ name: 'edge-consul', action: 'allow' }, { name: '*' }],
    });
  });
});

describe('a rule at a gateway', () => {
  it('by segments is two matches, and one for each method', () => {
    const { spec } = writtenFor(
      edge(plain),
      behind(
        rule({
          path: { kind: 'segmentPrefix', value: '/a' },
          method: { kind: 'regex', regex: { pattern: 'GET|POST', dialect: 're2', anchoring: 'full' } },
        }),
      ),
    );
    const [{ matches }] = (spec('HTTPRoute') as { rules: [{ matches: readonly unknown[] }] }).rules;
    expect(matches).toHaveLength(4);
    expect(matches).toContainEqual({ path: { type: 'PathPrefix', value: '/a/' }, method: 'POST' });
  });

  it('keeps its place before a longer path by a match of its own', () => {
    const first = rule({
      headers: [
        { name: 'x', match: { kind: 'exact', value: '1' }, inverted: false, missing: 'noMatch', repeated: 'any' },
      ],
    });
    const second = rule(
      { path: { kind: 'prefix', value: '/long' } },
      { target: { kind: 'forward', backends: [to('stock')] } },
    );
    const { spec, losses } = writtenFor(edge(plain), behind(first, second));
    expect(losses).toEqual([]);
    expect(JSON.stringify(spec('HTTPRoute'))).toContain(
      '{"path":{"type":"PathPrefix","value":"/long"},"headers":[{"name":"x","type":"Exact","value":"1"}]}',
    );
  });

  it('that is equal in rank to one of another route has no certain place, which is told', () => {
    const many = (prefix: (index: number) => string) =>
      Array.from({ length: 18 }, (_, index) =>
        rule({ path: { kind: 'exact', value: prefix(index) } }, { timeouts: { request: written(1000 + index) } }),
      );
    const apart = behind(...many(index => `/${'a'.repeat(index + 1)}`));
    expect(writtenFor(edge(plain), apart).losses).toEqual([]);
    const regex = (pattern: string) => ({
      path: { kind: 'regex' as const, regex: { pattern, dialect: 're2' as const, anchoring: 'full' as const } },
    });
    const tied = behind(
      ...many(index => `/${'a'.repeat(index + 1)}`),
      rule(regex('/b.*'), { timeouts: { request: written(5) } }),
      rule(regex('/.*b'), { timeouts: { request: written(6) } }),
    );
    expect(writtenFor(edge(plain), tied).losses).toEqual(['first-match-order: behaviour']);
  });

  it('that splits by version leads to a name that does, which a MeshService stands for', () => {
    const backends = [to('cart', 'v1', 90), to('cart', 'v2', 10)];
    const { spec, all, losses } = writtenFor(edge(plain), behind(rule({}, { target: { kind: 'forward', backends } })));
    expect(losses).toEqual([]);
    const [meshService] = all('MeshService');
    expect(meshService?.spec).toEqual({ name: meshService?.metadata.name });
    expect(spec('HTTPRoute')).toMatchObject({
      rules: [{ backendRefs: [{ kind: 'MeshService', name: meshService?.metadata.name }] }],
    });
    expect(spec('ServiceSplitter')).toEqual({
      splits: [
        { service: 'cart', serviceSubset: 'v1', weight: 90 },
        { service: 'cart', serviceSubset: 'v2', weight: 10 },
      ],
    });
  });

  it('that asks for a header to be absent, or redirects, is left out with a reason', () => {
    const absent = rule({
      headers: [{ name: 'x', match: { kind: 'present' }, inverted: true, missing: 'noMatch', repeated: 'any' }],
    });
    const redirect = rule({}, { target: { kind: 'redirect', redirect: { status: written(301), scheme: 'https' } } });
    const { spec, losses } = writtenFor(edge(plain), behind(absent, redirect));
    expect(losses).toEqual(expect.arrayContaining(['header-absent: behaviour', 'redirect: behaviour']));
    expect(spec('HTTPRoute')).toMatchObject({ rules: [] });
  });

  it('says the port of a Service that the input does not hold', () => {
    const { backend, weight } = to('elsewhere');
    const target = { kind: 'forward' as const, backends: [{ backend: { ...backend, port: 9080 }, weight }] };
    const { spec, losses } = writtenFor(edge(plain), behind(rule({}, { target })));
    expect(losses).toEqual([]);
    expect(spec('HTTPRoute')).toMatchObject({ rules: [{ backendRefs: [{ name: 'elsewhere', port: 9080 }] }] });
  });

  it('for a pattern of hosts needs a listener of its own', () => {
    const frontends = [table([rule({})], ['*.example'])];
    expect(writtenFor(edge(plain), { frontends }).losses).toContain('frontend-host: behaviour');
    const own = writtenFor(edge({ ...plain, hosts: ['*.example'] }), { frontends });
    expect(own.losses).toEqual([]);
    expect(own.spec('Gateway')).toMatchObject({ listeners: [{ hostname: '*.example' }] });
    expect(own.spec('HTTPRoute')).not.toHaveProperty('hostnames');
    const overTls = writtenFor(edge(sealed('a', ['*.example'])), {
      frontends: [table([rule({})], ['*.example'], 'a')],
    });
    expect(overTls.losses).toEqual(['listener-hosts: behaviour']);
    expect(overTls.spec('Gateway')).toMatchObject({ listeners: [{ hostname: '*.example' }] });
  });
});

it('connections behind a listener for bytes go to one service', () => {
  const listener: Listener = { name: 'bytes', port: 9000, protocol: 'tcp', hosts: [] };
  const bytes = application('ledger', { port: 9000, portName: 'tcp' });
  const backend = { kind: 'service' as const, service: 'shop/ledger', port: 9000 };
  const action = { id: 'all', target: { kind: 'forward' as const, backends: [{ backend, weight: written(1) }] } };
  const frontends: readonly Frontend[] = [{ ...table([{ match: {}, action }], [], 'bytes'), protocol: 'tcp' }];
  const { spec, losses } = writtenFor(edge(listener), { frontends }, bytes);
  const named = { ...table([{ match: { port: 9000 }, action }], [], 'bytes'), protocol: 'tcp' } as const;
  expect(losses).toEqual([]);
  expect(writtenFor(edge(listener), { frontends: [named] }, bytes).losses).toEqual([]);
  expect(spec('Gateway')).toMatchObject({ listeners: [{ port: 9000, protocol: 'TCP' }] });
  expect(spec('TCPRoute')).toMatchObject({ rules: [{ backendRefs: [{ name: 'ledger', port: 9000 }] }] });
});
