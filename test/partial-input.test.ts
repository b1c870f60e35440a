/** Routes alone: the Gateway or Service that they name is not in the input, and may well be in the cluster. */
import { describe, expect, it } from 'vitest';
import type { Adapter } from '../src/adapter/adapter.ts';
import { toYamlStream } from '../src/base/yaml.ts';
import { adapter as gatewayApi } from '../src/meshes/gateway-api/adapter.ts';
import { adapter as istio } from '../src/meshes/istio/adapter.ts';
import { Snapshot } from '../src/native/snapshot.ts';
import type { Ask } from '../src/verify/request.ts';
import { worldOf } from '../src/verify/request.ts';
import { simulate } from '../src/verify/simulate.ts';
import { differences, told } from './laws/behaviour.ts';
import { asObjects, readWith } from './laws/reading.ts';
import { objectsFrom } from './support/snapshot.ts';

const route = (spec: string, name = 'r', kind = 'HTTPRoute') => `
apiVersion: gateway.networking.k8s.io/v1
kind: ${kind}
metadata: { name: ${name}, namespace: shop }
spec: { ${spec} }
`;
const parent = (more = '') => `parentRefs: [{ name: edge, namespace: infra${more} }]`;
const toRef = (name: string) => `rules: [{ backendRefs: [{ name: ${name}, port: 80 }] }]`;

const virtualService = (http: string, name = 'v', more = 'hosts: [shop.example]') => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: shop }
spec: { gateways: [infra/edge], ${more}, ${http} }
`;
const to = (host: string) => `route: [{ destination: { host: ${host}, port: { number: 80 } } }]`;

const http: Ask['request'] = { protocol: 'http', method: 'GET', scheme: 'http', path: '/', headers: [] };
const secure: Ask['request'] = { ...http, scheme: 'https' };

/** Services are often there where their Gateway is not. */
const services = ['web', 'admin', 'http', 'https', 'echo', 'rest'].map(
  name => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ port: 80, ${name === 'echo' ? 'name: tcp' : 'name: http'} }] }
`,
);

const read = (adapter: Adapter, documents: readonly string[], extent: 'whole' | 'partial' = 'partial') => {
  const { model, findings, unread } = readWith(adapter, objectsFrom(documents.join('---')), extent);
  return {
    model,
    codes: findings.map(({ code }) => code),
    unread: unread.map(({ source }) => source.path),
    /** Where a request from outside ends, or the status that it gets. */
    send: (host: string, request = http, port?: number) => {
      const ask: Ask = {
        caller: { kind: 'outside' },
        via: 'infra/edge',
        to: { host, ...(port === undefined ? {} : { port }) },
        request,
      };
      const { outcome } = simulate(worldOf(model), ask);
      return outcome.backends?.[0]?.service ?? outcome.status ?? outcome.decision;
    },
  };
};

describe('an HTTPRoute whose Gateway is not in the input', () => {
  it('is read as one that some Gateway takes, on any port, with TLS or without', () => {
    const { codes, unread, send } = read(gatewayApi, [
      route(`${parent()}, hostnames: [shop.example], ${toRef('web')}`),
    ]);
    expect(codes).toContain('GWAPI016');
    expect(unread).toEqual([]);
    expect(send('shop.example')).toBe('shop/web');
    expect(send('shop.example', secure, 8443)).toBe('shop/web');
    expect(send('other.example')).toBe(404);
  });

  it('acts on the section that it names, and sections are told apart by their names and hosts', () => {
    const { send } = read(gatewayApi, [
      route(`${parent(', sectionName: http')}, hostnames: [shop.example], ${toRef('plain')}`, 'a'),
      route(`${parent(', sectionName: https')}, hostnames: [shop.example], ${toRef('secure')}`, 'b'),
      route(`${parent(', sectionName: api-https')}, hostnames: [api.example], ${toRef('api')}`, 'c'),
    ]);
    expect(send('shop.example')).toBe('shop/plain');
    expect(send('shop.example', secure)).toBe('shop/secure');
    expect(send('api.example', secure)).toBe('shop/api');
    expect(send('api.example')).toBe(404);
  });

  it('acts on the port that it names, and what names none on the others as well', () => {
    const { send } = read(gatewayApi, [
      route(`${parent(', port: 8080')}, hostnames: [a.example], ${toRef('a')}`, 'a'),
      route(`${parent()}, hostnames: [b.example], ${toRef('b')}`, 'b'),
    ]);
    expect(send('a.example', http, 8080)).toBe('shop/a');
    expect(send('a.example', http, 80)).toBe(404);
    expect(send('b.example', http, 8080)).toBe('shop/b');
    expect(send('b.example', http, 80)).toBe('shop/b');
  });

  it('is attached to nothing where the input is all there is', () => {
    const { codes, model } = read(gatewayApi, [route(`${parent()}, ${toRef('web')}`)], 'whole');
    expect(codes).toContain('GWAPI008');
    expect(model.frontends).toEqual([]);
  });

  it('is one of a Service that is not in the input just as well', () => {
    const { unread, model } = read(gatewayApi, [
      route(`parentRefs: [{ group: "", kind: Service, name: web }], ${toRef('web-v2')}`),
    ]);
    expect(unread).toEqual([]);
    expect(model.frontends.map(({ listens }) => listens)).toEqual([{ kind: 'service', service: 'shop/web' }]);
  });
});

describe('a VirtualService whose Gateway is not in the input', () => {
  it('is read as one that some Gateway takes, run by the pods that Istio installs', () => {
    const { codes, unread, send, model } = read(istio, [virtualService(`http: [{ ${to('web')} }]`)]);
    expect(codes).toContain('ISTIO116');
    expect(unread).toEqual([]);
    expect(send('shop.example')).toBe('shop/web');
    expect(send('shop.example', secure)).toBe('shop/web');
    expect(send('other.example')).toBe(404);
    expect(model.inventory.gateways[0]).toMatchObject({
      labels: { istio: 'ingressgateway' },
      podNamespace: 'istio-system',
    });
  });

  it('keeps a rule for a port on that port', () => {
    const rules = `http: [{ match: [{ port: 8443 }], ${to('admin')} }, { ${to('web')} }]`;
    const { send } = read(istio, [virtualService(rules)]);
    expect(send('shop.example', http, 8443)).toBe('shop/admin');
    expect(send('shop.example', http, 80)).toBe('shop/web');
    expect(send('shop.example')).toBe('shop/web');
  });

  it('passes connections on by their server name', () => {
    const rules = `tls: [{ match: [{ sniHosts: [shop.example] }], ${to('web')} }]`;
    const { send } = read(istio, [virtualService(rules)]);
    expect(send('shop.example', { ...secure, sni: 'shop.example' })).toBe('shop/web');
  });

  it('acts nowhere where the input is all there is', () => {
    const { codes, unread, model } = read(istio, [virtualService(`http: [{ ${to('web')} }]`)], 'whole');
    expect(codes).toContain('ISTIO108');
    expect(unread).toContain('spec.http[0].route[0].destination.host');
    expect(model.frontends).toEqual([]);
  });
});

describe('what is written for a gateway that only routes name', () => {
  const plain = route(`${parent()}, hostnames: [shop.example], ${toRef('web')}`);
  const both = virtualService(`http: [{ match: [{ port: 8443 }], ${to('admin')} }, { ${to('web')} }]`);
  const sections = ['http', 'https'].map(name =>
    route(`${parent(`, sectionName: ${name}`)}, hostnames: [shop.example], ${toRef(name)}`, name),
  );
  const alike = ['http', 'https'].map(name => `{ name: edge, namespace: infra, sectionName: ${name} }`).join(', ');
  const bytes = `tcp: [{ match: [{ port: 31400 }], ${to('echo')} }]`;

  const cases: readonly [string, Adapter, readonly string[]][] = [
    ['an HTTPRoute', gatewayApi, [plain]],
    ['routes for two sections', gatewayApi, sections],
    ['a route for two sections', gatewayApi, [route(`parentRefs: [${alike}], ${toRef('web')}`)]],
    ['a route for a port', gatewayApi, [route(`${parent(', port: 8080')}, ${toRef('web')}`)]],
    ['a TLSRoute', gatewayApi, [route(`${parent()}, hostnames: [shop.example], ${toRef('web')}`, 't', 'TLSRoute')]],
    ['a VirtualService', istio, [virtualService(`http: [{ ${to('web')} }]`)]],
    ['a VirtualService with a port', istio, [both]],
    [
      'one without a port of its destination',
      istio,
      [virtualService('http: [{ route: [{ destination: { host: web } }] }]')],
    ],
    ['a TCP route', istio, [virtualService(bytes, 't', 'hosts: ["*"]')]],
    ['two VirtualServices', istio, [both, virtualService(`http: [{ ${to('rest')} }]`, 'w', 'hosts: ["*.example"]')]],
  ];
  const targets = [gatewayApi, istio];

  it.each(
    cases.flatMap(([name, from, documents]) =>
      targets.map(target => [name, target.id, from, target, documents] as const),
    ),
  )('from %s to %s does what is expected, and is no Gateway', (_name, _id, from, target, documents) => {
    const { model } = read(from, [...services, ...documents]);
    const mesh = target.assume();
    const { objects, expected } = target.write(model, { mesh, snapshot: new Snapshot([]) });
    expect(objects.map(({ kind }) => kind)).not.toContain('Gateway');
    const again = readWith(target, [...objectsFrom(services.join('---')), ...asObjects(objects)]).model;
    expect([...differences(expected, again).map(told), toYamlStream(objects)].slice(0, -1)).toEqual([]);
  });

  it('is a loss in another language, and none in its own', () => {
    const losses = (from: Adapter, target: Adapter, document: string) =>
      target
        .write(read(from, [document]).model, { mesh: target.assume(), snapshot: new Snapshot([]) })
        .dispositions.flatMap(({ loss }) => (loss?.code.startsWith('gateway') ? [loss.code] : []));
    expect(losses(gatewayApi, istio, plain)).toEqual(['gateway-absent']);
    expect(losses(istio, gatewayApi, both)).toEqual(['gateway-absent']);
    expect(losses(gatewayApi, gatewayApi, plain)).toEqual([]);
    expect(losses(istio, istio, both)).toEqual([]);
  });
});
