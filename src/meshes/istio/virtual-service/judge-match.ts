import { approximated, refused, type Verdict } from '../../../adapter/disposition.ts';
import type { Judge, RuleContext } from '../../../adapter/judge.ts';
import type { Frontend } from '../../../model/frontend.ts';
import type { HeaderMatch, QueryMatch, Regex, TextMatch } from '../../../model/match.ts';
import type { Model } from '../../../model/model.ts';
import { layerOf } from './host-tables.ts';
import { serverNamesVerdict } from './server-names.ts';
import { re2, regexText } from './text-match.ts';

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

const textVerdict = (match: TextMatch): Verdict<TextMatch> => {
  if (match.kind !== 'regex') return 'applied';
  return within(regexVerdict(match.regex), regex => ({ kind: 'regex', regex }));
};

/** A verdict about a part as one about the whole. */
export const within = <P, W>(verdict: Verdict<P>, whole: (part: P) => W): Verdict<W> => {
  if (verdict === 'applied' || verdict.result === 'refused') return verdict;
  return { ...verdict, value: whole(verdict.value) };
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
export const matchJudge = (
  model: Model,
): Pick<
  Judge,
  'path' | 'method' | 'scheme' | 'authority' | 'header' | 'query' | 'claim' | 'port' | 'sni' | 'addresses' | 'caller'
> => ({
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
  sni: (names, at) =>
    layerOf(at.frontend) === 'tls'
      ? serverNamesVerdict(names, at, model)
      : refused('tls-route', 'a server name can be asked for only where TLS is passed on unopened'),
  addresses: (_, { frontend }) =>
    isHttp(frontend) ? refused('tcp-route', 'requests cannot be routed by the address that was dialled') : 'applied',
  caller: caller =>
    caller.addresses
      ? refused('caller-address', 'rules can be for callers with labels or in a namespace, not at an address')
      : 'applied',
});
