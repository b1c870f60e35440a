/** Routes that act nowhere, or on something that is not read, say so; nothing of them is left without a reason. */
import { expect, test } from 'vitest';
import { readSnapshot } from '../src/engine/read.ts';
import { snapshotFrom } from './support/snapshot.ts';

const route = (parents: string): string => `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: pay, namespace: shop }
spec: { ${parents && `parentRefs: [${parents}], `}rules: [{ backendRefs: [{ name: pay, port: 80 }] }] }
---
`;

const linkerd = `
apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata: { name: pay, namespace: shop }
spec: { podSelector: { matchLabels: { app: pay } }, port: 80 }
---
`;

const istio = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: bank, namespace: shop }
spec: { hosts: [bank.example], ports: [{ number: 443, name: tls, protocol: TLS }], resolution: DNS }
---
`;

const told = async (yaml: string) => {
  const { findings, unread } = await readSnapshot(snapshotFrom(yaml));
  return {
    findings: findings.filter(({ code }) => /^GWAPI01[78]$/.test(code)).map(({ code, path }) => `${code} ${path}`),
    reasons: [
      ...new Set(unread.flatMap(({ source, reason }) => (source.path.startsWith('spec.rules') ? [reason] : []))),
    ],
  };
};

const noParent = 'the route names no parent';
const noSuchKind = 'no parent of the route is of a kind that is read';

test('a route without a parent acts nowhere, whichever meshes are there', async () => {
  for (const around of ['', istio, linkerd, istio + linkerd]) {
    const { findings, reasons } = await told(around + route(''));
    expect(findings).toEqual(['GWAPI017 spec']);
    expect(reasons).toEqual([noParent]);
  }
});

test.each([
  ['another route', '{ kind: HTTPRoute, name: root }', ''],
  ['a service of many clusters', '{ group: multicluster.x-k8s.io, kind: ServiceImport, name: pay }', linkerd],
  ['traffic that leaves the cluster', '{ group: policy.linkerd.io, kind: EgressNetwork, name: all }', ''],
  [
    'traffic that leaves the cluster, in its mesh',
    '{ group: policy.linkerd.io, kind: EgressNetwork, name: all }',
    linkerd,
  ],
  ['a host outside', '{ group: networking.istio.io, kind: ServiceEntry, name: bank }', istio],
])('a route on %s is told, since nobody reads it', async (_, parent, around) => {
  expect(await told(around + route(parent))).toEqual({
    findings: ['GWAPI018 spec.parentRefs[0]'],
    reasons: [noSuchKind],
  });
});

test('a Service without its group is none, and the next step says how it is named', async () => {
  const { findings } = await readSnapshot(snapshotFrom(route('{ kind: Service, name: pay }')));
  expect(findings.find(({ code }) => code === 'GWAPI018')?.hint).toContain('group: ""');
});

test('a parent that is read beside it keeps the rules', async () => {
  const both =
    '{ group: policy.linkerd.io, kind: EgressNetwork, name: all }, { group: "", kind: Service, name: pay, port: 80 }';
  expect(await told(route(both))).toEqual({ findings: ['GWAPI018 spec.parentRefs[0]'], reasons: [] });
  const server = '{ group: policy.linkerd.io, kind: Server, name: pay }';
  expect(await told(linkerd + route(server))).toEqual({
    findings: [],
    reasons: expect.not.arrayContaining([noSuchKind]),
  });
});
