import { byAll, byText } from '../../../base/order.ts';
import { isSame } from '../../../base/same.ts';
import type { Frontend, NoMatch, Rule } from '../../../model/frontend.ts';
import { hostMatches, hostRank, type Match } from '../../../model/match.ts';
import { covers } from '../../../native/gateway-api/intersect.ts';
import { type CompletedOrder, rankedOrder } from '../../../native/gateway-api/order-completion.ts';
import { rankRules } from '../../../native/gateway-api/ranking.ts';
import { orderFor, passRuleId, rankingFor } from '../../../native/gateway-api/write-routes.ts';
import { gatewayProfile } from '../gateway-profile.ts';
import { hostOfText, hostText } from '../hostnames.ts';

/**
 * The part of a table that its routes for one port and one host name carry. Linkerd looks at the host name before
 * everything else, so routes for a host hold every rule that takes requests for it.
 */
export interface Variant {
  readonly port?: number;
  readonly host?: string;
  /** Without what the place of the routes says already. */
  readonly rules: readonly Rule[];
}

interface Known {
  readonly noMatch: NoMatch['kind'];
  readonly ports: readonly (number | undefined)[];
  readonly variants: readonly Variant[];
}

/** Variants are asked for when the order of a table is judged, and again when it is written. */
const known = new WeakMap<readonly Rule[], Known>();

/**
 * Host names first, the most specific before all others; then routes for any host. They are worked out once for a list
 * of rules, so that the order of each is, too (`orderFor`).
 */
export const variantsOf = (
  { noMatch: { kind: noMatch } }: Frontend,
  rules: readonly Rule[],
  ports: readonly (number | undefined)[],
): readonly Variant[] => {
  const before = known.get(rules);
  if (before && before.noMatch === noMatch && isSame(before.ports, ports)) return before.variants;
  const variants = makeVariants(noMatch, rules, ports);
  known.set(rules, { noMatch, ports, variants });
  return variants;
};

const makeVariants = (
  noMatch: NoMatch['kind'],
  rules: readonly Rule[],
  ports: readonly (number | undefined)[],
): readonly Variant[] =>
  ports.flatMap(port => {
    const here = rules.filter(({ match }) => match.port === undefined || match.port === port);
    const hosts = [
      ...new Set(here.flatMap(({ match }) => (match.authority ? (hostOfText(match.authority) ?? []) : []))),
    ].sort(byAll<string>((a, b) => hostRank(b) - hostRank(a), byText));
    const place = port === undefined ? {} : { port };
    const ofHosts = hosts.map(host => ({ host, rules: placed(here.filter(rule => isFor(rule, host))), ...place }));
    const ofAny = placed(here.filter(({ match }) => !match.authority));
    const saysNothing = ofAny.length === 0 && ofHosts.length > 0 && noMatch !== 'passToService';
    return saysNothing ? ofHosts : [...ofHosts, { rules: ofAny, ...place }];
  });

const isFor = ({ match }: Rule, host: string): boolean => {
  const named = match.authority && hostOfText(match.authority);
  return named === undefined || hostMatches(named, host);
};

const placed = (rules: readonly Rule[]): readonly Rule[] =>
  rules.map(rule => {
    const { port: _port, authority: _authority, ...match } = rule.match;
    return { ...rule, match };
  });

export const completedVariant = (variant: Variant, frontend: Frontend): CompletedOrder =>
  orderFor(variant.rules, frontend, gatewayProfile);

/**
 * The rules of a variant in the order in which they win, with the one that passes the rest on. Read back and written
 * again they stay as they are.
 */
export const rulesInOrder = (rules: readonly Rule[], frontend: Frontend): readonly Rule[] => {
  const table = { ...frontend, rules };
  const ranked = rankRules(orderFor(rules, table, gatewayProfile).rules, rankingFor(table, gatewayProfile));
  return ranked.filter((rule, at) => !ranked.slice(0, at).some(earlier => covers(earlier.match, rule.match)));
};

/** What all routes of a table together do, as one list in which the first match wins. */
export const rankedVariants = (frontend: Frontend, variants: readonly Variant[]): readonly Rule[] =>
  variants.flatMap(variant => {
    const where: Match = {
      ...(variant.port === undefined ? {} : { port: variant.port }),
      ...(variant.host === undefined ? {} : { authority: hostText(variant.host) }),
    };
    const table = { ...frontend, rules: variant.rules };
    return rankedOrder(completedVariant(variant, frontend), rankingFor(table, gatewayProfile))
      .filter(({ id }) => id !== passRuleId)
      .map(rule => ({ ...rule, match: { ...rule.match, ...where } }));
  });
