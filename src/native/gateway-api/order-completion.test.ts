import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rule } from '../../model/frontend.ts';
import type { HeaderMatch, Match, PathMatch } from '../../model/match.ts';
import { pathTakes } from './intersect.ts';
import { completeOrder, rankedOrder } from './order-completion.ts';
import { type Ranking, rankRules } from './ranking.ts';

interface Request {
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

const takes = (match: Match, request: Request): boolean =>
  pathTakes(match.path, request.path) === true &&
  (match.method === undefined || (match.method.kind === 'exact' && match.method.value === request.method)) &&
  (match.headers ?? []).every(({ name, match: text }) =>
    (request.headers[name] ?? []).some(value => text.kind === 'exact' && text.value === value),
  );

/** How a router decides at request time, written without any thought of a static order. */
const routed = (rules: readonly Rule[], request: Request, ranking: Ranking): Rule | undefined => {
  const score = ({ match }: Rule): number[] => {
    const { path } = match;
    const [headers, method] = [match.headers?.length ?? 0, match.method ? 1 : 0];
    if (ranking.kind === 'matchedLength') {
      const whole = path?.kind === 'exact' || path?.kind === 'regex';
      return [
        whole ? request.path.length : Math.max(1, path?.kind === 'segmentPrefix' ? path.value.length : 0),
        headers,
        method,
      ];
    }
    if (path?.kind === 'exact') return [9, 0, method, headers];
    if (path?.kind === 'regex') return [1, path.regex.pattern.length, method, headers];
    return [2, Math.max(1, path?.value.length ?? 0), method, headers];
  };
  const better = (a: number[], b: number[]): boolean => {
    const at = a.findIndex((value, index) => value !== b[index]);
    return at >= 0 && a[at]! > b[at]!;
  };
  return rules
    .filter(rule => takes(rule.match, request))
    .reduce<Rule | undefined>((best, rule) => (best && !better(score(rule), score(best)) ? best : rule), undefined);
};

const firstMatch = (rules: readonly Rule[], request: Request): Rule | undefined =>
  rules.find(rule => takes(rule.match, request));

const paths = ['', '/a', '/a/b', '/a/b/c', '/b'];
const expressions = ['/a.*', '/a/b', '/.*', '/b/[a-z]+', '/a/[a-z]'];
const pathMatch: fc.Arbitrary<PathMatch | undefined> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...paths).map((value): PathMatch => ({ kind: 'segmentPrefix', value })) },
  { weight: 3, arbitrary: fc.constantFrom(...paths.slice(1)).map((value): PathMatch => ({ kind: 'exact', value })) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(...expressions)
      .map((pattern): PathMatch => ({ kind: 'regex', regex: { pattern, dialect: 're2', anchoring: 'full' } })),
  },
  { weight: 1, arbitrary: fc.constant(undefined) },
);
const header = (name: string, value: string): HeaderMatch => ({
  name,
  match: { kind: 'exact', value },
  inverted: false,
  missing: 'noMatch',
  repeated: 'any',
});
const headerMatches = fc.subarray([header('x', '1'), header('y', '1')]);
const match: fc.Arbitrary<Match> = fc
  .tuple(pathMatch, fc.option(fc.constantFrom('GET', 'PUT'), { nil: undefined, freq: 4 }), headerMatches)
  .map(([path, method, headers]) => ({
    ...(path ? { path } : {}),
    ...(method ? { method: { kind: 'exact', value: method } } : {}),
    ...(headers.length > 0 ? { headers } : {}),
  }));
const rulesOf = (most: number): fc.Arbitrary<readonly Rule[]> =>
  fc.array(match, { minLength: 1, maxLength: most }).map(matches =>
    matches.map((one, index) => ({
      id: `${index}`,
      match: one,
      action: { id: `action ${index}`, target: { kind: 'respond', response: { status: 200 } } },
    })),
  );

const requests: readonly Request[] = [
  '/',
  '/a',
  '/a/',
  '/a/b',
  '/a/b/',
  '/a/b/c',
  '/ab',
  '/b',
  '/b/q',
  '/a/b/c/d',
  '/zz',
]
  .flatMap(path => ['GET', 'PUT', 'POST'].map(method => ({ path, method })))
  .flatMap(request =>
    [{}, { x: ['1'] }, { y: ['1'] }, { x: ['1'], y: ['1'] }].map(headers => ({ ...request, headers })),
  );

/** The requests for which two ways of deciding come to different actions. */
const disagreements = (
  answers: (request: Request) => readonly [Rule | undefined, Rule | undefined],
): readonly unknown[] =>
  requests.flatMap(request => {
    const [one, other] = answers(request);
    return one?.action.id === other?.action.id ? [] : [[request, one?.action.id, other?.action.id]];
  });

const envoyLike: Ranking = {
  kind: 'specification',
  regex: 'belowPrefixes',
  regexSpecified: true,
  regexTies: 'longerPattern',
};
const rankings: readonly Ranking[] = [envoyLike, { kind: 'matchedLength' }];

describe.each(rankings)('rules under ranking $kind', ranking => {
  it('become one static list that decides every request as the router does', () => {
    fc.assert(
      fc.property(rulesOf(8), rules => {
        const list = rankRules(rules, ranking);
        expect(disagreements(request => [firstMatch(list, request), routed(rules, request, ranking)])).toEqual([]);
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it('keep the written order after completion, unless a conflict is reported', () => {
    let without = 0;
    let added = 0;
    fc.assert(
      fc.property(rulesOf(7), rules => {
        const completed = completeOrder(rules, ranking);
        added += completed.rules.length > rules.length ? 1 : 0;
        if (completed.conflicts.some(conflict => conflict.kind === 'reversed')) return;
        without += 1;
        const answers = (request: Request) =>
          [routed(completed.rules, request, ranking), firstMatch(rules, request)] as const;
        expect(disagreements(answers)).toEqual([]);
      }),
      { seed: 12, numRuns: 150 },
    );
    expect(without).toBeGreaterThan(50);
    expect(added).toBeGreaterThan(25);
  });

  it('tell after completion what the router does, conflict or not', () => {
    fc.assert(
      fc.property(rulesOf(7), rules => {
        const completed = completeOrder(rules, ranking);
        const list = rankedOrder(completed, ranking);
        const answers = (request: Request) =>
          [firstMatch(list, request), routed(completed.rules, request, ranking)] as const;
        expect(disagreements(answers)).toEqual([]);
      }),
      { seed: 13, numRuns: 150 },
    );
  });

  it('need nothing more once completed', () => {
    fc.assert(
      fc.property(rulesOf(6), rules => {
        const list = rankedOrder(completeOrder(rules, ranking), ranking);
        const again = completeOrder(list, ranking);
        expect(again.conflicts).toEqual([]);
      }),
      { seed: 14, numRuns: 150 },
    );
  });
});

const rule = (id: string, path: PathMatch, headers: readonly HeaderMatch[] = []): Rule => ({
  id,
  match: { path, ...(headers.length > 0 ? { headers } : {}) },
  action: { id, target: { kind: 'respond', response: { status: 200 } } },
});
const prefix = (value: string): PathMatch => ({ kind: 'segmentPrefix', value });
const regex = (pattern: string): PathMatch => ({
  kind: 'regex',
  regex: { pattern, dialect: 're2', anchoring: 'full' },
});

describe('completing an order', () => {
  it('repeats a later, more specific match under the earlier rule', () => {
    const { rules, conflicts } = completeOrder(
      [rule('canary', prefix(''), [header('x', '1')]), rule('api', prefix('/api'))],
      envoyLike,
    );
    expect(conflicts).toEqual([]);
    expect(rules.map(({ id, action, match }) => [id, action.id, match.path])).toEqual([
      ['canary', 'canary', prefix('')],
      ['canary+api', 'canary', prefix('/api')],
      ['api', 'api', prefix('/api')],
    ]);
  });

  it('adds nothing when the specific rule stands first', () => {
    const { rules } = completeOrder([rule('api', prefix('/api')), rule('rest', prefix(''))], envoyLike);
    expect(rules).toHaveLength(2);
  });

  it('leaves out what an earlier rule takes wholly', () => {
    const { rules, shadowed } = completeOrder([rule('all', prefix('')), rule('dead', prefix('/api'))], envoyLike);
    expect(rules.map(({ id }) => id)).toEqual(['all']);
    expect(shadowed.map(({ id }) => id)).toEqual(['dead']);
  });

  it('reports an expression before a catch-all prefix, which an expression cannot beat', () => {
    const { conflicts } = completeOrder([rule('re', regex('/a.*')), rule('rest', prefix(''))], envoyLike);
    expect(conflicts.map(({ earlier, later, kind }) => [earlier.id, later.id, kind])).toEqual([
      ['re', 'rest', 'reversed'],
    ]);
  });

  it('calls the place of an expression unspecified where the usual one keeps the order', () => {
    const ranking: Ranking = { ...envoyLike, regexSpecified: false };
    const { conflicts } = completeOrder([rule('api', prefix('/api')), rule('re', regex('/a.*'))], ranking);
    expect(conflicts.map(({ kind }) => kind)).toEqual(['unspecified']);
  });

  it('has no quarrel with an expression that meets no other rule', () => {
    const ranking: Ranking = { ...envoyLike, regexSpecified: false };
    const { conflicts } = completeOrder([rule('re', regex('/users/[0-9]+')), rule('api', prefix('/api'))], ranking);
    expect(conflicts).toEqual([]);
  });

  it('rewrites by the same amount when the added match is longer', () => {
    const base = rule('canary', prefix('/a'), [header('x', '1')]);
    const moved: Rule = {
      ...base,
      action: { ...base.action, rewrite: { path: { kind: 'segmentPrefix', value: '/z' } } },
    };
    const { rules } = completeOrder(
      [moved, rule('b', prefix('/a/b')), rule('c', { kind: 'exact', value: '/a/c' })],
      envoyLike,
    );
    expect(rules.map(({ id, action }) => [id, action.rewrite?.path])).toEqual([
      ['canary', { kind: 'segmentPrefix', value: '/z' }],
      ['canary+b', { kind: 'segmentPrefix', value: '/z/b' }],
      ['canary+c', { kind: 'full', value: '/z/c' }],
      ['b', undefined],
      ['c', undefined],
    ]);
  });
});
