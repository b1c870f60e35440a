import { describe, expect, it } from 'vitest';
import { type BedAsk, istioBed } from '../../../../test/support/istio-bed.ts';
import { fromSource, policy, toOperation, withRule } from '../../../../test/support/istio-policies.ts';

const api = { to: { service: 'shop/api' } } as const;
const everybody = ['shop/client', 'other/client2', 'bare/plain'] as const;
const client = 'cluster.local/ns/shop/sa/client';
const client2 = 'cluster.local/ns/other/sa/client2';
const from = (principal: string) => `rules: [{ from: [{ source: { principals: ["${principal}"] } }] }]`;

const seen = (yaml: string, ask?: BedAsk) => everybody.map(caller => istioBed(yaml).status(caller, ask));

/** Which of some asks get through to web. */
const passed = <T>(yaml: string, asks: readonly T[], make: (one: T) => BedAsk): T[] => {
  const bed = istioBed(yaml);
  return asks.filter(one => bed.status('shop/client', make(one)) === 200);
};

const paths = (yaml: string, ...all: string[]) => passed(yaml, all, path => ({ path }));

describe('section 14: AuthorizationPolicy', () => {
  it('14.1 an empty policy denies the whole namespace', () => {
    const empty = policy('', { selector: '' });
    expect(seen(empty)).toEqual([403, 403, 403]);
    expect(seen(empty, api)).toEqual([403, 403, 403]);
  });

  it('14.2 ALLOW without rules denies what it selects, and nothing else', () => {
    for (const spec of ['action: ALLOW', 'rules: []']) {
      expect(seen(policy(spec))).toEqual([403, 403, 403]);
      expect(seen(policy(spec), api)).toEqual([200, 200, 200]);
    }
  });

  it('14.3 an empty rule takes everything; AUDIT and a dry run change nothing', () => {
    expect(seen(policy('rules: [{}]'))).toEqual([200, 200, 200]);
    expect(seen(policy('action: DENY, rules: [{}]'))).toEqual([403, 403, 403]);
    expect(seen(policy('action: AUDIT, rules: [{}]'))).toEqual([200, 200, 200]);
    const dry = { annotations: 'istio.io/dry-run: "true"' };
    expect(seen(policy('action: DENY, rules: [{}]', dry))).toEqual([200, 200, 200]);
    expect(seen(policy('', dry))).toEqual([200, 200, 200]);
  });

  it('14.4 DENY comes before ALLOW', () => {
    const denied = policy(`action: DENY, ${from(client)}`, { name: 'deny' });
    expect(seen(`${policy('rules: [{}]')}---${denied}`)).toEqual([403, 200, 200]);
  });

  it('14.5 a match in any ALLOW policy is enough, of the root namespace too', () => {
    const one = policy(from(client));
    expect(seen(`${one}---${policy(from(client2), { name: 'more' })}`)).toEqual([200, 200, 403]);
    const root = (spec: string) => policy(spec, { namespace: 'istio-system', selector: '' });
    expect(seen(`${one}---${root(from(client2))}`)).toEqual([200, 200, 403]);
    expect(seen(`${one}---${root('')}`)).toEqual([200, 403, 403]);
  });

  it('14.6 a policy with a selector in the root namespace holds in all namespaces', () => {
    const root = policy('', { namespace: 'istio-system' });
    expect(seen(root)).toEqual([403, 403, 403]);
    expect(seen(root, api)).toEqual([200, 200, 200]);
  });

  it('14.7 DENY of a path takes what normalises to it and lets other spellings through, which is said', () => {
    const yaml = toOperation('DENY', 'paths: [/admin]');
    expect(
      paths(yaml, '/admin', '/admin?x=1', '/./admin', '/x/../admin', '/%61dmin', '/admin#f', '/x\\..\\admin'),
    ).toEqual([]);
    const through = ['//admin', '/admin/', '/ADMIN', '/admin%2f', '/admin;x', '/\\admin'];
    expect(paths(yaml, ...through)).toEqual(through);
    expect(istioBed(yaml).status('shop/client', { path: '/%00' })).toBe(400);
    expect(istioBed(yaml).codes).toContain('ISTIO204');
  });

  it('14.8 a prefix is text, a suffix leaves the query out, a star in the middle is a star, templates go by segment', () => {
    expect(paths(toOperation('ALLOW', 'paths: ["/admin*"]'), '/admin', '/adminx', '/other')).toEqual([
      '/admin',
      '/adminx',
    ]);
    expect(paths(toOperation('ALLOW', 'paths: ["*.txt"]'), '/a.txt', '/a.txt?x=1', '/a.txt/b')).toEqual([
      '/a.txt',
      '/a.txt?x=1',
    ]);
    expect(paths(toOperation('ALLOW', 'paths: ["/a*c"]'), '/abc', '/a*c')).toEqual(['/a*c']);
    const one = toOperation('ALLOW', 'paths: ["/a/{*}/c"]');
    expect(paths(one, '/a/b/c', '/a//c', '/a/b/b/c')).toEqual(['/a/b/c']);
    const any = toOperation('ALLOW', 'paths: ["/a/{**}"]');
    expect(paths(any, '/a/', '/a/b', '/a/b/c', '/a')).toEqual(['/a/', '/a/b', '/a/b/c']);
  });

  it('14.9 methods go by case, HEAD is not GET, prefixes work', () => {
    const methods = (list: string) =>
      passed(toOperation('ALLOW', `methods: [${list}]`), ['GET', 'HEAD', 'get', 'POST'], method => ({ method }));
    expect(methods('GET')).toEqual(['GET']);
    expect(methods('"G*"')).toEqual(['GET']);
  });

  it('14.10 hosts go without case, as sent', () => {
    const hosts = (list: string) =>
      passed(
        toOperation('ALLOW', `hosts: [${list}]`),
        ['web', 'WEB', 'web:80', 'web.shop.svc.cluster.local'],
        host => ({
          host,
        }),
      );
    expect(hosts('web')).toEqual(['web', 'WEB']);
    expect(hosts('"web.shop*"')).toEqual(['web.shop.svc.cluster.local']);
  });

  it('14.11 ports are container ports; a service port never matches, which is said', () => {
    expect(istioBed(toOperation('ALLOW', 'ports: ["8080"]')).status('shop/client')).toBe(200);
    expect(istioBed(toOperation('ALLOW', 'ports: ["80"]')).status('shop/client')).toBe(403);
    expect(istioBed(toOperation('ALLOW', 'ports: ["8080"]')).codes).toEqual([]);
    expect(istioBed(toOperation('ALLOW', 'ports: ["80"]')).codes).toEqual(['ISTIO201']);
  });

  it('14.12 headers: any line, case of the value counts, star is present, absent is not a value', () => {
    const when = (action: 'ALLOW' | 'DENY', rest: string) =>
      withRule(action, `when: [{ key: "request.headers[x]", ${rest} }]`);
    const asks = [[], ['a'], ['A'], ['b', 'a'], ['a,b'], ['ab'], ['']] as const;
    const lines = (yaml: string) =>
      passed(yaml, asks, values => ({ headers: values.map(value => ['x', value] as const) }));
    expect(lines(when('ALLOW', 'values: [a]'))).toEqual([['a'], ['b', 'a']]);
    expect(lines(when('ALLOW', 'values: ["a*"]'))).toEqual([['a'], ['b', 'a'], ['a,b'], ['ab']]);
    expect(lines(when('ALLOW', 'values: ["*"]'))).toEqual([['a'], ['A'], ['b', 'a'], ['a,b'], ['ab'], ['']]);
    expect(lines(when('ALLOW', 'notValues: [a]'))).toEqual([[], ['A'], ['a,b'], ['ab'], ['']]);
    expect(lines(when('DENY', 'notValues: [a]'))).toEqual([['a'], ['b', 'a']]);
  });

  describe('14.13 on a TCP port', () => {
    const tcp = (yaml: string) => everybody.map(caller => istioBed(yaml).status(caller, { protocol: 'tcp' }));
    const closed = ['reset', 'reset', 'reset'];

    it('DENY of anything that only HTTP has closes every connection, which is said', () => {
      for (const yaml of [
        toOperation('DENY', 'methods: [POST]'),
        toOperation('DENY', 'paths: [/x]'),
        toOperation('DENY', 'notPaths: [/x]'),
        fromSource('DENY', 'requestPrincipals: ["*"]'),
      ]) {
        expect(tcp(yaml)).toEqual(closed);
        expect(istioBed(yaml).codes).toContain('ISTIO210');
      }
    });

    it('and leaves it open when the rule names the HTTP port', () => {
      const yaml = toOperation('DENY', 'methods: [POST], ports: ["8080"]');
      expect(tcp(yaml)).toEqual([200, 200, 200]);
      expect(istioBed(yaml).codes).toEqual([]);
    });

    it('DENY of a namespace and a path closes all of that namespace', () => {
      const yaml = withRule(
        'DENY',
        'from: [{ source: { namespaces: [other] } }], to: [{ operation: { paths: [/x] } }]',
      );
      expect(tcp(yaml)).toEqual([200, 'reset', 200]);
    });

    it('ALLOW of a method closes it, of a namespace works, also beside a rule about HTTP', () => {
      expect(tcp(toOperation('ALLOW', 'methods: [GET]'))).toEqual(closed);
      expect(tcp(fromSource('ALLOW', 'namespaces: [shop]'))).toEqual([200, 'reset', 'reset']);
      const both =
        'rules: [{ to: [{ operation: { methods: [GET] } }] }, { from: [{ source: { namespaces: [shop] } }] }]';
      expect(tcp(policy(both))).toEqual([200, 'reset', 'reset']);
    });

    it('ALLOW with one way in over HTTP closes the other ways into the same rule', () => {
      const rule = 'to: [{ operation: { methods: [GET] } }, { operation: { ports: ["9000"] } }]';
      expect(tcp(withRule('ALLOW', rule))).toEqual(closed);
    });
  });

  describe('tokens', () => {
    const issuer = 'https://issuer.example';
    const trusts = `
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: tokens, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  jwtRules: [{ issuer: "${issuer}", jwks: "{}" }]
`;
    const good = { issuer, subject: 'ada', audiences: [], claims: {}, valid: true };
    const tokens = [undefined, good, { ...good, valid: false }, { ...good, issuer: 'https://other.example' }];
    const answers = (yaml: string) => {
      const bed = istioBed(yaml);
      return tokens.map(token => bed.status('shop/client', token ? { token } : {}));
    };

    it('14.14 a RequestAuthentication alone refuses bad tokens and lets missing ones pass', () => {
      expect(answers(trusts)).toEqual([200, 200, 401, 401]);
    });

    it('14.15 a rule demands a token', () => {
      const allow = fromSource('ALLOW', 'requestPrincipals: ["*"]');
      expect(answers(`${trusts}---${allow}`)).toEqual([403, 200, 401, 401]);
      const deny = fromSource('DENY', 'notRequestPrincipals: ["*"]');
      expect(answers(`${trusts}---${deny}`)).toEqual([403, 200, 401, 401]);
      expect(istioBed(`${trusts}---${allow}`).codes).toEqual([]);
    });

    it('14.16 where nobody verifies tokens none is enough, which is said', () => {
      const allow = fromSource('ALLOW', 'requestPrincipals: ["*"]');
      expect(answers(allow)).toEqual([403, 403, 403, 403]);
      expect(istioBed(allow).codes).toEqual(['ISTIO209']);
    });
  });
});
