import { describe, expect, it } from 'vitest';
import type { BedAsk } from '../../../../test/support/istio-bed.ts';
import { path, routes, routesBed, to, when } from '../../../../test/support/istio-routes.ts';

const outcomeOf = (rule: string, ask: BedAsk = {}) => routesBed(routes([rule])).send('shop/client', ask);

/** One destination with header edits of its own, on a rule with edits. */
const edited = (rule: string, destination: string): string =>
  `{ headers: { request: { ${rule} } }, route: [{ destination: { host: web }, headers: { request: { ${destination} } } }] }`;

describe('section 11: header edits, rewrites, redirects, direct responses', () => {
  it('11.1 with one destination its edits come after those of the rule, and removing comes before all', () => {
    const headers = (rule: string, destination: string) => outcomeOf(edited(rule, destination)).requestHeaders;
    expect(headers('set: { x: rule }', 'set: { x: destination }')).toEqual({ set: { x: 'destination' } });
    expect(headers('add: { x: rule }', 'add: { x: destination }')).toEqual({ add: { x: 'rule,destination' } });
    expect(headers('remove: [x]', 'set: { x: destination }')).toEqual({ set: { x: 'destination' }, remove: ['x'] });
    expect(headers('set: { x: rule }', 'remove: [x]')).toEqual({ set: { x: 'rule' }, remove: ['x'] });
    expect(headers('add: { x: rule }', 'set: { x: destination }')).toEqual({ set: { x: 'destination' } });
    const all = outcomeOf(to('web', 'headers: { request: { set: { x: one }, add: { x: two }, remove: [x] } }'));
    expect(all.requestHeaders).toEqual({ set: { x: 'one,two' }, remove: ['x'] });
  });

  it('11.2 setting the host rewrites the authority, and what a proxy would compute is reported', () => {
    for (const name of ['host', '":authority"', 'Host']) {
      const outcome = outcomeOf(to('web', `headers: { request: { set: { ${name}: inside.example } } }`));
      expect(outcome.rewrite).toEqual({ host: 'inside.example' });
      expect(outcome.requestHeaders).toBeUndefined();
    }
    const percent = outcomeOf(to('web', 'headers: { request: { set: { x: "100%%" } } }'));
    expect(percent.requestHeaders).toEqual({ set: { x: '100%' } });
    const bed = routesBed(routes([to('web', 'headers: { request: { set: { x: "%REQ(y)%" } } }')]));
    expect(bed.send('shop/client').requestHeaders).toBeUndefined();
    expect(bed.unread()).toContain('spec.http[0].headers.request.set.x');
  });

  it('11.3 a header that a rule sets does not make another rule take the request', () => {
    const bed = routesBed(
      routes([
        path('prefix /a', 'web:v1', 'headers: { request: { set: { x: one } } }'),
        when('headers: { x: {} }', 'api'),
      ]),
    );
    expect(bed.ends(['/a', '/b'])).toEqual(['web:v1', 404]);
  });

  it('11.4 a rewrite swaps the text that the prefix took, slashes or not', () => {
    const rewritten = (prefix: string, uri: string) => (asked: string) =>
      outcomeOf(path(`prefix ${prefix}`, 'web', `rewrite: { uri: ${uri} }`), { path: asked }).rewrite?.path;
    expect(['/p', '/p/x', '/pp'].map(rewritten('/p', '/q'))).toEqual(['/q', '/q/x', '/qp']);
    expect(['/s/x', '/sx'].map(rewritten('/s', '/'))).toEqual(['//x', '/x']);
    expect(rewritten('/t/', '/')('/t/x')).toBe('/x');
  });

  it('11.5 the whole path is swapped for exact texts and expressions, and the leading slash without a path', () => {
    const rewritten = (match: string, uri: string, asked: string) =>
      outcomeOf(match ? when(match, 'web', `rewrite: { uri: ${uri} }`) : to('web', `rewrite: { uri: ${uri} }`), {
        path: asked,
      }).rewrite?.path;
    expect(rewritten('uri: { exact: /e }', '/all', '/e?q=1')).toBe('/all');
    expect(rewritten('uri: { regex: "/r[0-9]+" }', '/all', '/r12')).toBe('/all');
    expect(rewritten('', '/all', '/other')).toBe('/allother');
    expect(rewritten('uri: { prefix: /Case }, ignoreUriCase: true', '/q', '/CASE/x')).toBe('/q/x');
  });

  it('11.6 the authority can be rewritten', () => {
    expect(outcomeOf(to('web', 'rewrite: { authority: inside.example }')).rewrite).toEqual({ host: 'inside.example' });
  });

  it('11.7 a redirect replaces what it names and keeps the rest, the query too', () => {
    const location = (redirect: string, asked: string, host: string) =>
      outcomeOf(`{ match: [{ uri: { prefix: /p } }], redirect: { ${redirect} } }`, { path: asked, host }).location;
    expect(location('uri: /new', '/p/x?q=1', 'web')).toBe('http://web/new?q=1');
    expect(location('authority: other.example', '/p/x', 'web:81')).toBe('http://other.example/p/x');
    expect(location('prefixRewrite: /new', '/p/x', 'web')).toBe('http://web/new/x');
    expect(location('scheme: https', '/p', 'web:80')).toBe('https://web/p');
    expect(location('uri: "/%PREFIX()%"', '/p', 'web')).toBe('http://web/%PREFIX()%');
    expect(outcomeOf('{ redirect: { uri: /new } }')).toMatchObject({ decision: 'redirected', status: 301 });
    expect(outcomeOf('{ redirect: { uri: /new, redirectCode: 308 } }').status).toBe(308);
  });

  it('11.8 a status that is no redirect for proxies stops the whole table, which is an error', () => {
    const bed = routesBed(routes(['{ redirect: { uri: /new, redirectCode: 304 } }']));
    expect(bed.findings).toMatchObject([{ code: 'ISTIO010', severity: 'error' }]);
    expect(routesBed(routes(['{ redirect: { uri: /new, redirectCode: 307 } }'])).codes).toEqual([]);
  });

  it('11.9 a direct response has a body, and headers can be put on it', () => {
    const outcome = outcomeOf(
      '{ directResponse: { status: 418, body: { string: short } }, headers: { response: { set: { x: one } } } }',
    );
    expect(outcome).toMatchObject({
      decision: 'responded',
      status: 418,
      body: 'short',
      responseHeaders: { set: { x: 'one' } },
      backends: [],
    });
    expect(outcome.retries).toBeUndefined();
  });
});
