import { describe, expect, it } from 'vitest';
import type { HeaderMatch, Match, QueryMatch } from '../model/match.ts';
import { matches, type Sight } from './matches.ts';
import { splitTarget } from './normalize.ts';
import { exact, header, prefix, present, re2 } from './testing/model-builder.ts';

const seen = (target: string, parts: Partial<Sight> = {}): Sight => ({
  http: true,
  method: 'GET',
  scheme: 'http',
  authority: 'web',
  ...splitTarget(target),
  headers: [],
  port: 80,
  addresses: [],
  caller: { namespace: 'shop', labels: { app: 'client' }, via: ['mesh'] },
  ...parts,
});

const taken = (match: Match, sight: Partial<Sight> | string): boolean =>
  matches(match, typeof sight === 'string' ? seen(sight) : seen('/', sight));

describe('paths', () => {
  it.each<[NonNullable<Match['path']>, string, string]>([
    [{ kind: 'prefix', value: '/foo' }, '/foo /foo/ /foobar /foo?x /foo;p=1', '/FOO /fo'],
    [{ kind: 'prefix', value: '/bar/' }, '/bar/ /bar/x /bar//x', '/bar'],
    [{ kind: 'exact', value: '/ex' }, '/ex /ex?q=1 /ex#f', '/ex/ /Ex /ex;x'],
    [{ kind: 'exact', value: '/CaseE', ignoreCase: true }, '/casee /CASEE', '/case'],
    [{ kind: 'prefix', value: '/Case', ignoreCase: true }, '/CASE/x', '/cas'],
    [{ kind: 'segmentPrefix', value: '/foo' }, '/foo /foo/ /foo/x /foo?x', '/foobar /FOO /fo'],
    [{ kind: 'segmentPrefix', value: '/foo', ignoreCase: true }, '/FOO /Foo/x', '/FOObar'],
    [{ kind: 'segmentPrefix', value: '' }, '/ /x //', ''],
    [
      { kind: 'regex', regex: { pattern: '/re[0-9]+', dialect: 're2', anchoring: 'full' } },
      '/re12 /re12?x=1',
      '/re12/',
    ],
  ])('%j (observed 1.1–1.6)', (path, yes, no) => {
    for (const target of yes.split(' ')) expect([target, taken({ path }, target)]).toEqual([target, true]);
    for (const target of no.split(' ').filter(Boolean)) {
      expect([target, taken({ path }, target)]).toEqual([target, false]);
    }
  });
});

describe('headers', () => {
  const withHeaders = (match: HeaderMatch, ...values: string[]): boolean =>
    taken({ headers: [match] }, { headers: values.map(value => ['x', value] as const) });

  it('take any of the lines, each on its own (observed 5.2)', () => {
    for (const match of [exact('one'), prefix('on'), re2('o.e')]) {
      expect(withHeaders(header('x', match), 'one', 'two')).toBe(true);
      expect(withHeaders(header('x', match), 'two', 'one')).toBe(true);
      expect(withHeaders(header('x', match), 'two')).toBe(false);
    }
    expect(withHeaders(header('x', exact('one')), 'one,two')).toBe(false);
  });

  it('take only the first line, or all joined, where the mesh sees it so', () => {
    expect(withHeaders(header('x', exact('two'), { repeated: 'first' }), 'one', 'two')).toBe(false);
    expect(withHeaders(header('x', exact('one,two'), { repeated: 'joined' }), 'one', 'two')).toBe(true);
  });

  it('are present also when empty (observed 5.3–5.5)', () => {
    expect(withHeaders(header('x', present), '')).toBe(true);
    expect(withHeaders(header('x', present))).toBe(false);
    expect(withHeaders(header('x', exact('')), '')).toBe(true);
    expect(withHeaders(header('x', exact('')))).toBe(false);
    expect(withHeaders(header('x', re2('.*')))).toBe(false);
  });

  it('are compared without the blanks around them (observed 5.1)', () => {
    expect(withHeaders(header('x', exact('one')), ' one ')).toBe(true);
  });

  it('inverted, take what the match does not; absent counts as empty where the mesh says so (observed 5.6–5.9)', () => {
    const without = (match: HeaderMatch['match']): HeaderMatch =>
      header('x', match, { inverted: true, missing: 'empty' });
    expect(withHeaders(without(exact('a')))).toBe(true);
    expect(withHeaders(without(exact('a')), 'b')).toBe(true);
    expect(withHeaders(without(exact('a')), '')).toBe(true);
    expect(withHeaders(without(exact('a')), 'a')).toBe(false);
    expect(withHeaders(without(exact('a')), 'a', 'b')).toBe(false);
    expect(withHeaders(without(present))).toBe(true);
    expect(withHeaders(without(present), '')).toBe(false);
    expect(withHeaders(without(exact('')))).toBe(false);
    expect(withHeaders(without(exact('')), 'a')).toBe(true);
    expect(withHeaders(without(re2('.*')))).toBe(false);
    expect(withHeaders({ ...without(exact('')), missing: 'noMatch' })).toBe(true);
  });

  it('may be the parts of the request line (observed 5.11)', () => {
    expect(taken({ headers: [header(':authority', exact('web'))] }, '/')).toBe(true);
    expect(taken({ headers: [header(':method', exact('GET'))] }, '/')).toBe(true);
    expect(taken({ headers: [header(':path', exact('/a?b'))] }, '/a?b')).toBe(true);
    expect(taken({ headers: [header(':scheme', exact('https'))] }, '/')).toBe(false);
  });
});

describe('query parameters', () => {
  const parameter = (match: QueryMatch['match'], parts: Partial<QueryMatch> = {}): Match => ({
    query: [{ name: 'e', match, repeated: 'first', decoded: false, ...parts }],
  });

  it('take the first value, undecoded, or any (observed 5.12)', () => {
    expect(taken(parameter(exact('1')), '/?e=2&e=1')).toBe(false);
    expect(taken(parameter(exact('1')), '/?e=1&e=2')).toBe(true);
    expect(taken(parameter(exact('1'), { repeated: 'any' }), '/?e=2&e=1')).toBe(true);
    expect(taken(parameter(exact('1')), '/?e=%31')).toBe(false);
    expect(taken(parameter(exact('1'), { decoded: true }), '/?e=%31')).toBe(true);
    expect(taken(parameter(exact('a b'), { decoded: true }), '/?e=a+b')).toBe(true);
    expect(taken(parameter(exact('%zz'), { decoded: true }), '/?e=%zz')).toBe(true);
    expect(taken(parameter(exact('1')), '/?E=1')).toBe(false);
    expect(taken(parameter(exact('1')), '/?x;e=1')).toBe(false);
    expect(taken(parameter(prefix('1')), '/?e=12')).toBe(true);
  });

  it('are present with and without a value', () => {
    for (const target of ['/?e', '/?e=', '/?e=1']) expect(taken(parameter(present), target)).toBe(true);
    expect(taken(parameter(exact('')), '/?e')).toBe(true);
    expect(taken(parameter(exact('')), '/')).toBe(false);
    expect(taken(parameter(present), '/?ee=1')).toBe(false);
  });
});

describe('the rest of a request', () => {
  it('is compared as it was sent (observed 5.10, 5.13, 5.15)', () => {
    expect(taken({ authority: exact('web') }, { authority: 'web:80' })).toBe(false);
    expect(taken({ authority: exact('web') }, { authority: 'WEB' })).toBe(false);
    expect(taken({ method: exact('put') }, { method: 'PUT' })).toBe(false);
    expect(taken({ port: 81 }, { port: 81 })).toBe(true);
    expect(taken({ port: 8080 }, { port: 81 })).toBe(false);
    expect(taken({ scheme: exact('http') }, '/')).toBe(true);
  });

  it('is everything for a match without parts', () => {
    expect(taken({}, '/')).toBe(true);
    expect(taken({ headers: [], query: [] }, { http: false })).toBe(true);
  });

  it('has no HTTP parts on a bare connection', () => {
    expect(taken({ path: { kind: 'prefix', value: '/' } }, { http: false })).toBe(false);
    expect(taken({ headers: [header('x', exact('a'), { inverted: true })] }, { http: false })).toBe(false);
    expect(taken({ port: 80 }, { http: false })).toBe(true);
  });

  it('has a server name only with TLS', () => {
    expect(taken({ sni: ['*.shop.example'] }, { http: false, sni: 'a.b.shop.example' })).toBe(true);
    expect(taken({ sni: ['*.shop.example'] }, { http: false, sni: 'shop.example' })).toBe(false);
    expect(taken({ sni: ['shop.example'] }, { http: false })).toBe(false);
  });

  it('looks at what was dialled', () => {
    expect(taken({ addresses: ['10.0.0.0/8'] }, { addresses: ['10.1.1.1'] })).toBe(true);
    expect(taken({ addresses: ['10.0.0.0/8'] }, { addresses: [] })).toBe(false);
  });

  it('looks into verified claims, one of a list being enough', () => {
    const claims = { realm: { roles: ['a', 'b'] }, admin: true };
    const claim = (path: string[], value: string, inverted = false): Match => ({
      claims: [{ path, match: exact(value), inverted }],
    });
    expect(taken(claim(['realm', 'roles'], 'b'), { claims })).toBe(true);
    expect(taken(claim(['realm', 'roles'], 'c'), { claims })).toBe(false);
    expect(taken(claim(['realm', 'roles'], 'c', true), { claims })).toBe(true);
    expect(taken(claim(['admin'], 'true'), { claims })).toBe(true);
    expect(taken(claim(['realm'], 'a'), { claims })).toBe(false);
    expect(taken(claim(['realm', 'roles'], 'b'), {})).toBe(false);
  });

  it('knows the caller by what is configured of it (observed 5.16)', () => {
    expect(taken({ caller: { namespaces: ['shop'], labels: { app: 'client' } } }, '/')).toBe(true);
    expect(taken({ caller: { labels: { app: 'client', version: 'v1' } } }, '/')).toBe(false);
    expect(taken({ caller: { namespaces: ['other'] } }, '/')).toBe(false);
    expect(taken({ caller: { via: ['edge/public'] } }, '/')).toBe(false);
    expect(taken({ caller: { via: ['edge/public', 'mesh'] } }, '/')).toBe(true);
    expect(taken({ caller: { addresses: ['10.0.0.0/8'] } }, '/')).toBe(false);
    const caller = { labels: {}, via: [], address: '10.0.0.1' };
    expect(taken({ caller: { addresses: ['10.0.0.0/8'] } }, { caller })).toBe(true);
    expect(taken({ caller: { namespaces: ['shop'] } }, { caller })).toBe(false);
  });
});
