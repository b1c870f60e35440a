/** The same questions about the values that a request has for one name of a header or query parameter. */
import { seen, testHolds } from '../asking.ts';
import type { ValuesTest } from '../inquiry.ts';
import { decode } from './decoding.ts';

/** What is asked of the values. `some` is what a rule for that name asks; without values it does not hold. */
export type SequenceTest = ValuesTest;

export interface WantedOfSequence {
  readonly test: SequenceTest;
  readonly holds: boolean;
}

export type SequenceSolution =
  | { readonly kind: 'values'; readonly values: readonly string[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly why: string };

/** What `simulate` says of these values and one test. */
export const sequencePasses = (test: SequenceTest, values: readonly string[]): boolean => {
  if (test.kind === 'absent') return values.length === 0;
  return seen(test.decoded ? values.map(decode) : values, test.repeated).some(value => testHolds(test.match, value));
};
