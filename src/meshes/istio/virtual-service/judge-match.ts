import { approximated, refused, type Verdict, within } from '../../../adapter/disposition.ts';
import type { MatchJudge, RuleContext } from '../../../adapter/judge.ts';
import { regexVerdict } from '../../../adapter/re2.ts';
import type { Frontend } from '../../../model/frontend.ts';
import type { HeaderMatch, QueryMatch, TextMatch } from '../../../model/match.ts';
import type { Model } from '../../../model/model.ts';
import { layerOf } from './host-tables.ts';
import { serverNamesVerdict } from './server-names.ts';

const textVerdict = (match: TextMatch): Verdict<TextMatch> => {
  if (match.kind !== 'regex') return 'applied';
  return within(regexVerdict(match.regex), regex => ({ kind: 'regex', regex }));
};

const takesEmpty = (match: TextMatch): boolean => {
  if (match.kind === 'present') return true;
  return match.kind === 'regex' ? /^(?:\^?(?:\.\*|\(\.\*\))?\$?)$/.test(match.regex.pattern) : match.value === '';
};

/** Each name stands once among `headers` and once among `withoutHeaders`. */
const isSaidTwice = <T extends { readonly name: string; readonly match: TextMatch }>(
  one: T,
  all: readonly T[],
  isSame: (other: T) => boolean,
): boolean => all.slice(0, all.indexOf(one)).some(other => other.name === one.name && isSame(other));

const twice = (what: string) =>
  refused(`${what}-twice`, `two conditions on one ${what} cannot be asked for at once`, {
    workaround: 'write one regular expression for both',
  });

const headerVerdict = (header: HeaderMatch, { rule }: RuleContext): Verdict<HeaderMatch> => {
  const { headers = [] } = rule.match;
  if (isSaidTwice(header, headers, other => other.inverted === header.inverted)) return twice('header');
  const verdict = within(textVerdict(header.match), match => ({ ...header, match }));
  if (verdict !== 'applied') return verdict;
  const missing = header.inverted && header.match.kind !== 'present' ? 'empty' : 'noMatch';
  if (header.repeated !== 'any') {
    const value: HeaderMatch = { ...header, repeated: 'any', missing };
    return approximated(value, 'header-lines', 'each line of a header is compared on its own; any of them is enough');
  }
  if (header.missing === missing || !takesEmpty(header.match)) return 'applied';
  const message = `an absent \`${header.name}\` ${missing === 'empty' ? 'counts as empty' : 'does not count as empty'}`;
  return approximated({ ...header, missing }, 'header-missing', message);
};

const queryVerdict = (query: QueryMatch, { rule }: RuleContext): Verdict<QueryMatch> => {
  if (isSaidTwice(query, rule.match.query ?? [], () => true)) return twice('parameter');
  const verdict = within(textVerdict(query.match), match => ({ ...query, match }));
  if (verdict !== 'applied') return verdict;
  if (query.repeated === 'first' && !query.decoded) return 'applied';
  const value: QueryMatch = { ...query, repeated: 'first', decoded: false };
  return approximated(value, 'query-values', 'only the first value of a parameter is compared, without decoding');
};

const isHttp = (frontend: Frontend): boolean => layerOf(frontend) === 'http';

/** What a match can ask for. */
export const matchJudge = (model: Model): MatchJudge => ({
  path: path =>
    path.kind === 'regex' ? within(regexVerdict(path.regex), regex => ({ kind: 'regex', regex })) : 'applied',
  method: textVerdict,
  scheme: textVerdict,
  authority: textVerdict,
  header: headerVerdict,
  query: queryVerdict,
  claim: (claim, { rule, frontend }) => {
    if (frontend.listens.kind !== 'listener') {
      return refused('claim-match', 'claims of tokens are matched at gateways only', {
        workaround: 'decide by the token at the gateway, and pass on what it says in a header',
      });
    }
    const text = claim.path.join('.');
    const { claims = [] } = rule.match;
    const others = claims.slice(0, claims.indexOf(claim));
    const isRepeated = others.some(other => other.path.join('.') === text && other.inverted === claim.inverted);
    return isRepeated ? twice('claim') : within(textVerdict(claim.match), match => ({ ...claim, match }));
  },
  port: () => 'applied',
  sni: (names, at) => {
    if (layerOf(at.frontend) !== 'tls') {
      return refused('tls-route', 'a server name can be asked for only where TLS is passed on unopened');
    }
    // What is for a gateway alone takes nothing from those who find services in the mesh.
    return at.frontend.listens.kind === 'listener' ? 'applied' : serverNamesVerdict(names, at, model);
  },
  addresses: (_, { frontend }) =>
    isHttp(frontend) ? refused('tcp-route', 'requests cannot be routed by the address that was dialled') : 'applied',
  caller: caller =>
    caller.addresses
      ? refused('caller-address', 'rules can be for callers with labels or in a namespace, not at an address')
      : 'applied',
});
