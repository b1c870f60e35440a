/**
 * The characters that the automata read: visible ASCII, the space and the tab. Every domain is made of these, so what a
 * pattern says of other characters does not matter.
 */
const visible = Array.from({ length: 0x7f - 0x20 }, (_, index) => 0x20 + index);

/** Codes of all characters, the most readable first: a witness takes the first that will do. */
export const alphabet: readonly number[] = (() => {
  const classes = [/[a-z]/, /\d/, /[-/]/, /[._]/, /[A-Z]/, /[~:@,=]/, /[!-~]/, / /];
  const rank = (code: number): number => {
    const found = classes.findIndex(characters => characters.test(String.fromCharCode(code)));
    return found < 0 ? classes.length : found;
  };
  return [0x09, ...visible].sort((a, b) => rank(a) - rank(b) || a - b);
})();

/** One more than the largest code in the alphabet; all smaller numbers index tables. */
export const codes = 0x7f;

/** Where a sequence of values is read as one text, this code stands between two values; no value holds it. */
export const separator = 0;
