/** Gateways of Gateway API that Istio runs, beside its own objects. */
import { describe, expect, it } from 'vitest';
import { differences, told } from '../../../../test/laws/behaviour.ts';
import { applied, readWith } from '../../../../test/laws/reading.ts';
import { objectsFrom } from '../../../../test/support/snapshot.ts';
import { readSnapshot } from '../../../engine/read.ts';
import { Snapshot } from '../../../native/snapshot.ts';
import { type Ask, requestOf, worldOf } from '../../../verify/request.ts';
import { simulate } from '../../../verify/simulate.ts';
import { adapter } from '../adapter.ts';

const ground = `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: api, namespace: shop }
spec: { selector: { app: api }, ports: [{ name: http, port: 80 }] }
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: shop }
spec: { mtls: { mode: STRICT } }
`;

const gateway = (className = 'istio', more = '') => `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec:
  gatewayClassName: ${className}
  listeners: [{ name: http, port: 80, protocol: HTTP }]
${more}`;

const route = (name: string, rest: string) => `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name}, namespace: shop }
spec: { parentRefs: [{ name: edge }], ${rest} }
`;
const toWeb = route('web', 'hostnames: [shop.example], rules: [{ backendRefs: [{ name: web, port: 80 }] }]');

const onlyGet = `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: only-get, namespace: shop }
spec:
  targetRefs: [{ group: gateway.networking.k8s.io, kind: Gateway, name: edge }]
  action: DENY
  rules: [{ to: [{ operation: { notMethods: [GET] } }] }]
`;

const read = (...documents: string[]) => readWith(adapter, objectsFrom([ground, ...documents].join('---')));

const sent = (model: ReturnType<typeof read>['model'], host: string, method = 'GET') => {
  const request: Ask['request'] = { protocol: 'http', method, scheme: 'http', path: '/', headers: [] };
  return simulate(worldOf(model), { caller: { kind: 'outside' }, via: 'shop/edge', to: { host }, request }).outcome;
};

describe('a Gateway of class istio', () => {
  it('is one of the mesh: it gets through to servers that demand mTLS, under the account of its pods', () => {
    const { model, unread } = read(gateway(), toWeb);
    expect(sent(model, 'shop.example')).toMatchObject({
      decision: 'forwarded',
      backends: [{ service: 'shop/web', encrypted: 'mtls' }],
      identitySeen: 'shop/edge-istio',
      retries: { max: 2 },
    });
    expect(unread).toEqual([]);
  });

  it('is where policies act that name it', () => {
    const { model } = read(gateway(), toWeb, onlyGet);
    expect(sent(model, 'shop.example', 'POST')).toMatchObject({ decision: 'denied', status: 403 });
    expect(sent(model, 'shop.example').decision).toBe('forwarded');
  });

  it('has a virtual host for each name: what one does not take goes to no wider one', () => {
    const narrow = 'rules: [{ matches: [{ path: { value: /a } }], backendRefs: [{ name: web, port: 80 }] }]';
    const wide = route('wide', 'rules: [{ backendRefs: [{ name: api, port: 80 }] }]');
    const { model } = read(gateway(), route('narrow', `hostnames: [shop.example], ${narrow}`), wide);
    expect(sent(model, 'shop.example').status).toBe(404);
    expect(sent(model, 'other.example').backends).toMatchObject([{ service: 'shop/api' }]);
  });

  it('stands beside an Istio Gateway with VirtualServices', () => {
    const own = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: old, namespace: shop }
spec: { selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: old, namespace: shop }
spec: { hosts: [old.example], gateways: [old], http: [{ route: [{ destination: { host: api } }] }] }
`;
    const { model } = read(gateway(), toWeb, own);
    expect(model.inventory.gateways.map(({ id }) => id)).toEqual(['shop/old', 'shop/edge']);
    expect(sent(model, 'shop.example').decision).toBe('forwarded');
    expect(sent(model, 'old.example').status).toBe(404);
  });

  it('is read once, whoever else reads Gateway API', async () => {
    const { model } = await readSnapshot(new Snapshot(objectsFrom([ground, gateway(), toWeb].join('---'))));
    expect(model.inventory.gateways).toHaveLength(1);
    expect(model.frontends).toHaveLength(1);
    expect(sent(model, 'shop.example').decision).toBe('forwarded');
  });

  it('does, written as an Istio Gateway and read back, what is expected', () => {
    const { model } = read(gateway(), toWeb, onlyGet);
    const beside = objectsFrom(ground.split('---').slice(0, 2).join('---'));
    const { objects, expected } = adapter.write(model, { mesh: adapter.assume(), snapshot: new Snapshot(beside) });
    const again = readWith(adapter, applied(beside, objects)).model;
    expect(differences(expected, again).map(told)).toEqual([]);
  });
});

describe('a Gateway of another class', () => {
  it.each(['nginx', 'istio-waypoint'])('%s is not one of its ingress gateways', className => {
    const { model } = read(gateway(className), toWeb);
    expect(model.frontends).toEqual([]);
    expect(model.inventory.gateways.filter(({ purpose }) => purpose === 'ingress')).toEqual([]);
  });

  it('is one of them if its class names the controller', () => {
    const named = `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: public }
spec: { controllerName: istio.io/gateway-controller }
`;
    expect(sent(read(gateway('public'), named, toWeb).model, 'shop.example').decision).toBe('forwarded');
  });

  it('called istio is none of them if its class names somebody else', () => {
    const named = `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: istio }
spec: { controllerName: example.com/controller }
`;
    expect(read(gateway('istio'), named, toWeb).model.frontends).toEqual([]);
  });

  it('istio-remote is configured, and its pods are elsewhere', () => {
    const { model } = read(gateway('istio-remote'), toWeb);
    expect(sent(model, 'shop.example').decision).toBe('forwarded');
    expect(model.inventory.gateways[0]?.serviceAccount).toBeUndefined();
  });
});

it('a route on a Gateway that is not in the input is taken by one of Istio', () => {
  const { model, findings } = read(toWeb);
  expect(findings.map(({ code }) => code)).toContain('GWAPI016');
  expect(sent(model, 'shop.example')).toMatchObject({ decision: 'forwarded', backends: [{ encrypted: 'mtls' }] });
});

describe('a Gateway with the name of a Service among its addresses', () => {
  const pods = `
apiVersion: v1
kind: Service
metadata: { name: front, namespace: edge }
spec: { selector: { app: front }, ports: [{ name: http, port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: front, namespace: edge }
spec:
  selector: { matchLabels: { app: front } }
  template: { metadata: { labels: { app: front } }, spec: { serviceAccountName: doorman, containers: [] } }
`;
  const at = (value: string) => gateway('istio', `  addresses: [{ type: Hostname, value: ${value} }]\n`);

  it('is run by the pods of that Service, and servers see their account', () => {
    const { model } = read(pods, at('front.edge.svc.cluster.local'), toWeb);
    const [own] = model.inventory.gateways;
    expect(own).toMatchObject({ podNamespace: 'edge', labels: { app: 'front' }, serviceAccount: 'doorman' });
    expect(sent(model, 'shop.example').identitySeen).toBe('edge/doorman');
  });

  it('is run by pods of its own where there is no such Service', () => {
    const { model } = read(pods, at('nobody.edge.svc.cluster.local'), toWeb);
    expect(model.inventory.gateways[0]?.serviceAccount).toBe('edge-istio');
  });
});

it('a redirect to another scheme keeps a port that the Host names', () => {
  const filter = '{ type: RequestRedirect, requestRedirect: { scheme: https } }';
  const { model } = read(gateway(), route('web', `rules: [{ filters: [${filter}] }]`));
  const request = requestOf({ authority: 'shop.example:8081' });
  const ask: Ask = { caller: { kind: 'outside' }, via: 'shop/edge', to: { host: 'shop.example' }, request };
  expect(simulate(worldOf(model), ask).outcome.location).toBe('https://shop.example:8081/');
});
