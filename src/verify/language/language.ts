/**
 * Questions about sets of texts, decided exactly: which path, method, host or header value passes these tests and fails
 * those? The answer is a text, or that there is none.
 */
import type { PathMatch, TextMatch } from '../../model/match.ts';
import { templateRegex } from '../access-clause.ts';
import { pathMatches } from '../matches.ts';
import { regexMatches } from '../regex.ts';
import { textMatches } from '../text-match.ts';
import { decode } from './decoding.ts';

/** What is asked of one text. A `template` is a path with `{*}` for one segment and `{**}` for anything. */
export type TextTest = TextMatch | PathMatch | { readonly kind: 'template'; readonly template: string };

/** A test with the result it should have. */
export interface Wanted {
  readonly test: TextTest;
  /** Whether the test looks at the text decoded; in the domain `query` only. Absent: it does not. */
  readonly decoded?: boolean;
  readonly holds: boolean;
}

/** `unknown`: the automata grew beyond the budget, and no text was found by trying. */
export type Solution =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly why: string };

/** What `simulate` says of one text and one test: what the automata must agree with. */
export const passes = (test: TextTest, text: string): boolean => {
  if (test.kind === 'template') return regexMatches(templateRegex(test.template), text);
  return test.kind === 'segmentPrefix' ? pathMatches(test, text) : textMatches(test, text);
};

/** Whether a text, one of its domain, has the result that is wanted. */
export const agrees = ({ test, decoded, holds }: Wanted, text: string): boolean =>
  passes(test, decoded ? decode(text) : text) === holds;
