import { testHolds } from '../asking.ts';
import type { Inquiry } from '../inquiry.ts';
import { solve } from '../language/solve.ts';
import type { Explanation } from '../outcome.ts';
import { type Draft, withPath } from '../samples/draft.ts';
import { disguised } from '../samples/text-values.ts';
import type { Exploration, RequestClass } from './explore.ts';
import type { Names } from './solve-part.ts';

/** Whether proxies on the way look at paths that were made tidy in different ways. */
const seesUntidy = (classes: readonly Pick<RequestClass<unknown>, 'inquiries'>[]): boolean => {
  const ways = new Set<string>();
  for (const { inquiries } of classes) {
    for (const { asks } of inquiries) if (asks.kind === 'text' && asks.tidied) ways.add(asks.tidied);
  }
  return ways.size > 1;
};

const repeatsPath = ({ outcome }: Explanation): boolean =>
  outcome.rewrite?.path !== undefined || outcome.location !== undefined;

/** Another path of the same class, longer than the first: what is made of the path then shows on more than one. */
const anotherPath = ({ draft, inquiries }: { draft: Draft; inquiries: readonly Inquiry[] }): Draft | undefined => {
  const wanted = inquiries.flatMap(({ part, asks, holds }) =>
    part === 'path' && asks.kind === 'text' ? { test: asks.test, holds } : [],
  );
  for (const tail of ['x/y', '/x/y']) {
    const path = `${draft.path}${tail}`;
    if (!path.includes('//') && wanted.every(({ test, holds }) => testHolds(test, path) === holds))
      return withPath(path)(draft);
  }
  const found = solve('path', [...wanted, { test: { kind: 'exact', value: draft.path }, holds: false }]);
  return found.kind === 'text' ? withPath(found.text)(draft) : undefined;
};

/**
 * Requests beside those that stand for their classes. Where an answer repeats the path, another path; where proxies tidy
 * paths in different ways, untidy spellings.
 */
export const otherPaths = function* ({
  classes,
  spared,
}: Exploration<{ readonly answers: { readonly a: Explanation; readonly b: Explanation } }>): Generator<Draft> {
  for (const one of classes) {
    const { a, b } = one.result.answers;
    const other = repeatsPath(a) || repeatsPath(b) ? anotherPath(one) : undefined;
    if (other) yield other;
  }
  const all = [...classes, ...spared];
  if (!seesUntidy(all)) return;
  for (const { draft } of all) {
    for (const path of disguised(draft.path)) yield withPath(path)(draft);
  }
};

/** A Host that nobody names. */
export const foreignHost = 'somebody.example';

/** A plain request with other Hosts. */
export const otherHosts = (draft: Draft, { hosts }: Names): readonly (Draft & { readonly authority: string })[] =>
  [...hosts, foreignHost].flatMap(authority => (authority === undefined ? [] : { ...draft, authority }));

/** Whether a Host means another place than the usual one, as far as anybody asks what it means. */
export const meansElsewhere = (inquiries: readonly Inquiry[]): boolean =>
  inquiries.some(({ asks }) => asks.kind === 'one' && asks.bound && !asks.accepts(undefined));
