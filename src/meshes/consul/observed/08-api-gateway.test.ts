import { describe, expect, it } from 'vitest';
import { consulBed, denyMode, intentions, l4, l7, may } from '../../../../test/support/consul-bed.ts';
import type { Bed, BedAsk } from '../../../../test/support/istio-bed.ts';
import { requestOf, worldOf } from '../../../verify/request.ts';
import { simulate } from '../../../verify/simulate.ts';

const gateway = 'kind = "api-gateway"\nname = "gw"\nlisteners = [{ name = "web" port = 8080 protocol = "http" }]';

const parents = 'parents = [{ name = "gw" sectionName = "web" }]';

/** An HTTP route on the gateway with these rules, each `matches => services and filters` in HCL. */
const routes = (...rules: readonly string[]): string =>
  `kind = "http-route"\nname = "r"\n${parents}\nrules = [${rules.join(',')}]`;

const to = (service: string, matches = '', more = ''): string =>
  `{ matches = [${matches}] services = [{ name = "${service}" }] ${more} }`;

const path = (match: string, value: string, more = ''): string =>
  `{ path { match = "${match}" value = "${value}" } ${more} }`;

const send = (bed: Bed, ask: BedAsk = {}) =>
  bed.send('outside', { via: 'default/gw', to: { host: 'a.example', port: 8080 }, ...ask });

/** The service that each request comes to, or the status of the answer. */
const goes = (
  rules: readonly string[],
  asks: readonly (string | BedAsk)[],
): readonly (string | number | undefined)[] => {
  const bed = consulBed(gateway, routes(...rules));
  return asks.map(ask => {
    const { backends, status } = send(bed, typeof ask === 'string' ? { path: ask } : ask);
    return backends[0]?.service.split('/')[1] ?? status;
  });
};

describe('section 8: an API gateway', () => {
  it('8.1, 0.14 a prefix is one of the text, an expression covers the whole path, and nothing else is a 404', () => {
    const rules = [to('back', path('prefix', '/foo')), to('other', path('regex', '/r[0-9]+'))];
    expect(goes(rules, ['/foo', '/foobar', '/fo', '/r1', '/r1a'])).toEqual(['back', 'back', 404, 'other', 404]);
  });

  it('8.1 by parameters, methods and headers', () => {
    const rules = [
      to('back', '{ method = "GET" headers = [{ match = "exact" name = "X-H" value = "a" }] }'),
      to('other', '{ query = [{ match = "exact" name = "q" value = "1" }] }'),
    ];
    const asks: BedAsk[] = [
      { headers: [['x-h', 'a']] },
      { method: 'POST', headers: [['x-h', 'a']] },
      { path: '/?q=1' },
    ];
    expect(goes(rules, asks)).toEqual(['back', 404, 'other']);
  });

  it('8.2 the longest path comes first whatever its kind, then the most headers', () => {
    const header = 'headers = [{ match = "present" name = "x-h" }]';
    const rules = [
      to('back', path('prefix', '/o')),
      to('other', path('prefix', '/o/x')),
      to('lim', path('prefix', '/o', header)),
    ];
    expect(goes(rules, ['/o/x', { path: '/o', headers: [['x-h', 'a']] }, '/o'])).toEqual(['other', 'lim', 'back']);
    const regex = [to('back', path('prefix', '/o/xy')), to('other', path('regex', '/o/x.*'))];
    expect(goes(regex, ['/o/xyz'])).toEqual(['other']);
  });

  it('0.14 an exact path and a prefix of equal length stand as they are listed', () => {
    const exact = to('back', path('exact', '/e'));
    const prefix = to('other', path('prefix', '/e'));
    expect(goes([exact, prefix], ['/e'])).toEqual(['back']);
    expect(goes([prefix, exact], ['/e'])).toEqual(['other']);
  });

  it('8.3 a method does not come before a rule without one, a header does', () => {
    const rules = [
      to('back'),
      to('other', '{ method = "GET" }'),
      to('lim', '{ headers = [{ match = "present" name = "x-h" }] }'),
    ];
    expect(goes(rules, ['/', { headers: [['x-h', '']] }])).toEqual(['back', 'lim']);
  });

  it('8.4 a rewrite takes the place of what was matched', () => {
    const rewritten = (match: string, asked: string) =>
      send(consulBed(gateway, routes(to('back', match, 'filters { urlRewrite { path = "/" } }'))), { path: asked })
        .rewrite?.path;
    expect(rewritten(path('prefix', '/a'), '/a/x')).toBe('//x');
    expect(rewritten(path('exact', '/a'), '/a')).toBe('/');
  });

  it('8.5, 8.6 timeouts and retries are those of its filters; 15 s without one', () => {
    const treated = (filters: string) => send(consulBed(gateway, routes(to('back', '', `filters { ${filters} }`))));
    expect(treated('timeoutFilter { requestTimeout = "500ms" }').timeoutMs).toBe(500);
    expect(treated('').timeoutMs).toBe(15_000);
    const retried = treated('retryFilter { numRetries = 2 retryOn = ["5xx"] }');
    expect(retried.retries).toMatchObject({ max: 2, on: ['5xx'] });
    expect(treated('retryFilter { numRetries = 2 }').retries).toBeUndefined();
  });

  it('8.7 the gateway goes by its own name, which intentions may name', () => {
    const rule = routes(to('back'));
    expect(send(consulBed(gateway, rule)).identitySeen).toBe('spiffe://consul/ns/default/dc/dc1/svc/gw');
    const asked = (...entries: string[]) => send(consulBed(gateway, rule, ...entries)).status ?? 200;
    expect(asked(intentions('back', l4('gw', 'deny')))).toBe(403);
    expect(asked(denyMode)).toBe(403);
    expect(asked(denyMode, intentions('back', l4('gw', 'allow')))).toBe(200);
    expect(asked(denyMode, intentions('back', l7('gw', may('allow', 'path_prefix = "/ok"'))))).toBe(403);
  });

  it('8.8 headers are edited on the way there and back', () => {
    const more = `filters { headers = [{ set = { x-a = "1" } remove = ["x-b"] }] }
      responseFilters { headers = [{ add = { x-c = "2" } }] }`;
    const [frontend] = consulBed(gateway, routes(to('back', '', more))).model.frontends;
    expect(frontend?.rules[0]?.action).toMatchObject({
      requestHeaders: { set: { 'x-a': '1' }, remove: ['x-b'] },
      responseHeaders: { add: { 'x-c': '2' } },
    });
  });

  it('8.9 the router of the service does not count, its splits do', () => {
    const router = 'kind = "service-router"\nname = "back"\nroutes = [{ destination { service = "other" } }]';
    const splitter = 'kind = "service-splitter"\nname = "back"\nsplits = [{ weight = 100 service = "lim" }]';
    const asked = (...entries: string[]) =>
      send(consulBed(gateway, routes(to('back')), ...entries)).backends[0]?.service;
    expect(asked(router)).toBe('shop/back');
    expect(asked(splitter)).toBe('shop/lim');
  });

  it('8.10 weights are whole numbers of any sum', () => {
    const rule = '{ services = [{ name = "back" weight = 3 }, { name = "other" weight = 1 }] }';
    const { backends } = send(consulBed(gateway, routes(rule)));
    expect(backends.map(({ service, weight }) => [service, weight])).toEqual([
      ['shop/back', 75_000],
      ['shop/other', 25_000],
    ]);
  });

  it('8.11 another host is a 404', () => {
    const bed = consulBed(gateway, `${routes(to('back'))}\nhostnames = ["a.example"]`);
    const status = (host: string) => send(bed, { host }).status ?? 200;
    expect(['a.example', 'A.example', 'a.example:8080', 'b.example'].map(status)).toEqual([200, 200, 200, 404]);
    expect(status('a.example:9')).toBe(404);
  });

  it('a route for every host takes a Host with another port too', () => {
    const bed = consulBed(gateway, routes(to('back')));
    expect(send(bed, { host: 'a.example:9' }).decision).toBe('forwarded');
  });

  it('TLS is ended for every server name, and the Host finds its route or a 404', () => {
    const tls = 'hostname = "a.example" tls { certificates = [{ kind = "inline-certificate" name = "a" }] }';
    const sealed = gateway.replace('protocol = "http"', `protocol = "http" ${tls}`);
    const { model } = consulBed(sealed, `${routes(to('back'))}\nhostnames = ["a.example", "b.example"]`);
    const answer = (host: string, sni: string) => {
      const request = requestOf({ scheme: 'https', authority: host, sni });
      const ask = { caller: { kind: 'outside' }, via: 'default/gw', to: { host, port: 8080 }, request } as const;
      const { decision, status } = simulate(worldOf(model), ask).outcome;
      return status ?? decision;
    };
    expect(answer('a.example', 'a.example')).toBe('forwarded');
    expect(answer('a.example', 'c.example')).toBe('forwarded');
    expect(answer('b.example', 'b.example')).toBe(404);
    expect(answer('c.example', 'c.example')).toBe(404);
  });

  it('0.11 paths are compared as they were sent, and go through intentions in their normal form', () => {
    const rules = [to('other', path('prefix', '/admin')), to('back')];
    expect(goes(rules, ['/x/../admin', '/admin/../x'])).toEqual(['back', 'other']);
  });
});
