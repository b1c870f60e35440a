import { testHolds } from '../asking.ts';
import type { Inquiry } from '../inquiry.ts';
import { solve } from '../language/solve.ts';
import type { Explanation } from '../outcome.ts';
import { type Draft, withPath } from '../samples/draft.ts';
import { disguised } from '../samples/text-values.ts';
import type { RequestClass } from './explore.ts';
import type { Names } from './solve-part.ts';

/** Whether proxies on the way look at paths that were made tidy in different ways. */
const seesUntidy = (inquiries: readonly Inquiry[]): boolean => {
  const ways = new Set(inquiries.flatMap(({ asks }) => (asks.kind === 'text' && asks.tidied ? asks.tidied : [])));
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
export const otherPaths = function* (
  classes: readonly RequestClass<{ readonly answers: { readonly a: Explanation; readonly b: Explanation } }>[],
): Generator<Draft> {
  for (const one of classes) {
    const { a, b } = one.result.answers;
    if (repeatsPath(a) || repeatsPath(b)) {
      const other = anotherPath(one);
      if (other) yield other;
    }
    if (seesUntidy(one.inquiries)) {
      for (const path of disguised(one.draft.path)) yield withPath(path)(one.draft);
    }
  }
};

/** A plain request with other spellings of the Host. */
export const otherHosts = function* (draft: Draft, { hosts }: Names): Generator<Draft> {
  for (const authority of hosts) if (authority !== undefined) yield { ...draft, authority };
  yield { ...draft, authority: 'somebody.example' };
};
