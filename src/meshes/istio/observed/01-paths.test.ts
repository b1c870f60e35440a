import { describe, expect, it } from 'vitest';
import { path, routes, routesBed, when } from '../../../../test/support/istio-routes.ts';

/** Where requests for these paths end when one rule by path sends to `web`. */
const ends = (uri: string, asked: readonly string[], more = '') =>
  routesBed(routes([path(uri, 'web', more)])).ends(asked);

describe('section 1: paths', () => {
  it('1.1 a prefix is one of the text, with case, and the query is none of its business', () => {
    expect(ends('prefix /foo', ['/foo', '/foo/', '/foobar', '/foo?x', '/foo;p=1', '/FOO'])).toEqual([
      ...Array(5).fill('web'),
      404,
    ]);
  });

  it('1.2 a prefix with a slash at its end does not take the path without it', () => {
    expect(ends('prefix /bar/', ['/bar/', '/bar/x', '/bar'])).toEqual(['web', 'web', 404]);
  });

  it('1.3 an exact path takes nothing else; query and fragment are no part of it', () => {
    expect(ends('exact /ex', ['/ex?q=1', '/ex#f', '/ex/', '/Ex'])).toEqual(['web', 'web', 404, 404]);
    expect(ends('exact /ext/', ['/ext', '/ext/'])).toEqual([404, 'web']);
  });

  it('1.4 a regular expression has to cover the whole path without the query', () => {
    expect(ends('regex /re[0-9]+', ['/re12', '/re12?x=1', '/re12/', '/re12x', '/xre12'])).toEqual([
      'web',
      'web',
      404,
      404,
      404,
    ]);
  });

  it('1.5 anchors do no harm, and a dot takes a slash but not an encoded character', () => {
    expect(ends('regex ^/an$', ['/an', '/an/'])).toEqual(['web', 404]);
    expect(ends('regex /dot.x', ['/dot/x', '/dot-x', '/dot%0ax'])).toEqual(['web', 'web', 404]);
  });

  it('1.6 case is ignored in texts when asked for, and in expressions only by their own flag', () => {
    const folded = (uri: string, asked: string) =>
      routesBed(routes([when(`uri: { ${uri} }, ignoreUriCase: true`, 'web')])).end(asked);
    expect(folded('exact: /CaseE', '/casee')).toBe('web');
    expect(folded('prefix: /Case', '/CASE/x')).toBe('web');
    expect(folded('regex: /CaseR', '/caser')).toBe(404);
    expect(folded('regex: (?i)/CaseR', '/caser')).toBe('web');
  });

  it('1.7 the path is normalised before it is compared and passed on; slashes are not merged', () => {
    expect(ends('prefix /foo', ['/./foo', '/x/../foo', '/fo%6f', '/%66oo', '/a/../../foo', '//foo'])).toEqual([
      ...Array(5).fill('web'),
      404,
    ]);
    expect(ends('prefix /bar/', ['/bar//x'])).toEqual(['web']);
    const bed = routesBed(routes([path('prefix /', 'web', 'rewrite: { uri: /seen/ }')]));
    const seen = (asked: string) => bed.send('shop/client', { path: asked }).rewrite?.path;
    expect(['/%61', '/x/../a', '/x\\a'].map(seen)).toEqual(['/seen/a', '/seen/a', '/seen/x/a']);
    const kept = ['//a', '/a%2f', '/a%2F', '/a%5cb', '/a;b'];
    expect(kept.map(seen)).toEqual(kept.map(text => `/seen${text}`));
    expect(bed.end('/a%00')).toBe(400);
  });

  it('1.8 the comparison sees the encoded path', () => {
    expect(ends('prefix /enc/a b', ['/enc/a%20b'])).toEqual([404]);
    expect(ends('prefix /enc/a%20b', ['/enc/a%20b'])).toEqual(['web']);
  });

  it('1.9 an empty prefix takes every path, and one without a slash none', () => {
    expect(ends('prefix ', ['/', '/any'])).toEqual(['web', 'web']);
    expect(ends('prefix foo', ['/foo', '/'])).toEqual([404, 404]);
  });

  it('1.10 OPTIONS * is no path that a rule takes', () => {
    expect(routesBed(routes([path('prefix /')])).end({ method: 'OPTIONS', path: '*' })).toBe(404);
  });
});
