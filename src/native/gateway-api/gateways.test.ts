import { describe, expect, it } from 'vitest';
import { snapshotFrom } from '../../../test/support/snapshot.ts';
import { ServiceDirectory } from '../../model/directory.ts';
import type { Frontend } from '../../model/frontend.ts';
import { readKubernetes } from '../kubernetes/read-kubernetes.ts';
import { readBackendTls } from './backend-tls.ts';
import { commonHosts, gatewayFrontends } from './gateway-frontends.ts';
import { readGateways } from './gateways.ts';
import { type GatewayApiProfile, specificationProfile } from './profile.ts';
import { startReading } from './reading.ts';
import { readRoutes } from './route.ts';

const ground = `
apiVersion: v1
kind: Namespace
metadata: { name: edge, labels: { team: edge } }
---
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { team: shop } }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: edge }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }
`;

const read = (
  yaml: string,
  profile: GatewayApiProfile = specificationProfile,
  extent: 'whole' | 'partial' = 'whole',
) => {
  const snapshot = snapshotFrom(`${ground}---${yaml}`, extent);
  const { inventory } = readKubernetes(snapshot);
  const reading = startReading(snapshot, new ServiceDirectory(inventory), profile);
  const gateways = readGateways(reading, { namespaces: inventory.namespaces });
  const frontends = gatewayFrontends(gateways, readRoutes(reading), reading);
  const unread = reading.objects.flatMap(object => snapshot.field(object).account(['spec']).unread);
  return { gateways, frontends, findings: reading.findings, unread, tls: readBackendTls(reading, gateways) };
};

const gateway = (listeners: string, more = ''): string => `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gw, namespace: edge }
spec:
  gatewayClassName: any
  listeners: [${listeners}]
${more}`;

const route = (spec: string, { name = 'r', namespace = 'edge', kind = 'HTTPRoute', created = '' } = {}): string => `
apiVersion: gateway.networking.k8s.io/v1
kind: ${kind}
metadata: { name: ${name}, namespace: ${namespace}${created ? `, creationTimestamp: "${created}"` : ''} }
spec: { parentRefs: [{ name: gw, namespace: edge }], ${spec} }`;

const toWeb = 'rules: [{ backendRefs: [{ name: web, port: 80 }] }]';
const documents = (...texts: readonly string[]): string => texts.join('\n---\n');
const places = (frontends: readonly Frontend[]): readonly unknown[] =>
  frontends.map(({ id, noMatch, rules }) => [id, rules.map(rule => rule.action.id), noMatch.kind]);
const codes = (result: ReturnType<typeof read>): readonly string[] => result.findings.map(({ code }) => code);

describe('the host names that a listener and a route have in common', () => {
  it.each<[string | undefined, string[], string[]]>([
    [undefined, [], ['*']],
    ['a.example', [], ['a.example']],
    [undefined, ['a.example'], ['a.example']],
    ['*.example', ['a.example', 'example', 'b.c.example'], ['a.example', 'b.c.example']],
    ['a.example', ['*.example'], ['a.example']],
    ['*.a.example', ['*.example'], ['*.a.example']],
    ['*.example', ['*.a.example'], ['*.a.example']],
    ['a.example', ['b.example'], []],
    ['*.example', ['example'], []],
  ])('%s and %s', (listener, hosts, common) => {
    expect(commonHosts(listener, hosts)).toEqual(common);
  });
});

describe('a route on a Gateway', () => {
  it('is a table for each host name, the most specific first, that goes on to wider ones', () => {
    const { frontends } = read(
      documents(
        gateway('{ name: http, port: 80, protocol: HTTP }'),
        route(`hostnames: ["*.example", a.example], ${toWeb}`),
        route(toWeb, { name: 'every' }),
      ),
    );
    expect(places(frontends)).toEqual([
      ['edge/gw:http/a.example', ['edge/r/rules[0]'], 'next'],
      ['edge/gw:http/*.example', ['edge/r/rules[0]'], 'next'],
      ['edge/gw:http/*', ['edge/every/rules[0]'], 'respond'],
    ]);
    expect(frontends[2]?.listens).toEqual({ kind: 'listener', gateway: 'edge/gw', listener: 'http', hosts: [] });
  });

  it('ends with its host name where the implementation has a virtual host for each', () => {
    const { frontends } = read(
      documents(
        gateway('{ name: http, port: 80, protocol: HTTP }'),
        route(`hostnames: [a.example], ${toWeb}`),
        route(toWeb, { name: 'every' }),
      ),
      { ...specificationProfile, hostFallThrough: false },
    );
    expect(frontends.map(({ noMatch }) => noMatch.kind)).toEqual(['respond', 'respond']);
  });

  it.each([
    ['of the same namespace by default', 'edge', '', true],
    ['of another namespace not by default', 'shop', '', false],
    ['of any namespace', 'shop', 'namespaces: { from: All }', true],
    [
      'of a selected namespace',
      'shop',
      'namespaces: { from: Selector, selector: { matchLabels: { team: shop } } }',
      true,
    ],
    [
      'of a namespace that is not selected',
      'edge',
      'namespaces: { from: Selector, selector: { matchLabels: { team: shop } } }',
      false,
    ],
    [
      'by the name that every namespace has as a label',
      'shop',
      'namespaces: { from: Selector, selector: { matchExpressions: [{ key: kubernetes.io/metadata.name, operator: In, values: [shop] }] } }',
      true,
    ],
    [
      'without a label',
      'shop',
      'namespaces: { from: Selector, selector: { matchExpressions: [{ key: color, operator: DoesNotExist }, { key: team, operator: NotIn, values: [edge] }, { key: team, operator: Exists }] } }',
      true,
    ],
    ['of an allowed kind', 'edge', 'kinds: [{ kind: HTTPRoute }]', true],
    ['of a kind that is not allowed', 'edge', 'kinds: [{ kind: GRPCRoute }]', false],
  ])('binds or not: %s', (_, namespace, allowed, binds) => {
    const result = read(
      documents(
        gateway(`{ name: http, port: 80, protocol: HTTP, allowedRoutes: { ${allowed} } }`),
        route(toWeb, { namespace }),
      ),
    );
    expect(result.frontends).toHaveLength(binds ? 1 : 0);
    expect(codes(result)).toEqual(binds ? [] : ['GWAPI008']);
  });

  it('is not bound by labels that the input does not hold', () => {
    const selected = 'namespaces: { from: Selector, selector: { matchLabels: { team: far } } }';
    const { findings } = read(
      documents(
        gateway(`{ name: http, port: 80, protocol: HTTP, allowedRoutes: { ${selected} } }`),
        route(toWeb, { namespace: 'far' }),
      ),
      specificationProfile,
      'partial',
    );
    expect(findings.map(({ message }) => message)).toEqual([
      'not bound to Gateway `edge/gw`: its listeners select namespaces by labels, and those of `far` are not in the input',
    ]);
  });

  it('needs a grant for a Service of another namespace', () => {
    const there = route('rules: [{ backendRefs: [{ name: web, namespace: shop, port: 80 }] }]');
    const grant = `
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: { name: g, namespace: shop }
spec: { from: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge }], to: [{ group: "", kind: Service }] }`;
    const listener = gateway('{ name: http, port: 80, protocol: HTTP }');
    const kinds = (result: ReturnType<typeof read>) =>
      result.frontends.flatMap(({ rules }) =>
        rules.flatMap(({ action }) =>
          action.target.kind === 'forward' ? action.target.backends.map(({ backend }) => backend.kind) : [],
        ),
      );
    expect(kinds(read(documents(listener, there)))).toEqual(['nowhere']);
    expect(kinds(read(documents(listener, there, grant)))).toEqual(['service']);
    // A part of what exists may lack the grant; one with other grants of the namespace does not.
    expect(kinds(read(documents(listener, there), specificationProfile, 'partial'))).toEqual(['service']);
    const other = grant.replace('kind: HTTPRoute', 'kind: GRPCRoute');
    expect(kinds(read(documents(listener, there, other), specificationProfile, 'partial'))).toEqual(['nowhere']);
  });

  it('of gRPC shares no host name with an older one of HTTP', () => {
    const result = read(
      documents(
        gateway('{ name: http, port: 80, protocol: HTTP }'),
        route(`hostnames: ["*.example"], ${toWeb}`, { created: '2024-01-01T00:00:00Z' }),
        route(`hostnames: [a.example], ${toWeb}`, { name: 'rpc', kind: 'GRPCRoute', created: '2024-01-02T00:00:00Z' }),
        route(`hostnames: [b.other], ${toWeb}`, { name: 'rpc2', kind: 'GRPCRoute', created: '2024-01-03T00:00:00Z' }),
      ),
    );
    expect(result.frontends.map(({ id, protocol }) => [id, protocol])).toEqual([
      ['edge/gw:http/b.other', 'grpc'],
      ['edge/gw:http/*.example', 'http'],
    ]);
    expect(codes(result)).toEqual(['GWAPI006']);
  });
});

describe('listeners', () => {
  it('that cannot be told apart are all left out', () => {
    const result = read(
      gateway(
        '{ name: a, port: 80, protocol: HTTP }, { name: b, port: 80, protocol: HTTP }, { name: c, port: 80, protocol: HTTP, hostname: c.example }, { name: d, port: 81, protocol: TCP }, { name: e, port: 81, protocol: HTTP }, { name: f, port: 81, protocol: UDP }',
      ),
    );
    expect(result.gateways[0]?.model.listeners.map(({ name }) => name)).toEqual(['c', 'f']);
    expect(codes(result)).toEqual(['GWAPI008', 'GWAPI008', 'GWAPI008', 'GWAPI008']);
  });

  it('are left out on a port that there is not', () => {
    const result = read(gateway('{ name: a, port: 80, protocol: HTTP }, { name: b, port: 70000, protocol: HTTP }'));
    expect(result.gateways[0]?.listeners.map(({ sectionName }) => sectionName)).toEqual(['a']);
    expect(codes(result)).toEqual(['GWAPI012']);
  });

  it('ask callers for certificates by port', () => {
    const tls = 'tls: { certificateRefs: [{ name: cert }], options: { x.example/y: z } }';
    const { gateways, unread } = read(
      gateway(
        `{ name: a, port: 443, protocol: HTTPS, ${tls} }, { name: b, port: 8443, protocol: HTTPS, ${tls} }, { name: c, port: 9443, protocol: TLS, tls: { mode: Passthrough } }`,
        `  tls:
    frontend:
      default: { validation: { caCertificateRefs: [{ group: "", kind: ConfigMap, name: ca }] } }
      perPort: [{ port: 8443, tls: { validation: { mode: AllowInsecureFallback, caCertificateRefs: [{ group: "", kind: ConfigMap, name: b }] } } }]`,
      ),
    );
    expect(
      gateways[0]?.model.listeners.map(({ tls }) => [tls?.mode, tls?.certificates, tls?.clientAuthorities]),
    ).toEqual([
      ['mutual', ['edge/cert'], ['ConfigMap edge/ca']],
      ['optionalMutual', ['edge/cert'], ['ConfigMap edge/b']],
      ['passthrough', [], undefined],
    ]);
    expect(unread.map(({ reason }) => reason)).toEqual([
      'options belong to one implementation',
      'options belong to one implementation',
    ]);
  });

  it('are left out with a certificate that is not granted, or is no Secret', () => {
    const result = read(
      gateway(
        '{ name: a, port: 443, protocol: HTTPS, tls: { certificateRefs: [{ name: cert, namespace: shop }] } }, { name: b, port: 444, protocol: HTTPS, tls: { certificateRefs: [{ kind: ConfigMap, name: cert }] } }',
      ),
    );
    expect(result.gateways[0]?.model.listeners).toEqual([]);
    expect(codes(result)).toEqual(['GWAPI003', 'GWAPI012']);
  });
});

describe('BackendTLSPolicy', () => {
  const policy = (name: string, target: string, created = ''): string => `
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: { name: ${name}, namespace: shop${created ? `, creationTimestamp: "${created}"` : ''} }
spec: { targetRefs: [{ group: "", kind: Service, name: web${target} }], validation: { hostname: ${name}.inner, wellKnownCACertificates: System } }`;

  it('acts from every gateway, on a port before the Service, the older first', () => {
    const result = read(
      documents(
        gateway('{ name: http, port: 80, protocol: HTTP }'),
        policy('whole', '', '2024-01-02T00:00:00Z'),
        policy('late', '', '2024-01-03T00:00:00Z'),
        policy('port', ', sectionName: http', '2024-01-04T00:00:00Z'),
        policy('lost', ', sectionName: nothing'),
      ),
    );
    expect(
      result.tls.map(({ clients, target, tls }) => [clients.gateway, target.port, tls?.serverName, tls?.authorities]),
    ).toEqual([
      ['edge/gw', 80, 'port.inner', ['system']],
      ['edge/gw', undefined, 'whole.inner', ['system']],
    ]);
    expect(codes(result)).toEqual(['GWAPI008', 'GWAPI008']);
  });
});
