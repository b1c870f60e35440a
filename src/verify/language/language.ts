/**
 * Questions about sets of texts, decided exactly: which path, method, host or header value passes these tests and fails
 * those? The answer is a text, or that there is none.
 */
import { testHolds } from '../asking.ts';
import type { TextTest } from '../inquiry.ts';
import { decode } from './decoding.ts';

export type { TextTest };

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

/** Whether a text, one of its domain, has the result that is wanted. */
export const agrees = ({ test, decoded, holds }: Wanted, text: string): boolean =>
  testHolds(test, decoded ? decode(text) : text) === holds;
