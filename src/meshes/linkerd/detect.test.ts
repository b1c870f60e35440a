import { describe, expect, it, test } from 'vitest';
import { app, tell } from '../../../test/support/linkerd-shop.ts';
import { snapshotFrom } from '../../../test/support/snapshot.ts';
import { readKubernetes } from '../../native/kubernetes/read-kubernetes.ts';
import { blockScalars } from './block-yaml.ts';
import { detect } from './detect.ts';
import { parseAnnotationDuration } from './duration.ts';
import { parsePortSet } from './port-set.ts';

const found = (yaml: string) => {
  const snapshot = snapshotFrom(yaml);
  return detect(snapshot, readKubernetes(snapshot).inventory);
};

const config = `
apiVersion: v1
kind: ConfigMap
metadata: { name: linkerd-config, namespace: mesh }
data:
  values: |
    clusterDomain: example.local
    identityTrustDomain: trust.example
    identity:
      issuer:
        scheme: linkerd.io/tls
    linkerdVersion: "edge-26.8.1"   # a comment
    proxy:
      defaultInboundPolicy: deny
      opaquePorts: 25,6379
---`;

describe('a mesh', () => {
  it('is its ConfigMap, with what it says', () => {
    expect(found(config)).toMatchObject([
      {
        id: 'linkerd/mesh',
        version: 'edge-26.8.1',
        trustDomain: 'trust.example',
        defaults: {
          access: { value: 'deny', origin: 'meshDefault' },
          loadBalancing: { algorithm: { value: { kind: 'peakEwma' } } },
        },
        evidence: [{ says: 'ConfigMap mesh/linkerd-config' }],
      },
    ]);
  });

  it('is assumed from objects of its kinds, from a proxy, and from a wish for one', () => {
    const server =
      'apiVersion: policy.linkerd.io/v1beta3\nkind: Server\nmetadata: { name: a, namespace: b }\nspec: {}\n';
    const namespace =
      'apiVersion: v1\nkind: Namespace\nmetadata: { name: a, annotations: { linkerd.io/inject: enabled } }\n';
    for (const yaml of [server, namespace, app('web')]) expect(found(yaml)).toMatchObject([{ id: 'linkerd/linkerd' }]);
  });

  it('is not there for its CRDs alone, nor for routes that any mesh reads', () => {
    const crd =
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: servers.policy.linkerd.io }\n';
    const route =
      'apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: a, namespace: b }\nspec: {}\n';
    expect(found(crd)).toEqual([]);
    expect(found(route)).toEqual([]);
  });
});

describe('a workload', () => {
  const deployment = (annotations: string, spec = '', kind = 'Deployment'): string => `
apiVersion: apps/v1
kind: ${kind}
metadata: { name: web, namespace: shop }
spec:
  template:
    metadata: { labels: { app: web }, annotations: { ${annotations} } }
    spec: { containers: [{ name: app, image: app }]${spec} }
---`;
  const namespace = (annotations: string, labels = ''): string => `
apiVersion: v1
kind: Namespace
metadata: { name: shop, annotations: { ${annotations} }, labels: { ${labels} } }
---`;
  const member = (yaml: string) => {
    const told = tell(yaml, 'partial');
    const [membership] = told.inventory.workloads[0]!.memberships;
    return { membership: membership && `${membership.mode} ${membership.certainty}`, codes: told.codes };
  };

  it.each([
    ['asks for itself', deployment('linkerd.io/inject: enabled'), 'sidecar requested'],
    ['is asked for by its namespace', deployment('') + namespace('linkerd.io/inject: enabled'), 'sidecar requested'],
    ['refuses', deployment('linkerd.io/inject: disabled') + namespace('linkerd.io/inject: enabled'), undefined],
    [
      'asks against its namespace',
      deployment('linkerd.io/inject: enabled') + namespace('linkerd.io/inject: disabled'),
      'sidecar requested',
    ],
    ['of an ingress', deployment('linkerd.io/inject: ingress'), 'ingress requested'],
    [
      'with a word that is no value',
      deployment('linkerd.io/inject: "true"') + namespace('linkerd.io/inject: enabled'),
      undefined,
    ],
    ['has a proxy', deployment('', ', initContainers: [{ name: linkerd-proxy, image: p }]'), 'sidecar running'],
    ['of an unknown namespace', deployment(''), 'sidecar assumed'],
    ['of a namespace without a wish', deployment('') + namespace(''), undefined],
  ])('%s', (_, yaml, expected) => {
    expect(member(yaml).membership).toBe(expected);
  });

  it.each([
    ['the network of its node', deployment('linkerd.io/inject: enabled', ', hostNetwork: true')],
    [
      'the proxy of another mesh',
      deployment('linkerd.io/inject: enabled', ', initContainers: [{ name: istio-proxy, image: p }]'),
    ],
    [
      'a namespace that is passed over',
      deployment('linkerd.io/inject: enabled') + namespace('', 'config.linkerd.io/admission-webhooks: disabled'),
    ],
  ])('that asks and has %s gets no proxy, and that is told', (_, yaml) => {
    expect(member(yaml)).toMatchObject({ membership: undefined, codes: expect.arrayContaining(['LINKERD002']) });
  });

  it('that asks and runs without one is told', () => {
    const pod = `
apiVersion: v1
kind: Pod
metadata: { name: web-1, namespace: shop, labels: { app: web }, ownerReferences: [{ kind: Deployment, name: web, controller: true }] }
spec: { containers: [{ name: app, image: app }] }
status: { phase: Running, podIP: 10.0.0.5 }
---`;
    expect(member(deployment('linkerd.io/inject: enabled') + pod)).toMatchObject({
      membership: undefined,
      codes: expect.arrayContaining(['LINKERD003']),
    });
  });

  it('with ports that bypass the proxy is told', () => {
    const told = tell(deployment('linkerd.io/inject: enabled, config.linkerd.io/skip-inbound-ports: "25"'));
    expect(told.codes).toContain('LINKERD004');
    expect(told.part.opaque).toHaveLength(1);
  });
});

describe('ports of a Service', () => {
  const protocols = (ports: string, annotations = ''): string[] => {
    const yaml = `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop, annotations: { ${annotations} } }
spec: { selector: { app: web }, ports: [${ports}] }
---`;
    return tell(yaml).inventory.services[0]!.ports.map(({ protocol }) => protocol);
  };

  it('go by appProtocol and the opaque ports, never by their names', () => {
    expect(protocols('{ port: 80, name: grpc-x }, { port: 3306, name: http }')).toEqual(['detect', 'tcp']);
    expect(
      protocols(
        '{ port: 1, appProtocol: http }, { port: 2, appProtocol: kubernetes.io/h2c }, { port: 3, appProtocol: other }',
      ),
    ).toEqual(['http', 'http2', 'tcp']);
    expect(protocols('{ port: 80 }, { port: 3306 }', 'config.linkerd.io/opaque-ports: "80"')).toEqual([
      'tcp',
      'detect',
    ]);
    expect(protocols('{ port: 3306, appProtocol: http }')).toEqual(['http']);
  });
});

test.each([
  ['10s', 10_000],
  ['1500ms', 1500],
  ['2d', 172_800_000],
  ['0', 0],
  [' 5m ', 300_000],
  ['1m30s', undefined],
  ['1.5s', undefined],
  ['5', undefined],
  ['-1s', undefined],
])('duration %s', (text, expected) => {
  expect(parseAnnotationDuration(text)).toBe(expected);
});

test.each([
  ['80', [80]],
  ['80, 90-92', [80, 90, 91, 92]],
  ['', []],
  ['90-80', undefined],
  ['0', undefined],
  ['http', undefined],
])('ports %s', (text, expected) => {
  const ports = parsePortSet(text);
  expect(ports && [...ports]).toEqual(expected);
});

test('scalars of block YAML by path', () => {
  const text = "a: 1\nb:\n  c: 'it''s'\n  d:\n  - x\n  e: \"q\\\"\"\nf: |\n  text\ng: h # i\n";
  expect(Object.fromEntries(blockScalars(text))).toEqual({ a: '1', 'b.c': "it's", 'b.e': 'q"', g: 'h' });
});
