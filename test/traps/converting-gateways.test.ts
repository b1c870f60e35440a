/** What a gateway does in one language and would not do in another. */
import { describe, expect, it } from 'vitest';
import { converted } from '../support/conversion.ts';

const gateway = (listeners: string): string => `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec: { gatewayClassName: any, listeners: [${listeners}] }
`;
const plain = (name: string, hostname = ''): string =>
  `{ name: ${name}, port: 80, protocol: HTTP${hostname && `, hostname: ${hostname}`} }`;

const route = (name: string, hosts: string, backend: string, section = ''): string => `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name}, namespace: shop }
spec:
  parentRefs: [{ name: edge${section && `, sectionName: ${section}`} }]
  hostnames: [${hosts}]
  rules: [{ backendRefs: [{ name: ${backend}, port: 80 }] }]
`;

describe('a gateway of Gateway API towards Istio', () => {
  it('loses a host name of one word, which a VirtualService takes for a Service', async () => {
    const { losses, objectsOf } = await converted(
      'gateway-api',
      'istio',
      gateway(plain('http')),
      route('one', 'intranet, shop.example', 'api'),
    );
    expect(losses.filter(loss => loss.includes('frontend-host'))).toHaveLength(1);
    expect(objectsOf('VirtualService').map(({ spec }) => (spec as { hosts: unknown }).hosts)).toEqual([
      ['shop.example'],
    ]);
  });

  it('never lets the routes of a wider listener in among those of a narrower one on its port', async () => {
    const { losses, send } = await converted(
      'gateway-api',
      'istio',
      gateway(`${plain('wide')}, ${plain('narrow', 'api.example')}`),
      route('wide', '', 'web', 'wide'),
      route('narrow', '', 'api', 'narrow'),
    );
    expect(losses.filter(loss => loss.includes('frontend-listener'))).not.toEqual([]);
    const at = { via: 'shop/edge', to: { host: 'api.example', port: 80 } };
    expect(send('bare/plain', at).backends).toMatchObject([{ service: 'shop/api' }]);
  });

  it('keeps TLS to a backend for the pods of the gateway, and not for every client', async () => {
    const policy = `
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: { name: api, namespace: shop }
spec:
  targetRefs: [{ group: "", kind: Service, name: api }]
  validation: { wellKnownCACertificates: System, hostname: api.example }
`;
    const { objectsOf } = await converted(
      'gateway-api',
      'istio',
      gateway(plain('http')),
      route('one', '', 'api'),
      policy,
    );
    const withTls = objectsOf('DestinationRule').filter(({ spec }) => JSON.stringify(spec).includes('"SIMPLE"'));
    expect(withTls.map(({ metadata, spec }) => ({ in: metadata.namespace, spec }))).toMatchObject([
      { in: 'istio-system', spec: { workloadSelector: { matchLabels: { istio: 'ingressgateway' } } } },
    ]);
  });
});

it('a range of statuses to retry becomes the statuses that HTTP defines, each by its number', async () => {
  const profile = `
apiVersion: linkerd.io/v1alpha2
kind: ServiceProfile
metadata: { name: api.shop.svc.cluster.local, namespace: shop }
spec: { routes: [{ name: all, condition: { pathRegex: "/.*" }, isRetryable: true }] }
`;
  const { yaml } = await converted('linkerd', 'istio', profile);
  expect(yaml).toMatch(/retryOn: "?500,501,502,503,504/);
  expect(yaml).not.toMatch(/retryOn: .*-/);
});
