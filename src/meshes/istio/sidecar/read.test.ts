/** Which routes clients with a Sidecar have, where it is more than one Sidecar or more than one host. */
import { expect, it } from 'vitest';
import { istioBed } from '../../../../test/support/istio-bed.ts';

const object = (kind: string, id: string, spec: string): string => {
  const [namespace, name] = id.split('/');
  return `
apiVersion: networking.istio.io/v1
kind: ${kind}
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
`;
};

/** Routes for two hosts outside, from a namespace without callers. */
const elsewhere = object(
  'VirtualService',
  'bare/elsewhere',
  '{ hosts: [a.example, b.example], http: [{ route: [{ destination: { host: api.shop.svc.cluster.local } }] }] }',
);

const endsAt = (from: string, host: string, ...sidecars: readonly string[]): string | undefined =>
  istioBed([elsewhere, ...sidecars].join('---')).send(from, { to: { host, port: 80 } }).backends[0]?.service;

it('what everyone’s Sidecar hides is there for a namespace whose own imports it', () => {
  const everyone = object('Sidecar', 'istio-system/default', '{ egress: [{ hosts: ["./*"] }] }');
  const shop = object('Sidecar', 'shop/default', '{ egress: [{ hosts: ["*/*"] }] }');
  expect(endsAt('other/client2', 'a.example', everyone, shop)).toBe('a.example');
  expect(endsAt('shop/client', 'a.example', everyone, shop)).toBe('shop/api');
  expect(endsAt('shop/client', 'a.example', everyone)).toBe('a.example');
});

it('a VirtualService is imported with all its hosts if one is', () => {
  const shop = object('Sidecar', 'shop/default', '{ egress: [{ hosts: ["./*", "bare/a.example"] }] }');
  expect(endsAt('shop/client', 'a.example', shop)).toBe('shop/api');
  expect(endsAt('shop/client', 'b.example', shop)).toBe('shop/api');
});
