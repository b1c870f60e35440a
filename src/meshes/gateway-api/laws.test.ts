import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answersOf, boundaryAsks } from '../../../test/support/boundary-asks.ts';
import { objectsFrom } from '../../../test/support/snapshot.ts';
import type { Manifest, WriteResult } from '../../adapter/adapter.ts';
import { toYamlStream } from '../../base/yaml.ts';
import { assemble, type Model } from '../../model/model.ts';
import { readKubernetes } from '../../native/kubernetes/read-kubernetes.ts';
import { groupOf, type NativeObject, Snapshot } from '../../native/snapshot.ts';
import { adapter } from './adapter.ts';

const read = (objects: readonly NativeObject[]): Model => {
  const snapshot = new Snapshot(objects, 'whole');
  const { inventory } = readKubernetes(snapshot);
  const found = adapter.detect(snapshot, inventory);
  const meshes = found.length > 0 ? found : [adapter.assume()];
  const result = adapter.read({ snapshot, inventory, meshes, others: [] });
  return assemble(result.inventory, [result.part]);
};

const write = (model: Model, snapshot: Snapshot): WriteResult =>
  adapter.write(model, { mesh: adapter.assume(), snapshot });

const written = (manifests: readonly Manifest[]): NativeObject[] =>
  manifests.length > 0 ? objectsFrom(toYamlStream(manifests)) : [];

const isOurs = ({ ref }: NativeObject): boolean =>
  groupOf(ref) === 'gateway.networking.k8s.io' && ref.kind !== 'GatewayClass';

const ground = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: httproutes.gateway.networking.k8s.io
  annotations: { gateway.networking.k8s.io/channel: experimental, gateway.networking.k8s.io/bundle-version: v1.6.1 }
---
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: edge }
spec: { controllerName: example.org/edge }
---
${['web', 'api', 'v2']
  .map(
    name => `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }, { name: alt, port: 8080 }] }
`,
  )
  .join('---\n')}
---
apiVersion: v1
kind: Service
metadata: { name: far, namespace: other }
spec: { selector: { app: far }, ports: [{ name: http, port: 80 }] }
`;

const edge = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec:
  gatewayClassName: edge
  listeners:
  - { name: any, port: 80, protocol: HTTP, allowedRoutes: { namespaces: { from: All } } }
  - { name: shop, port: 80, protocol: HTTP, hostname: "*.shop.example" }
  - { name: secure, port: 443, protocol: HTTPS, hostname: shop.example, tls: { certificateRefs: [{ name: cert }] } }
  - { name: raw, port: 9000, protocol: TCP }
  tls: { frontend: { default: {}, perPort: [{ port: 443, tls: { validation: { caCertificateRefs: [{ group: "", kind: ConfigMap, name: ca }] } } }] } }
`;

const route = (
  name: string,
  parent: string,
  spec: string,
  { namespace = 'shop', kind = 'HTTPRoute', version = 'v1' } = {},
): string => `
apiVersion: gateway.networking.k8s.io/${version}
kind: ${kind}
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  parentRefs: [${parent}]
${spec}`;

const toWeb = '{ group: "", kind: Service, name: web, namespace: shop }';
const toEdge = '{ name: edge, namespace: shop }';

/** Small worlds that together say everything the adapter reads. */
const worlds: Readonly<Record<string, readonly string[]>> = {
  'routes on a Service, for all ports and for one': [
    route(
      'all',
      toWeb,
      '  rules: [{ matches: [{ path: { type: Exact, value: /a }, method: GET }], backendRefs: [{ name: api, port: 80 }] }, { backendRefs: [{ name: web, port: 80 }] }]',
    ),
    route(
      'one',
      '{ group: "", kind: Service, name: web, port: 8080 }',
      '  rules: [{ matches: [{ path: { value: /a } }], backendRefs: [{ name: v2, port: 80, weight: 3 }, { name: api, port: 8080 }] }]',
    ),
  ],
  'a route of clients in another namespace': [
    route('all', toWeb, '  rules: [{ backendRefs: [{ name: web, port: 80 }] }]'),
    route(
      'theirs',
      toWeb,
      '  rules: [{ matches: [{ path: { value: /c } }], backendRefs: [{ name: far, port: 80 }] }]',
      { namespace: 'other' },
    ),
  ],
  'everything that a rule can do': [
    route(
      'all',
      toWeb,
      `
  rules:
  - matches: [{ path: { value: /old }, headers: [{ name: x, value: "1" }], queryParams: [{ name: q, value: "1" }] }]
    filters:
    - { type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: a, value: b }], add: [{ name: c, value: d }], remove: [e] } }
    - { type: ResponseHeaderModifier, responseHeaderModifier: { set: [{ name: f, value: g }] } }
    - { type: RequestMirror, requestMirror: { backendRef: { name: v2, port: 80 }, percent: 10 } }
    - { type: URLRewrite, urlRewrite: { hostname: inner, path: { type: ReplacePrefixMatch, replacePrefixMatch: /new } } }
    - { type: CORS, cors: { allowOrigins: ["https://*.example"], allowMethods: [GET], maxAge: 60 } }
    backendRefs: [{ name: api, port: 80, filters: [{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: h, value: i }] } }] }]
    timeouts: { request: 10s, backendRequest: 2500ms }
    retry: { attempts: 2, codes: [503, 429], backoff: 50ms }
  - matches: [{ path: { value: /away } }]
    filters: [{ type: RequestRedirect, requestRedirect: { scheme: https, hostname: there.example, statusCode: 308, path: { type: ReplaceFullPath, replaceFullPath: /x } } }]
  - matches: [{ path: { type: RegularExpression, value: "/[a-z]+x" } }]
    backendRefs: [{ name: ghost, port: 80 }, { name: v2, port: 80 }]
  - matches: [{ path: { value: /fail } }]`,
    ),
  ],
  gRPC: [
    route(
      'rpc',
      toWeb,
      '  rules: [{ matches: [{ method: { service: a.B, method: Get } }, { method: { service: a.B }, headers: [{ name: x, value: "1" }] }], backendRefs: [{ name: api, port: 80 }] }, { backendRefs: [{ name: web, port: 80 }] }]',
      { kind: 'GRPCRoute' },
    ),
  ],
  'TLS by server name, and bytes': [
    `
apiVersion: v1
kind: Service
metadata: { name: db, namespace: shop }
spec: { selector: { app: db }, ports: [{ name: tls, port: 443 }, { name: tcp, port: 5432 }, { name: tcp-b, port: 5433 }] }`,
    route(
      'names',
      '{ group: "", kind: Service, name: db, port: 443 }',
      '  hostnames: [a.example, "*.b.example"]\n  rules: [{ backendRefs: [{ name: db, port: 443, weight: 1 }, { name: web, port: 80, weight: 3 }] }]',
      { kind: 'TLSRoute', version: 'v1alpha3' },
    ),
    route(
      'others',
      '{ group: "", kind: Service, name: db, port: 443 }',
      '  hostnames: [c.example]\n  rules: [{ backendRefs: [{ name: api, port: 80 }] }]',
      {
        kind: 'TLSRoute',
        version: 'v1alpha3',
      },
    ),
    route(
      'bytes',
      '{ group: "", kind: Service, name: db, sectionName: tcp }',
      '  rules: [{ backendRefs: [{ name: web, port: 8080 }] }]',
      {
        kind: 'TCPRoute',
        version: 'v1alpha2',
      },
    ),
    `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: tls, namespace: shop }
spec:
  gatewayClassName: edge
  listeners:
  - { name: through, port: 443, protocol: TLS, hostname: "*.example", tls: { mode: Passthrough } }
  - { name: ends, port: 8443, protocol: TLS, tls: { certificateRefs: [{ name: cert }] } }`,
    route(
      'through',
      '{ name: tls, sectionName: through }',
      '  hostnames: [a.example]\n  rules: [{ backendRefs: [{ name: db, port: 443 }] }]',
      {
        kind: 'TLSRoute',
        version: 'v1',
      },
    ),
    route('ends', '{ name: tls, sectionName: ends }', '  rules: [{ backendRefs: [{ name: db, port: 5432 }] }]', {
      kind: 'TCPRoute',
      version: 'v1',
    }),
  ],
  'a gateway with its routes': [
    edge,
    route(
      'every',
      toEdge,
      '  rules: [{ matches: [{ path: { value: /every } }], backendRefs: [{ name: web, port: 80 }] }]',
    ),
    route(
      'narrow',
      toEdge,
      '  hostnames: [a.shop.example, "*.shop.example"]\n  rules: [{ matches: [{ path: { value: /narrow } }], backendRefs: [{ name: api, port: 80 }] }]',
    ),
    route(
      'wide',
      toEdge,
      '  hostnames: ["*.example"]\n  rules: [{ backendRefs: [{ name: v2, port: 80 }, { name: far, namespace: other, port: 80 }] }]',
    ),
    route('bytes', '{ name: edge, sectionName: raw }', '  rules: [{ backendRefs: [{ name: web, port: 8080 }] }]', {
      kind: 'TCPRoute',
      version: 'v1alpha2',
    }),
    `
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: { name: far, namespace: other }
spec: { from: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop }], to: [{ group: "", kind: Service, name: far }] }`,
    `
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: { name: web, namespace: shop }
spec: { targetRefs: [{ group: "", kind: Service, name: web, sectionName: http }], validation: { hostname: web.inner, caCertificateRefs: [{ group: "", kind: ConfigMap, name: ca }], subjectAltNames: [{ type: URI, uri: "spiffe://x/y" }] } }`,
  ],
};

const cases = Object.entries(worlds).map(
  ([name, documents]) => [name, [ground, ...documents].join('\n---\n')] as const,
);

const isBeside = (object: NativeObject): boolean => !isOurs(object);

describe.each(cases)('%s', (_, yaml) => {
  const objects = objectsFrom(yaml);
  const model = read(objects);
  const beside = new Snapshot(objects.filter(isBeside), 'whole');
  const result = write(model, beside);
  const again = read([...beside.objects, ...written(result.objects)]);
  const asks = boundaryAsks(model);

  it('is asked about, and does not always answer the same', () => {
    const answers = new Set(answersOf(model, asks).map(answer => JSON.stringify(answer)));
    expect(answers.size).toBeGreaterThan(1);
    expect([...answers].some(answer => answer.includes('"forwarded"'))).toBe(true);
  });

  it('loses nothing when it is written', () => {
    const lost = result.dispositions.filter(({ result: what }) => what !== 'applied');
    expect(lost.map(({ leaf, loss }) => `${leaf}: ${loss?.message}`)).toEqual([]);
  });

  it('answers as before after it was written and read again', () => {
    const before = answersOf(model, asks);
    const after = answersOf(again, asks);
    for (const [index, ask] of asks.entries()) expect([ask, after[index]]).toEqual([ask, before[index]]);
  });

  it('is expected to answer as it then does', () => {
    expect(answersOf(again, asks)).toEqual(answersOf(result.expected, asks));
  });

  it('is written the same once it was written', () => {
    expect(write(again, beside).objects).toEqual(result.objects);
  });

  it('is read and written the same whatever the order of the input', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(objects, { minLength: objects.length }), shuffled => {
        expect(write(read(shuffled), beside)).toEqual(result);
      }),
      { seed: 31, numRuns: 10 },
    );
  });

  it('is marked as ours, object by object', () => {
    for (const { metadata } of result.objects) {
      expect(metadata.labels).toMatchObject({ 'app.kubernetes.io/managed-by': 'supergloo' });
    }
  });
});
