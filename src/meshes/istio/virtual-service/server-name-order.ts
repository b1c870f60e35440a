import type { Rule } from '../../../model/frontend.ts';
import { hostMatches } from '../../../model/match.ts';
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
