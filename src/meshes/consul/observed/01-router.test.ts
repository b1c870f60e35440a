import { describe, expect, it } from 'vitest';
import { back, bareBed, consulBed, route, router, subsets } from '../../../../test/support/consul-bed.ts';
import type { BedAsk } from '../../../../test/support/istio-bed.ts';

/** Whether a route takes each request: then it goes to `other`. */
const taken = (http: string, asks: readonly (string | BedAsk)[]): readonly boolean[] => {
  const bed = consulBed(router(route(http)));
  return asks.map(ask => {
    const { backends } = bed.send('shop/web-v1', { ...back, ...(typeof ask === 'string' ? { path: ask } : ask) });
    return backends[0]?.service === 'shop/other';
  });
};

const withHeader = (...values: readonly string[]): BedAsk => ({
  headers: values.map(value => ['x-h', value] as const),
});

describe('section 1: matches', () => {
  it('1.1 a prefix is one of the text, with case, and the query is none of its business', () => {
    expect(taken('path_prefix = "/foo"', ['/foo', '/foobar', '/foo/bar', '/foo?x=1', '/FOO'])).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  it('1.2 a prefix with a slash at its end does not take the path without it', () => {
    expect(taken('path_prefix = "/tr/"', ['/tr', '/tr/', '/tr/x'])).toEqual([false, true, true]);
  });

  it('1.3 an exact path takes nothing else', () => {
    expect(taken('path_exact = "/Ex"', ['/Ex', '/Ex?q=1', '/Ex/', '/ex'])).toEqual([true, true, false, false]);
  });

  it('1.4 an expression covers the whole path without the query', () => {
    expect(taken('path_regex = "/r[0-9]+"', ['/r12', '/r12?x=1', '/r12a', '/xr12'])).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(taken('path_regex = "/alt1|/alt2"', ['/alt1', '/alt2x'])).toEqual([true, false]);
  });

  it('1.5 case is ignored in texts, and not in expressions', () => {
    expect(taken('path_prefix = "/ci" case_insensitive = true', ['/CI/x'])).toEqual([true]);
    expect(taken('path_exact = "/ci" case_insensitive = true', ['/Ci'])).toEqual([true]);
    expect(taken('path_regex = "/CR.*" case_insensitive = true', ['/CRXab', '/crxab'])).toEqual([true, false]);
  });

  it('1.7 a header is compared with case, its name without, and of several lines any is enough', () => {
    expect(
      taken('header = [{ name = "X-H" exact = "a" }]', [withHeader('a'), withHeader('A'), withHeader('b', 'a')]),
    ).toEqual([true, false, true]);
    expect(taken('header = [{ name = "x-h" regex = "a+b" }]', [withHeader('aab'), withHeader('xaabx')])).toEqual([
      true,
      false,
    ]);
    expect(taken('header = [{ name = "x-h" suffix = "z" }]', [withHeader('az'), withHeader('za')])).toEqual([
      true,
      false,
    ]);
  });

  it('1.8 a header is present with an empty value, too', () => {
    expect(taken('header = [{ name = "x-h" present = true }]', [withHeader(''), {}])).toEqual([true, false]);
  });

  it('0.5, 1.9 inverted, a value asks for the header to be there; only presence inverted takes requests without it', () => {
    for (const kind of ['exact = "a"', 'prefix = "a"', 'suffix = "a"', 'regex = "a"']) {
      expect(
        taken(`header = [{ name = "x-h" ${kind} invert = true }]`, [withHeader('a'), withHeader('b'), {}]),
      ).toEqual([false, true, false]);
    }
    expect(taken('header = [{ name = "x-h" present = true invert = true }]', [withHeader('a'), {}])).toEqual([
      false,
      true,
    ]);
  });

  it('1.11 the Host is matched as a header, with case', () => {
    expect(
      taken('header = [{ name = ":authority" exact = "sp.example" }]', [
        { host: 'sp.example' },
        { host: 'SP.example' },
      ]),
    ).toEqual([true, false]);
  });

  it('1.12 of a repeated parameter the first value counts, as it was sent', () => {
    expect(taken('query_param = [{ name = "q" exact = "1" }]', ['/?q=1', '/?q=2&q=1', '/?q=%31', '/?Q=1'])).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(taken('query_param = [{ name = "q" present = true }]', ['/?q', '/?q=', '/'])).toEqual([true, true, false]);
    expect(taken('query_param = [{ name = "q" regex = "[0-9]+" }]', ['/?q=12', '/?q=12a'])).toEqual([true, false]);
  });

  it('1.13 methods are those that are listed, in capitals', () => {
    expect(taken('methods = ["get", "POST"]', [{ method: 'GET' }, { method: 'POST' }, { method: 'HEAD' }])).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('1.14 the first route in the list that matches decides', () => {
    const bed = consulBed(
      router(route('path_prefix = "/o"', 'service = "other"'), route('path_prefix = "/o/x"', 'service = "lim"')),
    );
    expect(bed.send('shop/web-v1', { ...back, path: '/o/x' }).backends[0]?.service).toBe('shop/other');
    const swallowed = consulBed(router('{ destination { service = "lim" } }', route('path_prefix = "/o"')));
    expect(swallowed.send('shop/web-v1', { ...back, path: '/o' }).backends[0]?.service).toBe('shop/lim');
  });

  it('1.15 what no route takes goes on to the service', () => {
    const outcome = consulBed(router(route('path_prefix = "/o"'))).send('shop/web-v1', { ...back, path: '/x' });
    expect(outcome.backends.map(({ service }) => service)).toEqual(['shop/back']);
    expect(outcome.status).toBeUndefined();
  });

  it('0.11 routes compare the path as it was sent; the application sees its normal form', () => {
    expect(taken('path_prefix = "/admin"', ['/x/../admin', '/%61dmin', '/admin/../x'])).toEqual([false, false, true]);
  });

  it('0.6 an expression that Envoy refuses is told, for it stops the routes of every client', () => {
    expect(consulBed(router(route('path_regex = "/a("'))).codes).toContain('CONSUL102');
  });

  it('1.34, 1.35 a destination nobody knows is told, and so are routes for a service that carries bytes', () => {
    expect(consulBed(router(route('path_prefix = "/"', 'service = "ghost"'))).codes).toContain('CONSUL103');
    expect(consulBed(subsets, router(route('path_prefix = "/"', 'service_subset = "v9"'))).codes).toContain(
      'CONSUL103',
    );
    expect(bareBed(router(route('path_prefix = "/"'))).codes).toContain('CONSUL101');
  });
});

describe('section 1: what a route does', () => {
  const sent = (destination: string, ask: BedAsk = {}, http = 'path_prefix = "/"') =>
    consulBed(router(route(http, destination))).send('shop/web-v1', { ...back, ...ask });

  const rewritten = (http: string, to: string, path: string): string =>
    sent(`prefix_rewrite = "${to}"`, { path }, http).rewrite?.path ?? path;

  it('1.16, 1.17 the prefix is replaced as text, or the whole of an exact path', () => {
    expect(['/a', '/a/', '/a/x', '/ab'].map(path => rewritten('path_prefix = "/a"', '/', path))).toEqual([
      '/',
      '//',
      '//x',
      '/b',
    ]);
    expect(rewritten('path_prefix = "/a/"', '/', '/a/x')).toBe('/x');
    expect(rewritten('path_prefix = "/a"', '/b/', '/a/x')).toBe('/b//x');
    expect(rewritten('path_exact = "/e"', '/z', '/e')).toBe('/z');
    expect(rewritten('path_prefix = "/A" case_insensitive = true', '/b', '/a/x')).toBe('/b/x');
  });

  it('1.20 a number of retries alone retries nothing', () => {
    expect(sent('num_retries = 3').retries).toBeUndefined();
    expect(consulBed(router(route('path_prefix = "/"', 'num_retries = 3'))).codes).toContain('CONSUL105');
  });

  it('1.21 conditions alone are tried once more', () => {
    expect(sent('retry_on_status_codes = [503]').retries).toMatchObject({ max: 1, on: ['status:503'] });
  });

  it('1.22, 1.23 retries are further tries, on the conditions that are listed', () => {
    expect(sent('num_retries = 2 retry_on = ["5xx"]').retries).toMatchObject({ max: 2, on: ['5xx'] });
    expect(
      sent('num_retries = 2 retry_on = ["retriable-4xx", "unavailable"] retry_on_connect_failure = true').retries?.on,
    ).toEqual(['connect-failure', 'grpc:unavailable', 'retriable-4xx']);
  });

  it('1.25, 1.26 the timeout is one of the whole request, over all tries', () => {
    expect(sent('request_timeout = "400ms" num_retries = 5 retry_on = ["5xx"]')).toMatchObject({
      timeoutMs: 400,
      retries: { max: 5 },
    });
  });

  it('1.29 an idle timeout stands beside it', () => {
    expect(sent('idle_timeout = "500ms" request_timeout = "5s"')).toMatchObject({
      timeoutMs: 5000,
      idleTimeoutMs: 500,
    });
  });

  it('1.31 a word that Consul does not take is told', () => {
    const { codes } = consulBed(
      router(route('path_prefix = "/"', 'num_retries = 1 retry_on = ["reset-before-request"]')),
    );
    expect(codes).toContain('CONSUL104');
  });

  it('1.32 what a route sets counts before what a split sets, and both add', () => {
    const splitter = `kind = "service-splitter"\nname = "back"
splits = [{ weight = 100 request_headers { set { x-s = "split" x-t = "split" } } }]`;
    const bed = consulBed(
      splitter,
      router(route('path_prefix = "/"', 'request_headers { set { x-s = "route" } add { x-a = "b" } }')),
    );
    expect(bed.send('shop/web-v1', back).requestHeaders).toEqual({
      set: { 'x-s': 'route', 'x-t': 'split' },
      add: { 'x-a': 'b' },
    });
  });

  it('what a route and a split add stands in that order: first the split (seen in the test bed)', () => {
    const splitter = `kind = "service-splitter"\nname = "back"
splits = [{ weight = 100 request_headers { add { x-a = "split" } } }]`;
    const bed = consulBed(splitter, router(route('path_prefix = "/"', 'request_headers { add { x-a = "route" } }')));
    expect(bed.send('shop/web-v1', back).requestHeaders).toEqual({ add: { 'x-a': 'split,route' } });
  });

  it('a route removes what a split has set (seen in the test bed)', () => {
    const splitter = `kind = "service-splitter"\nname = "back"
splits = [{ weight = 100 request_headers { set { x-a = "split" } } }]`;
    const bed = consulBed(splitter, router(route('path_prefix = "/"', 'request_headers { remove = ["x-a"] }')));
    expect(bed.send('shop/web-v1', back).requestHeaders).toEqual({ remove: ['x-a'] });
  });

  it('of a split and the split behind it the inner has the last word on requests, the outer on answers', () => {
    const edits = (value: string) =>
      `request_headers { set { x-s = "${value}" } } response_headers { set { x-s = "${value}" } }`;
    const bed = consulBed(
      `kind = "service-splitter"\nname = "back"\nsplits = [{ weight = 100 service = "other" ${edits('outer')} }]`,
      `kind = "service-splitter"\nname = "other"\nsplits = [{ weight = 100 service = "other" ${edits('inner')} }]`,
    );
    expect(bed.send('shop/web-v1', back)).toMatchObject({
      requestHeaders: { set: { 'x-s': 'inner' } },
      responseHeaders: { set: { 'x-s': 'outer' } },
    });
  });

  it('what is added comes after what is set under the same name (seen in the test bed)', () => {
    const bed = consulBed(
      router(route('path_prefix = "/"', 'request_headers { set { x-s = "set" } add { x-s = "added" } }')),
    );
    expect(bed.send('shop/web-v1', back).requestHeaders).toEqual({ set: { 'x-s': 'set,added' } });
  });
});

describe('what callers send beside', () => {
  it('0.13 of several lines of a header any is enough', () => {
    expect(taken('header = [{ name = "x-h" exact = "b" }]', [withHeader('a', 'b'), withHeader('a', 'c')])).toEqual([
      true,
      false,
    ]);
  });

  it('1.30 headers with which callers ask for other timeouts and retries change nothing', () => {
    const bed = consulBed(router(route('path_prefix = "/"', 'service = "other" request_timeout = "500ms"')));
    const asked = bed.send('shop/web-v1', {
      ...back,
      headers: [
        ['x-envoy-upstream-rq-timeout-ms', '9000'],
        ['x-envoy-retry-on', '5xx'],
      ],
    });
    expect(asked.timeoutMs).toBe(500);
    expect(asked.retries).toBeUndefined();
  });
});

describe('0.11 paths as they were sent', () => {
  const bed = consulBed(router(route('path_prefix = "/admin"')));

  it('0.11 miss a route that their normal form would take, which is told', () => {
    const service = (path: string) => bed.send('shop/web-v1', { ...back, path }).backends[0]?.service;
    expect(['/admin', '/x/../admin', '/%61dmin'].map(service)).toEqual(['shop/other', 'shop/back', 'shop/back']);
    const [told] = bed.findings.filter(({ code }) => code === 'CONSUL214');
    expect(told).toMatchObject({ path: 'routes[0].match.http' });
    expect(told?.hint).toContain('with an intention');
  });

  it('0.11 are not told of where all paths lead to one end', () => {
    expect(consulBed(router(route('path_prefix = "/admin"', 'service = "back"'))).codes).not.toContain('CONSUL214');
  });
});
