import fc, { type Arbitrary } from 'fast-check';
import type {
  ClaimMatch,
  HeaderMatch,
  Match,
  PathMatch,
  QueryMatch,
  Regex,
  TextMatch,
} from '../../../src/model/match.ts';
import type { Given } from '../../laws/world.ts';
import { oneOf, parts } from './parts.ts';

/** An expression that means the same in every language, anchored as the language has it. */
const expression = ({ dialect, anchoring }: Given, pattern: string): Regex => ({
  pattern: anchoring === 'full' ? pattern : `^(?:${pattern})$`,
  dialect,
  anchoring,
});

export const pathMatch = (given: Given): Arbitrary<PathMatch> => {
  const value = oneOf('/', '/a', '/a/b', '/ab', '/b');
  const segments = oneOf('', '/a', '/a/b', '/b');
  const ignoreCase = oneOf(false, false, false, true);
  const cased = <K extends 'exact' | 'prefix' | 'segmentPrefix'>(kind: K, values: Arbitrary<string>) =>
    fc
      .record({ value: values, ignoreCase })
      .map(
        ({ value: text, ignoreCase: any }): PathMatch => ({ kind, value: text, ...(any ? { ignoreCase: true } : {}) }),
      );
  return fc.oneof(
    cased('segmentPrefix', segments),
    cased('exact', value),
    cased('prefix', value),
    oneOf('/a/[0-9]+', '/(?:a|b)', '/a.*').map(
      (pattern): PathMatch => ({ kind: 'regex', regex: expression(given, pattern) }),
    ),
  );
};

const textMatch = (given: Given, values: Arbitrary<string>, pattern: string): Arbitrary<TextMatch> =>
  fc.oneof(
    { weight: 4, arbitrary: values.map((value): TextMatch => ({ kind: 'exact', value })) },
    { weight: 1, arbitrary: values.map((value): TextMatch => ({ kind: 'prefix', value: value.slice(0, 2) })) },
    { weight: 1, arbitrary: values.map((value): TextMatch => ({ kind: 'suffix', value: value.slice(-2) })) },
    { weight: 2, arbitrary: fc.constant<TextMatch>({ kind: 'regex', regex: expression(given, pattern) }) },
    { weight: 2, arbitrary: fc.constant<TextMatch>({ kind: 'present' }) },
  );

const headerMatch = (given: Given): Arbitrary<HeaderMatch> =>
  fc
    .record({
      name: oneOf('x-user', 'x-group'),
      match: textMatch(given, oneOf('ada', 'alan', 'bob'), 'a.*'),
      inverted: oneOf(false, false, true),
      empty: fc.boolean(),
      repeated: oneOf('any', 'any', 'joined'),
    })
    .map(({ empty, ...header }) => ({
      ...header,
      missing: header.inverted && header.match.kind !== 'present' && empty ? 'empty' : 'noMatch',
    }));

const queryMatch = (given: Given): Arbitrary<QueryMatch> =>
  fc.record({
    name: oneOf('page', 'size'),
    match: textMatch(given, oneOf('first', '10'), '[0-9]+'),
    repeated: oneOf('first', 'first', 'any'),
    decoded: oneOf(false, false, true),
  });

const claimMatch = (given: Given): Arbitrary<ClaimMatch> =>
  fc.record({
    path: oneOf(['group'], ['realm', 'role']),
    match: textMatch(given, oneOf('testers', 'admins'), 'test.*'),
    inverted: oneOf(false, false, true),
  });

const exactText = (...values: readonly string[]): Arbitrary<TextMatch> =>
  oneOf(...values).map(value => ({ kind: 'exact', value }));

/** Names are used once in a list: two conditions on one header are written in few languages. */
const conditions = <T>(one: Arbitrary<T>, name: (item: T) => string): Arbitrary<T[]> =>
  fc.uniqueArray(one, { minLength: 1, maxLength: 2, selector: name });

/** What a rule for requests asks for. */
export const requestMatch = (given: Given): Arbitrary<Match> =>
  parts<Match>({
    path: [65, pathMatch(given)],
    method: [20, fc.oneof(exactText('GET', 'POST', 'PUT'), textMatch(given, oneOf('POST', 'PUT'), 'P.*'))],
    scheme: [6, exactText('http', 'https')],
    authority: [8, fc.oneof(exactText('reviews', 'reviews.shop'), textMatch(given, oneOf('reviews.shop'), 'rev.*'))],
    headers: [30, conditions(headerMatch(given), ({ name }) => name)],
    query: [15, conditions(queryMatch(given), ({ name }) => name)],
    claims: [6, conditions(claimMatch(given), ({ path }) => path.join('.'))],
    port: [6, oneOf(9080, 9090)],
    caller: [
      12,
      fc.oneof(
        oneOf(['shop'], ['outside'], ['shop', 'outside']).map(namespaces => ({ namespaces })),
        oneOf('web', 'crawler').map(app => ({ labels: { app } })),
      ),
    ],
  });

/** What a rule for bytes or for TLS asks for. */
export const connectionMatch = (protocol: 'tcp' | 'tls'): Arbitrary<Match> =>
  parts<Match>({
    ...(protocol === 'tls' ? { sni: [90, oneOf(['ledger.example'], ['*.example'], ['a.example', 'b.example'])] } : {}),
    addresses: [25, oneOf(['10.1.0.0/16'], ['10.2.0.0/16'])],
    caller: [10, oneOf(['shop'], ['outside']).map(namespaces => ({ namespaces }))],
  });
