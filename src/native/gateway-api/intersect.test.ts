import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HeaderMatch, Match, PathMatch, TextMatch } from '../../model/match.ts';
import { covers, intersect, literalStart, pathTakes } from './intersect.ts';

const exact = (value: string): PathMatch => ({ kind: 'exact', value });
const prefix = (value: string): PathMatch => ({ kind: 'prefix', value });
const segment = (value: string): PathMatch => ({ kind: 'segmentPrefix', value });
const regex = (pattern: string): PathMatch => ({
  kind: 'regex',
  regex: { pattern, dialect: 're2', anchoring: 'full' },
});
const header = (name: string, match: TextMatch, repeated: HeaderMatch['repeated'] = 'any'): HeaderMatch => ({
  name,
  match,
  inverted: false,
  missing: 'noMatch',
  repeated,
});
const expression = (pattern: string): TextMatch => ({
  kind: 'regex',
  regex: { pattern, dialect: 're2', anchoring: 'full' },
});
const is = (value: string): TextMatch => ({ kind: 'exact', value });

describe('the requests that two matches share', () => {
  it.each<[Match, Match, ReturnType<typeof intersect>]>([
    [{ path: segment('/a') }, { path: segment('/a/b') }, { path: segment('/a/b') }],
    [{ path: segment('/a') }, { path: exact('/a') }, { path: exact('/a') }],
    [{ path: segment('/a') }, { path: segment('/b') }, 'disjoint'],
    [{ path: segment('/a') }, { path: exact('/ab') }, 'disjoint'],
    [{ path: prefix('/a') }, { path: segment('/ab') }, { path: segment('/ab') }],
    [{ path: prefix('/a/') }, { path: segment('/a') }, { path: prefix('/a/') }],
    [{ path: prefix('/ab') }, { path: segment('/a') }, 'disjoint'],
    [{ path: regex('/users/[0-9]+') }, { path: exact('/users/7') }, { path: exact('/users/7') }],
    [{ path: regex('/users/[0-9]+') }, { path: exact('/users/x') }, 'disjoint'],
    [{ path: regex('/users/[0-9]+') }, { path: segment('/users') }, { path: regex('/users/[0-9]+') }],
    [{ path: regex('/users/[0-9]+') }, { path: segment('/orders') }, 'disjoint'],
    [{ path: regex('/u.*') }, { path: segment('/users') }, 'inexpressible'],
    [{ path: regex('/a|/b') }, { path: segment('/b') }, 'inexpressible'],
    [{ path: regex('/usersx?') }, { path: segment('/user') }, 'disjoint'],
    [{}, { path: segment('/a') }, { path: segment('/a') }],
    [{ method: is('GET') }, { method: is('PUT') }, 'disjoint'],
    [{ method: is('GET') }, { path: exact('/a') }, { path: exact('/a'), method: is('GET') }],
    [
      { headers: [header('a', is('1'))] },
      { headers: [header('b', is('2'))] },
      { headers: [header('a', is('1')), header('b', is('2'))] },
    ],
    // Two lines of one header may have two values, unless only the first one counts.
    [{ headers: [header('a', is('1'))] }, { headers: [header('a', is('2'))] }, 'inexpressible'],
    [{ headers: [header('a', is('1'), 'first')] }, { headers: [header('a', is('2'), 'first')] }, 'disjoint'],
    [{ caller: { namespaces: ['x', 'y'] } }, { caller: { namespaces: ['y'] } }, { caller: { namespaces: ['y'] } }],
    [{ caller: { namespaces: ['x'] } }, { caller: { namespaces: ['y'] } }, 'disjoint'],
    [{ caller: { labels: { a: 'b' } } }, { caller: { labels: { c: 'd' } } }, 'inexpressible'],
    [{ port: 80 }, { port: 81 }, 'disjoint'],
  ])('%o and %o', (a, b, shared) => {
    expect(intersect(a, b)).toEqual(shared);
    const swapped = intersect(b, a);
    expect(typeof swapped === 'string' ? swapped : 'some').toEqual(typeof shared === 'string' ? shared : 'some');
  });
});

describe('a match that holds another', () => {
  it.each<[Match, Match, boolean]>([
    [{}, { path: exact('/a'), headers: [header('a', is('1'))] }, true],
    [{ path: segment('/a') }, { path: regex('/a/.*') }, true],
    [{ path: segment('/a') }, { path: regex('/a.*') }, false],
    [{ path: prefix('/a') }, { path: regex('/a.*') }, true],
    // What has no form of its own is written as an expression.
    [{ path: regex('/a.*') }, { path: prefix('/a') }, true],
    [{ path: regex('/a(?:/.*)?') }, { path: segment('/a') }, true],
    [{ path: regex('/a.*') }, { path: prefix('/') }, false],
    [{ headers: [header('a', expression('1.*'))] }, { headers: [header('a', { kind: 'prefix', value: '1' })] }, true],
    [{ headers: [header('a', { kind: 'present' })] }, { headers: [header('a', is('1'))] }, true],
    [{ headers: [header('a', is('1'))] }, {}, false],
    [{ caller: { namespaces: ['x', 'y'] } }, { caller: { namespaces: ['y'] } }, true],
    [{ caller: { namespaces: ['x'] } }, {}, false],
  ])('%o over %o is %s', (a, b, holds) => {
    expect(covers(a, b)).toBe(holds);
  });
});

describe('the plain beginning of an expression', () => {
  it.each([
    ['/users/[0-9]+', '/users/'],
    ['/a\\.b/.*', '/a.b/'],
    ['/ab?c', '/a'],
    ['/ab*', '/a'],
    ['^/a', '/a'],
    ['/a|/b', ''],
    ['/(a|b)', '/'],
    ['(?i)/a', ''],
    ['/\\d', '/'],
  ])('%s is %s', (pattern, start) => {
    expect(literalStart({ pattern, dialect: 're2', anchoring: 'full' })).toBe(start);
  });
});

describe('intersection and cover', () => {
  const texts = ['', '/a', '/ab', '/a/', '/a/b', '/b'];
  const paths: fc.Arbitrary<PathMatch> = fc.oneof(
    fc.constantFrom('/a', '/ab', '/a/b', '/b').map(exact),
    fc.constantFrom(...texts).map(prefix),
    fc.constantFrom('', '/a', '/ab', '/a/b', '/b').map(segment),
    fc.constantFrom('/a.*', '/a/b', '/ab?', '/[ab]', '/a/.*', '/a|/b').map(regex),
  );
  const samples = ['/', '/a', '/a/', '/ab', '/abc', '/a/b', '/a/b/c', '/b', '/b/a', '/c'];

  it('agree with asking for each path', () => {
    fc.assert(
      fc.property(paths, paths, (a, b) => {
        const shared = intersect({ path: a }, { path: b });
        for (const path of samples) {
          const both = pathTakes(a, path) === true && pathTakes(b, path) === true;
          if (shared === 'disjoint') expect([path, both]).toEqual([path, false]);
          else if (shared !== 'inexpressible') expect([path, pathTakes(shared.path, path)]).toEqual([path, both]);
          if (covers({ path: a }, { path: b }) && pathTakes(b, path))
            expect([path, pathTakes(a, path)]).toEqual([path, true]);
        }
      }),
      { seed: 21, numRuns: 1000 },
    );
  });
});
