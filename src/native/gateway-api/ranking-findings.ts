import type { Rule } from '../../model/frontend.ts';
import { intersect } from './intersect.ts';
import { isUnspecified, preferred, type Ranking } from './ranking.ts';
import { type GatewayApiReading, report } from './reading.ts';
import type { Route } from './route.ts';

/**
 * Says where the order of a ranked list rests on something that the specification leaves open (GWAPI005), or on the
 * age of routes that the input does not tell (GWAPI009). Quadratic, and only done where there is such a thing at all.
 */
export const reportOpenOrder = (
  rules: readonly Rule[],
  routes: readonly Route[],
  ranking: Ranking,
  reading: GatewayApiReading,
): void => {
  const ageIsUnknown = routes.length > 1 && routes.some(({ created }) => created === undefined);
  const hasOpenRank = ranking.kind === 'specification' && !ranking.regexSpecified && rules.some(hasExpression);
  if (!ageIsUnknown && !hasOpenRank) return;
  for (const [at, first] of rules.entries()) {
    for (const second of rules.slice(at + 1)) {
      if (first.action === second.action) continue;
      const open = hasOpenRank && isUnspecified(first.match, second.match, ranking);
      const tie = !open && ageIsUnknown && isTie(first, second, ranking);
      if ((!open && !tie) || intersect(first.match, second.match) === 'disjoint') continue;
      const at = second.match.source ?? second.action.source;
      if (!at) continue;
      if (open) report(reading, 'GWAPI005', at, `\`${first.id}\` is taken to win over \`${second.id}\``);
      else report(reading, 'GWAPI009', at, `\`${first.id}\` is taken to be older than \`${second.id}\``);
    }
  }
};

const hasExpression = ({ match }: Rule): boolean => match.path?.kind === 'regex';

const objectOf = ({ action }: Rule): string => {
  const { object } = action.source ?? {};
  return `${object?.kind} ${object?.namespace}/${object?.name}`;
};

const isTie = (a: Rule, b: Rule, ranking: Ranking): boolean =>
  objectOf(a) !== objectOf(b) && !preferred(a.match, b.match, ranking) && !preferred(b.match, a.match, ranking);
