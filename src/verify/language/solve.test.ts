import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allTexts, anyLiteralTest, anyTextTest } from '../../../test/support/arbitrary/text-test.ts';
import { runs, seed } from '../../../test/support/runs.ts';
import type { PathNormalization } from '../../model/mesh.ts';
import { testHolds } from '../asking.ts';
import { normalizePath } from '../normalize.ts';
import { keyOf } from './compile.ts';
import { type Domain, isIn, pathDomainFor, usual } from './domain.ts';
import { guess } from './guess.ts';
import type { TextTest, Wanted } from './language.ts';
import { solve, solveByAutomata } from './solve.ts';

const numRuns = runs(1500);

const wantedOf = (holds: readonly TextTest[], fails: readonly TextTest[] = []): Wanted[] => [
  ...holds.map(test => ({ test, holds: true })),
  ...fails.map(test => ({ test, holds: false })),
];

const prefix = (value: string): TextTest => ({ kind: 'prefix', value });
const suffix = (value: string): TextTest => ({ kind: 'suffix', value });
const exact = (value: string): TextTest => ({ kind: 'exact', value });
const below = (value: string): TextTest => ({ kind: 'segmentPrefix', value });
const template = (written: string): TextTest => ({ kind: 'template', template: written });
const re2 = (pattern: string): TextTest => ({ kind: 'regex', regex: { pattern, dialect: 're2', anchoring: 'full' } });

const domains: readonly Domain[] = [
  'path',
  'mergedPath',
  'basePath',
  'rawPath',
  'method',
  'header',
  'host',
  'query',
  'text',
];

describe('a domain', () => {
  it.each<[Domain, string, string]>([
    [
      'path',
      '/ /a /a/ /a/b /a.b /.a /..a /... /a%20b /%C3%A9 /a;b=c:@ /*',
      'a // /a//b /. /.. /a/./b /a/.. /%61 /%2F /%5c /%00 /a%2 /a\\b /a?b /a#b /é',
    ],
    ['method', 'GET M-SEARCH get !', 'G/T (a) "'],
    ['host', 'a a.b a-b.example a:80 10.0.0.1:65535', 'A .a a. -a a_b a: a:0 a:65536 a:080 a..b *'],
    ['query', 'a a.b-c_d~e a+b a%20 a,b a=b /?', 'a&b a#b a% a%2 a%00 a%7F a%C3%A9 é'],
    ['header', 'a a,b "x"', 'é'],
  ])('%s', (domain, inside, outside) => {
    for (const text of inside.split(' ')) expect([domain, text, isIn(domain, text)]).toEqual([domain, text, true]);
    for (const text of outside.split(' ')) expect([domain, text, isIn(domain, text)]).toEqual([domain, text, false]);
  });

  it('may be empty, or hold blanks inside, where HTTP says so', () => {
    expect(domains.filter(domain => isIn(domain, ''))).toEqual(['header', 'query', 'text']);
    expect(domains.filter(domain => isIn(domain, 'a b'))).toEqual(['header', 'text']);
    expect(domains.filter(domain => isIn(domain, 'a\tb'))).toEqual(['header']);
    expect(domains.filter(domain => isIn(domain, ' a'))).toEqual(['text']);
  });

  it('holds what is tried first', () => {
    for (const domain of domains) for (const text of usual[domain]) expect(isIn(domain, text)).toBe(true);
  });

  const piece = fc.constantFrom(
    '/',
    '/',
    'a',
    '.',
    '..',
    '%',
    '%6',
    '%61',
    '%2f',
    '%2E',
    '%5C',
    '%00',
    '%20',
    '\\',
    'é',
  );
  const path = fc.array(piece, { maxLength: 8 }).map(pieces => `/${pieces.join('')}`);
  const normalizations: PathNormalization[] = ['none', 'base', 'mergeSlashes', 'decodeAndMergeSlashes'];

  it.each(normalizations)('of paths is what the normalisation leaves alone: %s', how => {
    const domainOf = pathDomainFor([how]);
    const told = { inside: 0, outside: 0 };
    fc.assert(
      fc.property(path, text => {
        const inside = isIn(domainOf, text);
        told[inside ? 'inside' : 'outside'] += 1;
        const isNone = /é|\\|%(?![0-9A-Fa-f]{2})/.test(text);
        expect([text, inside]).toEqual([text, !isNone && normalizePath(text, how) === text]);
      }),
      { seed: seed(44), numRuns: 3000 },
    );
    expect(Math.min(told.inside, told.outside)).toBeGreaterThan(200);
  });

  it('of paths that several normalisations leave alone is the strictest of theirs', () => {
    expect(pathDomainFor([])).toBe('rawPath');
    expect(pathDomainFor(['none', 'base'])).toBe('basePath');
    expect(pathDomainFor(['mergeSlashes', 'base'])).toBe('mergedPath');
    expect(pathDomainFor([...normalizations])).toBe('path');
  });
});

describe('a text', () => {
  it.each<[Domain, Wanted[], string]>([
    ['path', [], '/'],
    ['method', [], 'GET'],
    ['method', wantedOf([], [exact('GET')]), 'POST'],
    ['path', wantedOf([prefix('/api')]), '/api'],
    ['path', wantedOf([prefix('/api')], [below('/api')]), '/apia'],
    ['path', wantedOf([below('/api')], [exact('/api')]), '/api/'],
    ['path', wantedOf([prefix('/a'), suffix('.png')], [exact('/a.png')]), '/aa.png'],
    ['path', wantedOf([re2('/api/v[12]/.*')], [prefix('/api/v1')]), '/api/v2/'],
    ['basePath', wantedOf([prefix('/a/')], [re2('/a/([^/].*)?')]), '/a//'],
    ['path', wantedOf([template('/a/{*}/b/{**}')], [template('/a/{*}/b/{*}')]), '/a/a/b/'],
    ['host', wantedOf([suffix('.example.com')], [exact('a.example.com')]), 'b.example.com'],
    ['path', wantedOf([{ kind: 'exact', value: '/Ab', ignoreCase: true }], [exact('/Ab')]), '/ab'],
  ])('%s %j: %s', (domain, wanted, text) => {
    expect(solve(domain, wanted)).toEqual({ kind: 'text', text });
  });

  it.each<[Domain, Wanted[]]>([
    ['path', wantedOf([prefix('/a'), prefix('/b')])],
    ['path', wantedOf([below('/a/b')], [prefix('/a')])],
    ['path', wantedOf([below('/a/b')], [below('/A'), { kind: 'segmentPrefix', value: '/A', ignoreCase: true }])],
    ['path', wantedOf([], [prefix('/')])],
    ['path', wantedOf([exact('/a/../b')])],
    ['path', wantedOf([exact('')])],
    ['host', wantedOf([exact('WEB')])],
    ['path', wantedOf([re2('/[0-9]+')], [re2('^/\\d\\d*$')])],
    ['path', wantedOf([template('/a/{*}')], [re2('/a/[^/]+')])],
    ['path', wantedOf([re2('(')])],
    ['method', wantedOf([], [{ kind: 'present' }])],
    ['text', wantedOf([{ kind: 'exact', value: 'AB', ignoreCase: true }], ['ab', 'aB', 'Ab', 'AB'].map(exact))],
  ])('%s %j: none', (domain, wanted) => {
    expect(solve(domain, wanted)).toEqual({ kind: 'none' });
  });

  it('is not taken from another question that is written alike', () => {
    const written: Wanted[][] = [
      wantedOf([{ kind: 'suffix', value: 'B', ignoreCase: true }], [suffix('B')]),
      wantedOf([suffix('! B')], [suffix('B')]),
      wantedOf([suffix('i B')], [suffix('B')]),
      wantedOf([suffix('b')], [suffix('B"\n-suffix b')]),
      wantedOf([suffix('b')], [suffix('B'), suffix('b')]),
    ];
    expect(written.map(wanted => solveByAutomata('text', wanted).kind)).toEqual([
      'text',
      'none',
      'none',
      'text',
      'none',
    ]);
    expect(new Set(written.flatMap(wanted => wanted.map(keyOf))).size).toBe(6);
  });

  it('is found or not whatever a single pattern costs, as long as the other tests decide', () => {
    const large = re2('.*a.{200}');
    expect(solve('path', wantedOf([large, prefix('/a'), prefix('/b')]))).toEqual({ kind: 'none' });
    expect(solve('path', wantedOf([prefix('/c')], [large]))).toEqual({ kind: 'text', text: '/c' });
    expect(solve('path', wantedOf([prefix('/c'), large]))).toEqual({
      kind: 'unknown',
      why: 'the regular expression `.*a.{200}` needs too large an automaton',
    });
  });

  it('is unknown, within the budget, for many expressions that overlap', () => {
    const many = Array.from({ length: 200 }, (_, index) => {
      const [first, second] = [index % 26, (index * 7 + 3) % 26].map(letter => String.fromCharCode(0x61 + letter));
      return re2(`.*${first}.{${index % 5}}${second}.*`);
    });
    expect(solve('path', wantedOf(many, [re2('.*abcdef.*')])).kind).toBe('unknown');
  });
});

describe('every answer', () => {
  const domain = fc.constantFrom<Domain>('path', 'path', 'basePath', 'rawPath', 'header', 'host', 'method');
  const wanted = (test: fc.Arbitrary<TextTest>): fc.Arbitrary<Wanted[]> =>
    fc.array(fc.record({ test, holds: fc.boolean() }), { maxLength: 5 });
  const short = allTexts(4);
  const shortOf = new Map(domains.map(of => [of, short.filter(text => isIn(of, text))]));

  const check = (of: Domain, asked: readonly Wanted[], told: Record<string, number>): void => {
    const passesAll = (text: string): boolean => asked.every(({ test, holds }) => testHolds(test, text) === holds);
    const expected = shortOf.get(of)!.find(passesAll);
    const solution = solve(of, asked);
    const exactly = solveByAutomata(of, asked);
    told[solution.kind] = (told[solution.kind] ?? 0) + 1;
    expect([of, asked, exactly.kind]).toEqual([of, asked, solution.kind]);
    if (solution.kind === 'none') expect([of, asked, expected]).toEqual([of, asked, undefined]);
    if (solution.kind !== 'text' || exactly.kind !== 'text') return;
    for (const { text } of [solution, exactly]) {
      expect([of, asked, text, passesAll(text) && isIn(of, text)]).toEqual([of, asked, text, true]);
    }
    expect(exactly.text.length).toBeLessThanOrEqual(Math.min(expected?.length ?? 99, solution.text.length));
  };

  it.each([
    ['values compared', anyLiteralTest, 45],
    ['all kinds of tests', anyTextTest, 46],
  ] as const)('is that of trying all short texts: %s', (_, test, at) => {
    const told: Record<string, number> = {};
    fc.assert(
      fc.property(domain, wanted(test), (of, asked) => check(of, asked, told)),
      { seed: seed(at), numRuns },
    );
    expect(told.text).toBeGreaterThan(numRuns / 4);
    expect(told.none).toBeGreaterThan(numRuns / 10);
    expect(told.unknown ?? 0).toBeLessThan(numRuns / 100);
  });

  it('is told without automata for nearly all sets of values', () => {
    const told = { guessed: 0, all: 0 };
    fc.assert(
      fc.property(wanted(anyLiteralTest), asked => {
        told.all += 1;
        if (guess('path', asked)) told.guessed += 1;
      }),
      { seed: seed(47), numRuns },
    );
    expect(told.guessed / told.all).toBeGreaterThan(0.85);
  });
});
