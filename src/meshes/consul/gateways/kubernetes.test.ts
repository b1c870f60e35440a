import { describe, expect, it } from 'vitest';
import { kubernetesBed } from '../../../../test/support/consul-bed.ts';
import type { Bed, BedAsk } from '../../../../test/support/istio-bed.ts';

const gateway = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gw, namespace: shop }
spec: { gatewayClassName: consul, listeners: [{ name: web, port: 8080, protocol: HTTP }] }
`;

const route = (...rules: readonly string[]): string => `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: r, namespace: shop }
spec: { parentRefs: [{ name: gw }], rules: [${rules.join(', ')}] }
`;

const filter = (kind: string, spec: string): string => `
apiVersion: consul.hashicorp.com/v1alpha1
kind: ${kind}
metadata: { name: mine, namespace: shop }
spec: ${spec}
`;

const extension = (kind: string): string =>
  `filters: [{ type: ExtensionRef, extensionRef: { group: consul.hashicorp.com, kind: ${kind}, name: mine } }]`;

const to = (...backends: readonly string[]): string => `backendRefs: [${backends.join(', ')}]`;
const plain = (name: string, more = ''): string => `{ name: ${name}, port: 80${more} }`;

const bed = (...yaml: readonly string[]): Bed => kubernetesBed([gateway, ...yaml].join('---'));

const send = (one: Bed, ask: BedAsk = {}) =>
  one.send('outside', { via: 'shop/gw', to: { host: 'a.example', port: 8080 }, ...ask });

describe('a Gateway of the class consul', () => {
  it('takes a prefix as one of the text, the longer text first', () => {
    const one = bed(
      route(
        `{ matches: [{ path: { type: PathPrefix, value: /foo } }], ${to(plain('back'))} }`,
        `{ matches: [{ path: { type: RegularExpression, value: "/foo.*z" } }], ${to(plain('other'))} }`,
      ),
    );
    const service = (path: string) => send(one, { path }).backends[0]?.service;
    expect([service('/foobar'), service('/fooz'), send(one, { path: '/x' }).status]).toEqual([
      'shop/back',
      'shop/other',
      404,
    ]);
  });

  it('takes no route for a pattern of hosts, and one listener for a port', () => {
    const pattern = route(`{ ${to(plain('back'))} }`).replace('rules:', 'hostnames: ["*.example"], rules:');
    const one = bed(pattern);
    expect(one.codes).toContain('CONSUL109');
    expect(send(one).decision).toBe('reset');
    const listeners =
      '{ name: a, port: 8080, protocol: HTTP, hostname: a.example }, { name: b, port: 8080, protocol: HTTP }';
    const shared = gateway.replace('{ name: web, port: 8080, protocol: HTTP }', listeners);
    expect(kubernetesBed([shared, route(`{ ${to(plain('back'))} }`)].join('---')).codes).toContain('CONSUL104');
  });

  it('has the versions of TLS that the options of its listener say', () => {
    const word = 'api-gateway.consul.hashicorp.com/tls_min_version';
    const tls = `tls: { certificateRefs: [{ name: c }], options: { ${word}: TLSv1_3 } }`;
    const sealed = gateway.replace('protocol: HTTP', `protocol: HTTPS, ${tls}`);
    const { model } = kubernetesBed([sealed, route(`{ ${to(plain('back'))} }`)].join('---'));
    expect(model.inventory.gateways[0]?.listeners[0]?.tls?.minVersion?.value).toBe('TLSv1_3');
  });

  it('goes by its own name, and waits for 15 s', () => {
    const outcome = send(bed(route(`{ ${to(plain('back'))} }`)));
    expect(outcome).toMatchObject({ timeoutMs: 15_000, identitySeen: 'spiffe://consul/ns/default/dc/dc1/svc/gw' });
  });

  it('takes timeouts and retries from filters of its own', () => {
    const timed = bed(
      route(`{ ${to(plain('back'))}, ${extension('RouteTimeoutFilter')} }`),
      filter('RouteTimeoutFilter', '{ requestTimeout: 2s }'),
    );
    expect(send(timed).timeoutMs).toBe(2000);
    const retried = bed(
      route(`{ ${to(plain('back'))}, ${extension('RouteRetryFilter')} }`),
      filter('RouteRetryFilter', '{ numRetries: 3, retryOnStatusCodes: [503] }'),
    );
    expect(send(retried).retries).toMatchObject({ max: 3 });
    expect(retried.unread()).toEqual([]);
  });

  it('asks for no token in the community edition, which is told', () => {
    const one = bed(
      route(`{ ${to(plain('back'))}, ${extension('RouteAuthFilter')} }`),
      filter('RouteAuthFilter', '{ jwt: { providers: [{ name: id }] } }'),
    );
    expect(one.codes).toContain('CONSUL211');
    const policy = filter(
      'GatewayPolicy',
      '{ targetRef: { kind: Gateway, name: gw }, default: { jwt: { providers: [] } } }',
    );
    expect(bed(policy).codes).toContain('CONSUL211');
  });

  it('takes a weight of 0 for 1, which is told', () => {
    const one = bed(route(`{ ${to(plain('back', ', weight: 1'), plain('other', ', weight: 0'))} }`));
    expect(send(one).backends.map(({ weight }) => weight)).toEqual([50_000, 50_000]);
    expect(one.codes).toContain('CONSUL110');
  });

  it('leaves out filters that it does not know, which is told', () => {
    const redirect = 'filters: [{ type: RequestRedirect, requestRedirect: { hostname: b.example } }]';
    const one = bed(route(`{ ${to(plain('back'))}, ${redirect} }`));
    expect(send(one).decision).toBe('forwarded');
    expect(one.codes).toContain('GWAPI001');
  });

  it('edits the headers of requests, for a rule and for one of its backends', () => {
    const edits = (value: string) =>
      `filters: [{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: ${value}, value: a }] } }]`;
    const one = bed(route(`{ ${to(plain('back', `, ${edits('x-b')}`), plain('other'))}, ${edits('x-r')} }`));
    const outcome = send(one);
    expect(outcome.backends.map(({ requestHeaders }) => Object.keys(requestHeaders?.set ?? {}).sort())).toEqual([
      ['x-b', 'x-r'],
      ['x-r'],
    ]);
  });

  it('replaces a prefix as text', () => {
    const rewrite =
      'filters: [{ type: URLRewrite, urlRewrite: { path: { type: ReplacePrefixMatch, replacePrefixMatch: / } } }]';
    const one = bed(
      route(`{ matches: [{ path: { type: PathPrefix, value: /a } }], ${to(plain('back'))}, ${rewrite} }`),
    );
    expect(send(one, { path: '/a/x' }).rewrite?.path).toBe('//x');
  });

  it('leaves out a rule whose services are not there', () => {
    const match = 'matches: [{ path: { type: PathPrefix, value: /a } }]';
    const one = bed(
      route(`{ ${match}, ${to(plain('nobody'))} }`, `{ matches: [{ method: POST }], ${to(plain('back'))} }`),
    );
    expect(send(one, { path: '/a' }).status).toBe(404);
  });

  it('does not listen where no route leads to a service', () => {
    const one = bed(route(`{ ${to(plain('nobody'))} }`));
    expect(send(one).decision).toBe('reset');
    expect(one.codes).toContain('CONSUL112');
  });

  it('leads to the service that a MeshService names', () => {
    const meshService = filter('MeshService', '{ name: other }');
    const rule = '{ backendRefs: [{ group: consul.hashicorp.com, kind: MeshService, name: mine }] }';
    expect(send(bed(route(rule), meshService)).backends[0]?.service).toBe('shop/other');
  });

  it('edits the answers of a rule, and not those of one of several services', () => {
    const edits =
      'filters: [{ type: ResponseHeaderModifier, responseHeaderModifier: { set: [{ name: x-a, value: one }] } }]';
    const changed = (rule: string) =>
      send(bed(route(rule))).backends.map(({ responseHeaders }) => responseHeaders?.set);
    const ofRule = send(bed(route(`{ ${edits}, ${to(plain('back'))} }`)));
    expect(JSON.stringify(ofRule)).toContain('"x-a":"one"');
    expect(changed(`{ ${to(plain('back', `, ${edits}`), plain('other'))} }`)).toEqual([undefined, undefined]);
  });
});
