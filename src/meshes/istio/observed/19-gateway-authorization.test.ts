import { expect, it } from 'vitest';
import { istioBed, observedCluster } from '../../../../test/support/istio-bed.ts';
import { policy } from '../../../../test/support/istio-policies.ts';

const gateway = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: gw, namespace: istio-system }
spec:
  template:
    metadata: { labels: { istio: gw } }
    spec: { serviceAccountName: gw, containers: [{ name: istio-proxy, image: proxyv2 }] }
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: edge, namespace: istio-system }
spec:
  selector: { istio: gw }
  servers: [{ port: { number: 8080, name: http, protocol: HTTP }, hosts: [api.example] }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: api, namespace: istio-system }
spec:
  hosts: [api.example]
  gateways: [edge]
  http: [{ route: [{ destination: { host: api.shop.svc.cluster.local, port: { number: 80 } } }] }]
`;

const bed = (yaml: string) => istioBed(`${gateway}---${yaml}`, observedCluster);
const onApi = (source: string) => policy(`rules: [{ from: [{ source: { ${source} } }] }]`, { selector: 'app: api' });
const onGateway = (source: string) =>
  policy(`rules: [{ from: [{ source: { ${source} } }] }]`, { selector: 'istio: gw', namespace: 'istio-system' });

const direct = { to: { service: 'shop/api', port: 80 } } as const;
const gatewayOf = (made: ReturnType<typeof istioBed>) =>
  made.model.inventory.gateways.find(({ purpose }) => purpose === 'ingress')!.id;
const through = (made: ReturnType<typeof istioBed>, address = '10.1.2.3', headers: [string, string][] = []) =>
  made.status('bare/plain', {
    to: { host: 'api.example', port: 8080 },
    via: gatewayOf(made),
    host: 'api.example',
    address,
    headers,
  });

it('19.1 behind a gateway the caller is the gateway', () => {
  const gatewayOnly = bed(onApi('principals: ["cluster.local/ns/istio-system/sa/gw"]'));
  expect(through(gatewayOnly)).toBe(200);
  expect(gatewayOnly.status('shop/client', direct)).toBe(403);
  expect(through(bed(onApi('principals: ["cluster.local/ns/shop/sa/client"]')))).toBe(403);
});

it('19.2 behind a gateway ipBlocks do not see the caller, and remoteIpBlocks do', () => {
  expect(through(bed(onApi('ipBlocks: ["10.1.2.3"]')))).toBe(403);
  expect(through(bed(onApi('remoteIpBlocks: ["10.1.2.3"]')))).toBe(200);
});

it('19.3 at the gateway ipBlocks see the caller, and a forged X-Forwarded-For counts for nothing', () => {
  expect(through(bed(onGateway('ipBlocks: ["10.1.2.3"]')))).toBe(200);
  const remote = bed(onGateway('remoteIpBlocks: ["1.1.1.1"]'));
  expect(through(remote, '10.1.2.3', [['x-forwarded-for', '1.1.1.1']])).toBe(403);
  expect(remote.codes).toEqual([]);
});
