/** What a conversion keeps although the target does otherwise by itself, and what it does not give up unasked. */
import { afterAll, expect, it } from 'vitest';
import { Place } from './supergloo.ts';

const place = new Place();
afterAll(() => place.remove());

const service = (name: string, protocol: string, port: number): string => `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ name: ${protocol}, port: ${port} }] }
`;

const tlsRoute = (name: string, year: number, host: string, backend: string): string => `
apiVersion: gateway.networking.k8s.io/v1
kind: TLSRoute
metadata: { name: ${name}, namespace: shop, creationTimestamp: "${year}-01-01T00:00:00Z" }
spec:
  parentRefs: [{ group: "", kind: Service, name: ledger }]
  hostnames: ["${host}"]
  rules: [{ backendRefs: [{ name: ${backend}, port: 443 }] }]
`;

it.each(['linkerd', 'gateway-api'])('from %s: the order of routes by server name is kept in Istio', from => {
  const services = [service('ledger', 'tls', 443), service('archive', 'tls', 443)];
  const routes = [tlsRoute('wide', 2025, '*.example', 'ledger'), tlsRoute('narrow', 2026, 'a.example', 'archive')];
  place.write('tls.yaml', [...services, ...routes].join('---\n'));
  const args = ['convert', '-f', 'tls.yaml', '--from', from, '--to', 'istio', '--accept', 'unrouted-tls'];
  const { code, out, err } = place.run(args);
  expect(code).toBe(3);
  expect(err).not.toContain('server-name-order');
  expect(err).toMatch(/(\d+) of \1 answers are those that were wished/);
  expect(out.match(/a\.example|"\*\.example"|host: \w+/g)).toEqual([
    '"*.example"',
    'a.example',
    'host: ledger',
    '"*.example"',
    'host: ledger',
  ]);
});

const client = `apiVersion: apps/v1
kind: Deployment
metadata: { name: client, namespace: shop }
spec:
  selector: { matchLabels: { app: client } }
  template:
    metadata: { labels: { app: client }, annotations: { consul.hashicorp.com/connect-inject: "true" } }
    spec: { serviceAccountName: client, containers: [{ name: client, image: client }] }
`;

const toPeer = `apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceDefaults
metadata: { name: web, namespace: shop }
spec: { protocol: http }
---
apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceResolver
metadata: { name: web, namespace: shop }
spec:
  redirect: { service: web, peer: east }
`;

it('nothing is sent to a peer without its mTLS unasked: the line that leads there is told, and a request', () => {
  place.write('peer.yaml', [service('web', 'http', 80), client, toPeer].join('---\n'));
  const { code, out, err } = place.run(['convert', '-f', 'peer.yaml', '--from', 'consul', '--to', 'istio']);
  expect({ code, out }).toEqual({ code: 4, out: '' });
  expect(err).toMatch(/encryption-joined .*`web\.virtual\.east\.consul`.*\n +peer\.yaml:24 /);
  expect(err).toMatch(/encryption is looser at shop\/web:80 and 1 more: GET \/ from shop\/client/);
});
