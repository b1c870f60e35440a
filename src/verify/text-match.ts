import type { TextMatch } from '../model/match.ts';
import type { Notes } from './findings.ts';
import { isEvaluable, regexMatches } from './regex.ts';

const folded = (text: string, ignoreCase: boolean | undefined): string => (ignoreCase ? text.toLowerCase() : text);

/** Whether a value that is there is taken. Whether an absent one is, is for the caller to say. */
export const textMatches = (match: TextMatch, value: string, notes?: Notes): boolean => {
  switch (match.kind) {
    case 'present':
      return true;
    case 'exact':
      return folded(value, match.ignoreCase) === folded(match.value, match.ignoreCase);
    case 'prefix':
      return folded(value, match.ignoreCase).startsWith(folded(match.value, match.ignoreCase));
    case 'suffix':
      return folded(value, match.ignoreCase).endsWith(folded(match.value, match.ignoreCase));
    case 'regex':
      if (!isEvaluable(match.regex)) {
        notes?.caveat('VERIFY001', `the regular expression \`${match.regex.pattern}\` cannot be evaluated`);
        return false;
      }
      return regexMatches(match.regex, value);
  }
};
