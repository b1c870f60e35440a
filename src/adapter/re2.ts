import type { Regex } from '../model/match.ts';
import { approximated, refused, type Verdict } from './disposition.ts';

/** An expression of Envoy's safe regex: RE2, the whole value must match (observed in two meshes that use it). */
export const re2 = (pattern: string): Regex => ({ pattern, dialect: 're2', anchoring: 'full' });

/** An expression that need not cover the whole value, as one that has to. */
export const regexText = ({ pattern, anchoring }: Regex): string =>
  anchoring === 'full' ? pattern : `.*(?:${pattern}).*`;

/** Words of other engines that RE2 does not know: look-around, atomic and possessive groups, references back. */
const foreignWords = /\(\?(?:[=!>]|<[=!])|[*+?}]\+|(?:^|[^\\])(?:\\\\)*\\[1-9]/;

/** An earlier alternative that is the beginning of a later one, an empty one, or a quantifier that takes little. */
const dependsOnOrder = (pattern: string): boolean => {
  if (/[*+?}]\?/.test(pattern)) return true;
  const groups = [pattern, ...[...pattern.matchAll(/\((?:\?:)?([^()]*)\)/g)].map(group => group[1] ?? '')];
  return groups.some(group => {
    const alternatives = group.split('|');
    return alternatives.some((text, index) => alternatives.slice(index + 1).some(later => later.startsWith(text)));
  });
};

/**
 * A regular expression as RE2 has it. The rust engine takes the first alternative that fits and compares the ends
 * afterwards, so that `a|ab` does not take `ab`; RE2 takes whatever covers the whole value.
 */
export const regexVerdict = (regex: Regex): Verdict<Regex> => {
  if (regex.dialect === 're2') return 'applied';
  if (foreignWords.test(regex.pattern)) {
    return refused('regex-dialect', `RE2 has no words for the expression \`${regex.pattern}\``, {
      workaround: 'write it without look-around, possessive groups and references back',
    });
  }
  if (regex.dialect !== 'rust' || regex.anchoring === 'partial' || !dependsOnOrder(regex.pattern)) return 'applied';
  const message = `RE2 tries all alternatives of \`${regex.pattern}\`, and so may take more`;
  return approximated(re2(regexText(regex)), 'regex-dialect', message);
};
