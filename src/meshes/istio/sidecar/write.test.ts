/** Law 3 for reach: what is written behaves, read back, as the model that was expected. */
import { expect, it } from 'vitest';
import { applied, readWith } from '../../../../test/laws/reading.ts';
import { givenOf, worldObjects, worldWith } from '../../../../test/laws/world.ts';
import { objectsFrom } from '../../../../test/support/snapshot.ts';
import { written } from '../../../base/source.ts';
import type { ModelPart } from '../../../model/model.ts';
import { Snapshot } from '../../../native/snapshot.ts';
import { compare } from '../../../verify/compare/compare.ts';
import { worldOf } from '../../../verify/request.ts';
import { adapter } from '../adapter.ts';

const { mesh } = givenOf(adapter);
const target = { mesh: adapter.assume(), snapshot: new Snapshot(worldObjects) };

const sidecar = (name: string, namespace: string, spec: string) => `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
`;

it.each<[string, string[]]>([
  ['what a namespace knows', [sidecar('default', 'shop', '{ egress: [{ hosts: ["./*"] }] }')]],
  [
    'what some pods know, and what becomes of the rest',
    [
      sidecar('default', 'shop', '{ outboundTrafficPolicy: { mode: REGISTRY_ONLY } }'),
      sidecar(
        'some',
        'shop',
        '{ workloadSelector: { labels: { app: web } }, egress: [{ port: { number: 9080, protocol: HTTP, name: p }, hosts: ["./*"] }, { hosts: ["outside/*"] }] }',
      ),
    ],
  ],
  [
    'everyone, and a namespace apart',
    [
      sidecar(
        'default',
        'istio-system',
        '{ egress: [{ hosts: ["./*"] }], outboundTrafficPolicy: { mode: REGISTRY_ONLY } }',
      ),
      sidecar('default', 'outside', '{ egress: [{ hosts: ["*/*"] }] }'),
    ],
  ],
  [
    'no routes for a host outside that others have',
    [
      sidecar('default', 'shop', '{ egress: [{ hosts: ["./*"] }] }'),
      `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: elsewhere, namespace: outside }
spec: { hosts: [a.example], http: [{ route: [{ destination: { host: reviews.shop.svc.cluster.local } }] }] }
`,
    ],
  ],
  [
    'no routes that others have, but for a namespace that knows them',
    [
      sidecar('default', 'istio-system', '{ egress: [{ hosts: ["./*"] }] }'),
      sidecar('default', 'shop', '{ egress: [{ hosts: ["*/*"] }] }'),
      `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: elsewhere, namespace: other }
spec: { hosts: [a.example], http: [{ route: [{ destination: { host: reviews.shop.svc.cluster.local } }] }] }
`,
    ],
  ],
  ['nothing', [sidecar('default', 'shop', '{ egress: [{ hosts: ["~/*"] }] }')]],
  [
    'a proxy for what is unknown',
    [
      sidecar(
        'default',
        'shop',
        '{ outboundTrafficPolicy: { mode: ALLOW_ANY, egressProxy: { host: crawler.outside.svc.cluster.local, port: { number: 80 } } } }',
      ),
    ],
  ],
])('%s is written as it is read', (_, documents) => {
  const { model } = readWith(adapter, [...worldObjects, ...objectsFrom(documents.join('---'))]);
  const { objects, expected, dispositions } = adapter.write(model, target);
  expect(dispositions.filter(({ result }) => result !== 'applied')).toEqual([]);
  const again = readWith(adapter, applied(worldObjects, objects)).model;
  expect(compare(worldOf(expected), worldOf(again), { perTarget: 300 }).verdict).toBe('equal');
});

it('clients with a Sidecar have the routes that are written for everyone', () => {
  const backend = { kind: 'service' as const, service: 'shop/reviews', port: 9080 };
  const onward = { kind: 'forward' as const, backends: [{ backend, weight: written(1) }] };
  const model = worldWith(adapter, {
    frontends: [
      {
        id: 'elsewhere',
        listens: { kind: 'hosts', hosts: ['a.example'], port: 80 },
        protocol: 'http',
        clients: { mesh },
        rules: [{ id: 'all', match: {}, action: { id: 'all', target: onward } }],
        noMatch: { kind: 'respond', status: 404 },
      },
    ],
    visibility: [{ id: 'own', clients: { mesh, namespaces: ['shop'] }, exposes: [{ namespace: '.', host: '*' }] }],
  });
  const { objects, expected } = adapter.write(model, target);
  expect(objects.find(({ kind }) => kind === 'Sidecar')?.spec).toEqual({
    egress: [{ hosts: ['./*', 'default/a.example'] }],
  });
  const again = readWith(adapter, applied(worldObjects, objects)).model;
  expect(compare(worldOf(expected), worldOf(again), { perTarget: 300 }).verdict).toBe('equal');
});

it.each<[string, ModelPart, string]>([
  [
    'labels everywhere',
    { visibility: [{ id: 'v', clients: { mesh, labels: { app: 'web' } }, exposes: [] }] },
    'visibility',
  ],
  [
    'a gateway that does not know everything',
    { visibility: [{ id: 'v', clients: { gateway: 'shop/edge' }, exposes: [] }] },
    'visibility',
  ],
  [
    'another status for unknown hosts',
    { egress: [{ id: 'e', clients: { mesh }, mode: written('deny'), deniedStatus: 403 }] },
    'egress-status',
  ],
])('%s cannot be said', (_, part, code) => {
  const { dispositions } = adapter.write(worldWith(adapter, part), target);
  expect(dispositions.flatMap(({ loss }) => loss?.code ?? [])).toEqual([code]);
});
