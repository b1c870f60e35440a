import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { snapshotFrom } from '../../../test/support/snapshot.ts';
import { convert } from '../../engine/convert.ts';
import { bootstrapKey } from './emit.ts';

const shop = `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: next, namespace: shop }
spec: { selector: { app: next }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: shop }
spec:
  hosts: [web]
  http:
    - match: [{ uri: { prefix: /old } }]
      rewrite: { uri: /new }
      timeout: 3s
      route:
        - { destination: { host: web }, weight: 90 }
        - { destination: { host: next }, weight: 10 }
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: public, namespace: shop }
spec:
  selector: { istio: ingressgateway }
  servers:
    - { port: { number: 80, name: http, protocol: HTTP }, hosts: [shop.example], tls: { httpsRedirect: true } }
    - port: { number: 443, name: https, protocol: HTTPS }
      hosts: [shop.example]
      tls: { mode: SIMPLE, credentialName: shop-tls }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: public, namespace: shop }
spec:
  hosts: [shop.example]
  gateways: [public]
  http: [{ route: [{ destination: { host: web, port: { number: 80 } } }] }]
`;

const { objects } = await convert(snapshotFrom(shop), 'istio', 'envoy');

/** Whatever stands under a key, anywhere in a bootstrap. */
const all = (node: unknown, key: string): readonly unknown[] =>
  typeof node !== 'object' || node === null
    ? []
    : Object.entries(node).flatMap(([name, inner]) => [...(name === key ? [inner] : []), ...all(inner, key)]);

const bootstrapOf = (process: string): unknown => {
  const found = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === process);
  return load((found?.data as Readonly<Record<string, string>> | undefined)?.[bootstrapKey] ?? '');
};

describe('what clients send their requests to', () => {
  const bootstrap = bootstrapOf('envoy');

  it('goes by every name of a service, and answers for others', () => {
    const domains = all(bootstrap, 'domains');
    expect(domains).toContainEqual(['web.shop', 'web.shop.svc', 'web.shop.svc.cluster.local']);
    expect(domains).toContainEqual(['*']);
  });

  it('shares requests by weight, with the deadline and the path of the rule', () => {
    expect(all(bootstrap, 'weighted_clusters')).toEqual([
      {
        clusters: [
          { name: 'shop/web:80', weight: 90 },
          { name: 'shop/next:80', weight: 10 },
        ],
      },
    ]);
    expect(all(bootstrap, 'timeout')).toContain('3s');
    expect(all(bootstrap, 'prefix_rewrite')).toEqual(['/new']);
  });

  it('asks DNS for the name of the Service', () => {
    expect(all(bootstrap, 'socket_address')).toContainEqual({ address: 'web.shop.svc.cluster.local', port_value: 80 });
  });
});

it('writes no proxy for clients where there are none', async () => {
  const gateway = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: public, namespace: shop }
spec: { gatewayClassName: any, listeners: [{ name: http, port: 80, protocol: HTTP }] }
`;
  const { objects: written } = await convert(snapshotFrom(gateway), 'gateway-api', 'envoy');
  expect(written.map(({ metadata }) => metadata.name)).toEqual(['public-envoy']);
});

describe('a gateway', () => {
  const bootstrap = bootstrapOf('public-envoy');

  it('ends TLS with the files of a Secret, for its server name alone', () => {
    expect(all(bootstrap, 'tls_certificates')).toEqual([
      [
        {
          certificate_chain: { filename: '/etc/envoy/certificates/istio-system/shop-tls/tls.crt' },
          private_key: { filename: '/etc/envoy/certificates/istio-system/shop-tls/tls.key' },
        },
      ],
    ]);
    expect(all(bootstrap, 'filter_chain_match')).toEqual([
      { transport_protocol: 'tls', server_names: ['shop.example'] },
    ]);
  });

  it('sends plain requests to https where it is told to', () => {
    expect(all(bootstrap, 'https_redirect')).toEqual([true]);
  });
});
