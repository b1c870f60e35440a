/** What a plan says of wishes that reach no mesh, and of fields that nobody knows. */
import { describe, expect, it } from 'vitest';
import { plan } from '../../src/engine/plan/plan.ts';
import { Snapshot } from '../../src/native/snapshot.ts';
import { worldObjects } from '../laws/world.ts';
import { access, meshObject, traffic } from '../support/api/compiled.ts';
import { objectsFrom } from '../support/snapshot.ts';

const planned = (wishes: string) =>
  plan(new Snapshot([...worldObjects, ...objectsFrom(wishes)]), { assume: [{ type: 'istio' }] });

const toldBy = async (wishes: string): Promise<readonly string[]> =>
  (await planned(wishes)).findings.map(({ code, path, message }) => `${code} ${path}: ${message}`);

describe('a wish for a mesh that is not there is told', () => {
  const deny = (mesh: string): string =>
    access('supergloo-system/a', `{ targetRefs: [{ kind: Mesh, name: ${mesh} }], action: Deny, rules: [{}] }`);

  it('as a misspelled name', async () => {
    expect(await toldBy(deny('istioo'))).toEqual(['PLAN002 spec.targetRefs[0].name: there is no mesh `istioo` here']);
    expect(await toldBy(deny('istio'))).toEqual([]);
  });

  it('as a Mesh object of a type that nobody sees', async () => {
    expect(await toldBy(meshObject('linkerd', '{ type: linkerd, mtls: { mode: Strict } }'))).toEqual([
      'PLAN002 spec.type: there is no mesh of the type `linkerd` here',
    ]);
    expect(await toldBy(meshObject('mine', '{ type: istio }'))).toEqual([]);
  });
});

it('a field of a route that nobody knows is refused', async () => {
  const { meshes } = await planned(`
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: reviews, namespace: shop }
spec:
  parentRefs: [{ group: "", kind: Service, name: reviews }]
  rules:
    - timeouts: { request: 3s }
      nonsense: 7
      backendRefs: [{ name: reviews, port: 9080 }]
`);
  const [route] = meshes.flatMap(({ status }) => status);
  expect(route?.result).toBe('refused');
  expect(route?.fields.find(({ path }) => path.endsWith('nonsense'))).toMatchObject({
    result: 'refused',
    code: 'unread-field',
  });
});

it('a policy for a gateway that others run is not said to hold there', async () => {
  const { meshes } = await planned(`
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec:
  gatewayClassName: any
  listeners: [{ name: http, port: 80, protocol: HTTP, hostname: shop.example }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: route, namespace: shop }
spec:
  parentRefs: [{ name: edge }]
  hostnames: [shop.example]
  rules: [{ backendRefs: [{ name: reviews, port: 9080 }] }]
---${access('keep-out', '{ targetRefs: [{ kind: Gateway, name: edge }], action: Deny, rules: [{ to: [{ paths: [{ value: /admin }] }] }] }')}`);
  const dispositions = meshes
    .flatMap(one => one.dispositions)
    .filter(({ subject }) => subject.startsWith('shop/keep-out'));
  expect(dispositions.map(({ result, loss }) => [result, loss?.severity])).toEqual([
    ['refused', 'security'],
    ['refused', 'security'],
  ]);
  const policies = meshes.flatMap(({ objects }) => objects.filter(({ kind }) => kind === 'AuthorizationPolicy'));
  expect(policies).toEqual([]);
});

it('a field that decides nothing at its target is refused in the status, and no loss', async () => {
  const wishes = traffic('bytes', '{ targetRefs: [{ kind: Service, name: ledger }], timeouts: { request: 1s } }');
  const { meshes } = await planned(wishes);
  const [policy] = meshes.flatMap(({ status }) => status);
  expect(policy).toMatchObject({
    result: 'refused',
    fields: [
      { path: 'spec.timeouts', code: 'field-idle', message: 'nothing at service shop/ledger goes by `timeouts`' },
    ],
  });
  const losses = meshes.flatMap(({ dispositions }) => dispositions.filter(({ loss }) => loss?.code === 'field-idle'));
  expect(losses.map(({ loss }) => loss?.effect)).toEqual(['none']);
});
