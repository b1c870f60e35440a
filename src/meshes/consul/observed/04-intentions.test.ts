import { describe, expect, it } from 'vitest';
import { back, bareBed, consulBed, denyMode, intentions, l4, l7, may } from '../../../../test/support/consul-bed.ts';
import type { BedAsk } from '../../../../test/support/istio-bed.ts';

const status = (caller: string, entries: readonly string[], ask: BedAsk = {}): number | 'reset' =>
  consulBed(...entries).status(`shop/${caller}-v1`, { ...back, ...ask });

const path = (value: string): BedAsk => ({ path: value });
const prefix = (value: string): string => `path_prefix = "${value}"`;

describe('section 4: who comes in', () => {
  it('4.1 an exact caller comes before everyone, an exact destination before every one', () => {
    expect(status('web', [intentions('*', l4('*', 'deny')), intentions('back', l4('web', 'allow'))])).toBe(200);
    expect(status('job', [intentions('*', l4('*', 'deny')), intentions('back', l4('web', 'allow'))])).toBe(403);
    const shut = [denyMode, intentions('back', l4('*', 'allow'), l4('web', 'deny'))];
    expect(status('web', shut)).toBe(403);
    expect(status('job', shut)).toBe(200);
  });

  it('0.1, 4.2 where everyone here meets one caller everywhere, whatever is not the default holds', () => {
    const deny = [denyMode, intentions('*', l4('web', 'allow')), intentions('back', l4('*', 'deny'))];
    expect(status('web', deny)).toBe(200);
    expect(status('job', deny)).toBe(403);
    const allow = [intentions('*', l4('web', 'deny')), intentions('back', l4('*', 'allow'))];
    expect(status('web', allow)).toBe(403);
    expect(status('job', allow)).toBe(200);
    const mixed = [
      denyMode,
      intentions('*', l4('web', 'allow')),
      intentions('back', l7('*', may('allow', prefix('/ok')))),
    ];
    expect(status('web', mixed, path('/no'))).toBe(200);
    expect(status('job', mixed, path('/no'))).toBe(403);
    expect(consulBed(...deny).codes).toContain('CONSUL203');
  });

  it('4.3 one caller here comes before everyone everywhere', () => {
    const entries = [denyMode, intentions('*', l4('*', 'allow')), intentions('back', l4('web', 'deny'))];
    expect([status('web', entries), status('job', entries)]).toEqual([403, 200]);
  });

  it('4.4 the first permission that takes the request decides', () => {
    const entries = [
      intentions('back', l7('web', may('allow', `${prefix('/a')} methods = ["GET"]`), may('deny', prefix('/a')))),
    ];
    expect(status('web', entries, path('/a'))).toBe(200);
    for (const method of ['HEAD', 'POST']) expect(status('web', entries, { path: '/a', method })).toBe(403);
  });

  it('4.5 what no permission takes gets the default, and not what a later intention says', () => {
    const sources = [l7('web', may('allow', prefix('/ok'))), l4('*', 'deny')];
    expect(status('web', [intentions('back', ...sources)], path('/no'))).toBe(200);
    const shut = [l7('web', may('allow', prefix('/ok'))), l4('*', 'allow')];
    expect(status('web', [denyMode, intentions('back', ...shut)], path('/no'))).toBe(403);
  });

  it('4.6 permissions that only say what holds anyway do nothing', () => {
    const keeps = [denyMode, intentions('back', l7('web', may('deny', prefix('/no'))))];
    expect(status('web', keeps, path('/yes'))).toBe(403);
    const lets = [intentions('back', l7('web', may('allow', prefix('/ok'))))];
    expect(status('web', lets, path('/no'))).toBe(200);
    expect(consulBed(...lets).codes).toContain('CONSUL207');
  });

  it('4.7 an exact caller is shut out where everyone has permissions', () => {
    const sources = [l4('web', 'deny'), l7('*', may('allow', prefix('/ok')))];
    expect(status('web', [intentions('back', ...sources)], path('/ok'))).toBe(403);
    expect(status('job', [intentions('back', ...sources)], path('/no'))).toBe(200);
    expect(status('job', [denyMode, intentions('back', ...sources)], path('/ok'))).toBe(200);
    expect(status('job', [denyMode, intentions('back', ...sources)], path('/no'))).toBe(403);
  });

  it('4.8 a prefix of the path is one of the text, and an expression covers all of it', () => {
    const by = (http: string, asked: string) =>
      status('web', [denyMode, intentions('back', l7('web', may('allow', http)))], path(asked));
    expect([by(prefix('/e'), '/ex'), by('path_exact = "/e"', '/e?q'), by('path_regex = "/e[0-9]"', '/e12')]).toEqual([
      200, 200, 403,
    ]);
  });

  it('4.9 headers by value, part, presence and without regard to case; inverted they have to be there', () => {
    const by = (header: string, value?: string) =>
      status('web', [denyMode, intentions('back', l7('web', may('allow', `header = [{ name = "x-h" ${header} }]`)))], {
        ...(value === undefined ? {} : { headers: [['x-h', value]] }),
      });
    expect([by('contains = "b"', 'abc'), by('contains = "b"', 'ac')]).toEqual([200, 403]);
    expect([by('exact = "A" ignore_case = true', 'a'), by('exact = "A"', 'a')]).toEqual([200, 403]);
    expect([by('exact = "a" invert = true', 'b'), by('exact = "a" invert = true')]).toEqual([200, 403]);
    expect([by('present = true invert = true'), by('present = true invert = true', 'a')]).toEqual([200, 403]);
  });

  it('4.10 HEAD is not covered by GET', () => {
    const entries = [denyMode, intentions('back', l7('web', may('allow', 'methods = ["GET"]')))];
    expect([status('web', entries), status('web', entries, { method: 'HEAD' })]).toEqual([200, 403]);
  });

  it('4.11 permissions for a service that carries bytes are refused', () => {
    expect(bareBed(denyMode, intentions('back', l7('web', may('allow', prefix('/'))))).codes).toContain('CONSUL204');
  });

  it('4.13 a denied connection is closed where bytes are carried', () => {
    expect(bareBed(intentions('back', l4('web', 'deny'))).send('shop/web-v1', back)).toMatchObject({
      decision: 'denied',
    });
  });

  it('4.16 plaintext is refused', () => {
    expect(consulBed().status('outside', back)).toBe('reset');
  });

  it('6.1 a path is kept out in its normal form: slashes are not merged, and not decoded', () => {
    const entries = [intentions('back', l7('web', may('deny', prefix('/admin'))))];
    const shut = ['/x/../admin', '/./admin', '/%61dmin', '/x/%2e%2e/admin', '/admin%2fx', '/admin;x'];
    expect(shut.map(asked => status('web', entries, path(asked)))).toEqual(shut.map(() => 403));
    const open = ['//admin', '/x%2f..%2fadmin', '/%2fadmin', '/Admin'];
    expect(open.map(asked => status('web', entries, path(asked)))).toEqual(open.map(() => 200));
    expect(consulBed(...entries).codes).toContain('CONSUL208');
  });

  it('6.2 a path that only an application would tidy up passes where a prefix is let in', () => {
    const entries = [denyMode, intentions('back', l7('web', may('allow', prefix('/ok'))))];
    const open = ['/ok%2f..%2fx', '/ok/..%2fx'];
    expect(open.map(asked => status('web', entries, path(asked)))).toEqual([200, 200]);
    const shut = ['/ok/../x', '/ok/..\\x', '//ok'];
    expect(shut.map(asked => status('web', entries, path(asked)))).toEqual([403, 403, 403]);
  });

  it('6.5 the Host goes along as it is', () => {
    const outcome = consulBed().send('shop/web-v1', { ...back, host: 'My.Host:1' });
    expect([outcome.decision, outcome.rewrite]).toEqual(['forwarded', undefined]);
  });

  it('6.3, 6.4 the Mesh entry changes the normal form', () => {
    const mesh = (words: string) => `kind = "mesh"\nhttp { incoming { request_normalization { ${words} } } }`;
    const entries = [denyMode, intentions('back', l7('web', may('allow', prefix('/ok'))))];
    expect(status('web', entries, path('//ok'))).toBe(403);
    const merging = mesh('merge_slashes = true path_with_escaped_slashes_action = "UNESCAPE_AND_FORWARD"');
    expect(status('web', [...entries, merging], path('//ok'))).toBe(200);
    expect(status('web', [...entries, merging], path('/ok%2f..%2fx'))).toBe(403);
    expect(status('web', [...entries, mesh('insecure_disable_path_normalization = true')], path('/ok/../x'))).toBe(200);
  });

  it('0.8 that strangers under one root pass every deny is told where everyone is let in by default', () => {
    expect(consulBed(intentions('back', l4('*', 'deny'))).codes).toContain('CONSUL201');
    expect(consulBed(denyMode, intentions('back', l4('*', 'deny'))).codes).not.toContain('CONSUL201');
  });

  it('8.7 callers go by the name of their service, whatever account they share, which is told', () => {
    const bed = consulBed(intentions('back', l4('web', 'deny')));
    expect([bed.status('shop/web-v1', back), bed.status('shop/job-v1', back)]).toEqual([403, 200]);
    expect(bed.codes).toContain('CONSUL210');
  });

  it('0.10 the permissive mode lets plaintext past every intention', () => {
    const entries = [
      intentions('back', l4('*', 'deny')),
      'kind = "service-defaults"\nname = "back"\nprotocol = "http"\nmutual_tls_mode = "permissive"',
      'kind = "mesh"\nallow_enabling_permissive_mutual_tls = true',
    ];
    expect(consulBed(...entries).status('outside', back)).toBe(200);
    expect(status('web', entries)).toBe(403);
    expect(consulBed(...entries).codes).toContain('CONSUL209');
  });
});

describe('section 4: tokens', () => {
  const provider =
    'kind = "jwt-provider"\nname = "id"\nissuer = "https://id.example"\njson_web_key_set { local { jwks = "e30=" } }';
  const token = (
    claims: Readonly<Record<string, unknown>> = {},
    more: { valid?: boolean; issuer?: string } = {},
  ): BedAsk => ({
    token: { issuer: 'https://id.example', subject: 'ada', audiences: [], claims, valid: true, ...more },
  });
  const adm = may('allow', prefix('/adm'), 'jwt { providers = [{ name = "id" }] }');
  const guarded = `${intentions('back', l4('web', 'allow'))}
jwt { providers = [{ name = "id" verify_claims = [{ path = ["group"] value = "admins" }] }] }`;

  it('4.17 where nobody is let in by default, a token with its claims is asked for', () => {
    const shut = [denyMode, provider, guarded];
    expect(status('web', shut)).toBe(403);
    expect(status('web', shut, token())).toBe(403);
    expect(status('web', shut, token({ group: 'admins' }))).toBe(200);
  });

  it('0.2, 4.17 one that is not in order is answered with 403, as if there were none', () => {
    const shut = [denyMode, provider, guarded];
    expect(status('web', shut, token({ group: 'admins' }, { valid: false }))).toBe(403);
    expect(status('web', shut, token({ group: 'admins' }, { issuer: 'https://other.example' }))).toBe(403);
    const open = [denyMode, provider, intentions('back', l7('web', adm, may('allow', prefix('/pub'))))];
    expect(status('web', open, { ...path('/pub'), ...token({}, { valid: false }) })).toBe(200);
    expect(status('web', open, { ...path('/adm'), ...token({}, { valid: false }) })).toBe(403);
  });

  it('4.17 one that is in order is taken off on the way, whether or not one is asked for', () => {
    for (const entries of [
      [denyMode, provider, guarded],
      [provider, guarded],
    ]) {
      const { hops } = consulBed(...entries).explain('shop/web-v1', { ...back, ...token({ group: 'admins' }) });
      expect(JSON.stringify(hops)).toContain('the token of `https://id.example` is in order');
    }
  });

  it('0.2 where everyone is, none is asked for', () => {
    expect(status('web', [provider, guarded])).toBe(200);
    expect(status('web', [provider, guarded], token({}, { valid: false }))).toBe(200);
    expect(consulBed(provider, guarded).codes).toContain('CONSUL202');
  });

  it('4.18 a permission may ask for a token, and another for none', () => {
    const shut = [denyMode, provider, intentions('back', l7('web', adm, may('allow', prefix('/pub'))))];
    expect([status('web', shut, path('/adm')), status('web', shut, { path: '/adm', ...token() })]).toEqual([403, 200]);
    expect([status('web', shut, path('/pub')), status('web', shut, path('/no'))]).toEqual([200, 403]);
  });
});
