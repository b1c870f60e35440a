import { unique } from '../../../base/order.ts';
import { isSame } from '../../../base/same.ts';
import type { Rule } from '../../../model/frontend.ts';
import { hostMatches, type Match } from '../../../model/match.ts';
import { bySpecificity } from '../gateway/binding.ts';

const namesOf = ({ match }: Rule): readonly string[] => match.sni ?? [];

/** Whether a rule stands behind one for a wider name, and would never be asked in this order. */
const isHidden = (rule: Rule, index: number, rules: readonly Rule[]): boolean =>
  rules
    .slice(0, index)
    .some(earlier =>
      namesOf(earlier).some(wide => namesOf(rule).some(name => name !== wide && hostMatches(wide, name))),
    );

const apart = (rule: Rule): { readonly name: string; readonly rule: Rule }[] =>
  namesOf(rule).map((name, index, { length }) => ({
    name,
    rule: { ...rule, id: length === 1 ? rule.id : `${rule.id}.sni[${index}]`, match: { ...rule.match, sni: [name] } },
  }));

/**
 * Rules by server name in the order in which a proxy asks them: the most specific name wins, wherever its rule stands
 * (Envoy's filter chains; seen in the test bed, Istio 1.31 dev). Where the written order says the same, it is kept.
 */
export const byServerName = (rules: readonly Rule[]): Rule[] =>
  rules.some(isHidden)
    ? rules
        .flatMap(apart)
        .sort((a, b) => bySpecificity(a.name, b.name))
        .map(({ rule }) => rule)
    : [...rules];

/** All that a match asks beside the server name. */
const besideName = ({ sni: _, source: __, ...rest }: Match): Omit<Match, 'sni' | 'source'> => rest;

/** Whether everything that one match takes, whatever the server name, is taken by another as well. */
const takesAll = (wide: Match, narrow: Match): boolean => {
  const [asked, given] = [besideName(wide), besideName(narrow)];
  return Object.entries(asked).every(([key, value]) => isSame(value, given[key as keyof typeof given], sources));
};

const sources: ReadonlySet<string> = new Set(['source']);

/**
 * A decision list by server names in words that mean the same where the most specific name is asked first: what a rule for a
 * wider name takes before others is said of the narrower name too, and what is never asked is left out.
 */
export const saidByName = (rules: readonly Rule[]): Rule[] => {
  if (!rules.some(isHidden)) return [...rules];
  const names = unique(rules.flatMap(namesOf)).sort(bySpecificity);
  const nameless = rules.filter(rule => namesOf(rule).length === 0);
  const named = names.flatMap(name => {
    const said: Rule[] = [];
    for (const rule of rules) {
      const isFor = namesOf(rule).some(own => own === name || hostMatches(own, name));
      if (!isFor || said.some(({ match }) => takesAll(match, rule.match))) continue;
      said.push({ ...rule, id: `${rule.id} ${name}`, match: { ...rule.match, sni: [name] } });
    }
    return said;
  });
  return [...named, ...nameless];
};
