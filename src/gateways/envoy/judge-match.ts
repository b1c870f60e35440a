import { approximated, refused, type Verdict, within } from '../../adapter/disposition.ts';
import type { MatchJudge } from '../../adapter/judge.ts';
import { regexVerdict } from '../../adapter/re2.ts';
import type { HeaderMatch, PathMatch, QueryMatch, TextMatch } from '../../model/match.ts';
import type { Judging } from './judging.ts';
import { takesEmpty } from './text.ts';

/** What becomes of each part of a match; nearly all of it is a RouteMatch or HeaderMatcher of the same meaning. */
export const matchJudge = (_judging: Judging): MatchJudge => ({
  path: pathVerdict,
  method: textVerdict,
  scheme: textVerdict,
  authority: textVerdict,
  header: headerVerdict,
  query: queryVerdict,
  claim: () => refused('claim-match', 'no token is verified before the route is chosen'),
  port: (_, { frontend }) =>
    frontend.listens.kind === 'listener'
      ? refused('port-match', 'a rule behind a listener cannot look at the port; the listener has it')
      : 'applied',
  sni: () => refused('sni-match', 'server names are not looked at'),
  addresses: () => refused('address-match', 'the address that was dialled is that of the proxy'),
  caller: caller =>
    caller.namespaces || caller.labels || caller.via || caller.addresses
      ? refused('caller-match', 'one proxy serves all clients, and does not know who they are', {
          workaround: 'start a proxy for these clients alone, from their configuration alone',
        })
      : 'applied',
});

const pathVerdict = (path: PathMatch): Verdict<PathMatch> => {
  if (path.kind === 'regex') return within(regexVerdict(path.regex), regex => ({ kind: 'regex', regex }));
  if (path.value !== '' && !/^\/[^?#]*$/.test(path.value)) {
    return refused('path-never', `no path is or begins with \`${path.value}\``, { effect: 'none' });
  }
  return 'applied';
};

const textVerdict = (match: TextMatch): Verdict<TextMatch> =>
  match.kind === 'regex' ? within(regexVerdict(match.regex), regex => ({ kind: 'regex', regex })) : 'applied';

/**
 * Any of several lines is enough (observed, Envoy 1.40), and a missing one is no match before and after an inversion, or
 * an empty value (HeaderMatcher.treat_missing_header_as_empty).
 */
const headerVerdict = (header: HeaderMatch): Verdict<HeaderMatch> => {
  const { name, match, inverted, missing, repeated } = header;
  const isPresence = match.kind === 'present';
  const needsMissing = inverted && missing === 'noMatch' && !isPresence && takesEmpty(match);
  if (needsMissing) {
    return refused(
      'header-negation',
      `a missing \`${name}\` cannot be told from an empty one where both are asked for`,
    );
  }
  const seen: HeaderMatch = repeated === 'any' || isPresence ? header : { ...header, repeated: 'any' };
  const verdict = within(textVerdict(match), text => ({ ...seen, match: text }));
  if (verdict !== 'applied') return verdict;
  return seen === header
    ? 'applied'
    : approximated(seen, 'header-values', `any of several lines of \`${name}\` is enough`);
};

/** The first of several values counts, as it was sent (RouteMatch.query_parameters). */
const queryVerdict = (query: QueryMatch): Verdict<QueryMatch> => {
  const seen: QueryMatch = { ...query, repeated: 'first', decoded: false };
  const verdict = within(textVerdict(query.match), match => ({ ...seen, match }));
  if (verdict !== 'applied') return verdict;
  return query.repeated === 'first' && !query.decoded
    ? 'applied'
    : approximated(seen, 'query-values', `of several values of \`${query.name}\` the first counts, as it was sent`);
};
