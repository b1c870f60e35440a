import { regexMatches } from '../regex.ts';
import { alphabet, codes } from './alphabet.ts';

/** A set of characters: 1 at the code of each member. */
export type Characters = Uint8Array;

const charactersOf = (members: readonly number[]): Characters => {
  const set = new Uint8Array(codes);
  for (const code of members) set[code] = 1;
  return set;
};

export const everyCharacter: Characters = charactersOf(alphabet);

const single = alphabet.reduce((sets, code) => sets.set(code, charactersOf([code])), new Map<number, Characters>());
const noCharacter = charactersOf([]);

/** One character, as it is; outside the alphabet it is never read. */
export const onlyCharacter = (code: number): Characters => single.get(code) ?? noCharacter;

const known = new Map<string, Characters>();

/**
 * The members of a part of a pattern that takes one character: a class, an escape, a folded letter. Every character of
 * the alphabet is put to the engine itself, so POSIX, Perl and Unicode classes and case folding need no second account.
 */
export const membersOf = (source: string, flags: string): Characters => {
  const pattern = flags === '' ? source : `(?${flags})${source}`;
  let members = known.get(pattern);
  if (!members) {
    const taken = (code: number): boolean =>
      regexMatches({ pattern, dialect: 're2', anchoring: 'full' }, String.fromCharCode(code));
    members = charactersOf(alphabet.filter(taken));
    known.set(pattern, members);
  }
  return members;
};
