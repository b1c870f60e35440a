import { approximated, refused, type Verdict, within } from '../../../adapter/disposition.ts';
import type { MatchJudge, RuleContext } from '../../../adapter/judge.ts';
import { re2, regexVerdict } from '../../../adapter/re2.ts';
import type { HeaderMatch, PathMatch, QueryMatch, TextMatch } from '../../../model/match.ts';
import { textPattern } from '../../../native/gateway-api/regex-text.ts';
import { listenerBehind } from './gateway/listeners.ts';
import type { Judging } from './judging.ts';

export const httpMethods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'];

/** What becomes of each part of a match. What has no word takes its rule along: a rule may get narrower, never wider. */
export const matchJudge = (judging: Judging): MatchJudge => ({
  path: pathVerdict,
  method: methodVerdict,
  scheme: () => refused('scheme-match', 'routes cannot look at the scheme'),
  authority: (authority, { frontend }) =>
    frontend.listens.kind === 'listener'
      ? refused('authority-match', 'a rule at a gateway cannot look at the Host; only the whole route has host names', {
          workaround: 'give the host a route of its own',
        })
      : textVerdict(authority),
  header: (header, at) => (at.frontend.listens.kind === 'listener' ? gatewayHeader(header, at) : headerVerdict(header)),
  query: (query, at) =>
    (at.frontend.listens.kind === 'listener' ? repeats(query, at.rule.match.query) : undefined) ?? queryVerdict(query),
  claim: () => refused('claim-match', 'routes cannot look at token claims'),
  port: (port, at) => portVerdict(port, at, judging),
  sni: () => refused('tls-route', 'nothing is routed by server name'),
  addresses: () => refused('address-match', 'routes cannot look at destination addresses'),
  caller: () =>
    refused('caller-match', 'a router is for all callers of a service', {
      workaround: 'give these callers a service of its own to call',
    }),
});

const pathVerdict = (path: PathMatch): Verdict<PathMatch> => {
  if (path.kind === 'regex') return within(regexVerdict(path.regex), regex => ({ kind: 'regex', regex }));
  if (!path.value.startsWith('/') && path.value !== '') {
    return refused('path-never', `no path begins with \`${path.value}\``, { effect: 'none' });
  }
  return 'applied';
};

/** Consul takes a list of the methods that it knows. */
const methodVerdict = (method: TextMatch): Verdict<TextMatch> =>
  methodsOf(method)
    ? 'applied'
    : refused('method-match', 'methods are listed one by one, in capitals', {
        workaround: 'write the methods that are meant',
      });

/** The methods that a match lists; undefined for any other match. */
export const methodsOf = (method: TextMatch): readonly string[] | undefined => {
  const texts =
    method.kind === 'exact' ? [method.value] : method.kind === 'regex' ? method.regex.pattern.split('|') : [];
  return texts.length > 0 && texts.every(text => httpMethods.includes(text)) ? texts : undefined;
};

function textVerdict(match: TextMatch): Verdict<TextMatch> {
  if (match.kind === 'regex') return within(regexVerdict(match.regex), regex => ({ kind: 'regex', regex }));
  if (match.kind === 'present' || !match.ignoreCase) return 'applied';
  const value: TextMatch = { kind: 'regex', regex: re2(textPattern(match)) };
  return approximated(value, 'ignore-case', 'a value without regard to case is written as an expression', {
    effect: 'none',
  });
}

const headerVerdict = (header: HeaderMatch): Verdict<HeaderMatch> => {
  if (header.name.startsWith(':') && header.name !== ':authority') {
    return refused('header-pseudo', `\`${header.name}\` is no header for a route`);
  }
  const verdict = within(textVerdict(header.match), match => ({ ...header, match }));
  if (header.repeated === 'any' || (verdict !== 'applied' && verdict.result === 'refused')) return verdict;
  const match = verdict === 'applied' ? header.match : verdict.value.match;
  const message = `each line of \`${header.name}\` is compared on its own; any of them is enough`;
  return approximated({ ...header, match, repeated: 'any' }, 'header-values', message);
};

/** At a gateway: a value, or an expression; that a header is absent, or has another value, has no words. */
const gatewayHeader = (header: HeaderMatch, { rule }: RuleContext): Verdict<HeaderMatch> => {
  const { name, inverted, match, missing } = header;
  if (name.startsWith(':')) return refused('header-pseudo', `\`${name}\` is no header for a route`);
  if (inverted) {
    return match.kind === 'present'
      ? refused('header-absent', `a gateway cannot ask for header \`${name}\` to be absent`)
      : refused('header-negation', `a gateway cannot ask for header \`${name}\` not to have a value`);
  }
  const twice = repeats(header, rule.match.headers);
  if (twice) return twice;
  const verdict = headerVerdict({ ...header, missing: 'noMatch' });
  if (missing === 'noMatch' || (verdict !== 'applied' && verdict.result === 'refused')) return verdict;
  const value = verdict === 'applied' ? { ...header, missing: 'noMatch' as const } : verdict.value;
  return approximated(value, 'header-values', `any of several lines of \`${name}\` is enough, and none is none`);
};

/** A match of HTTPRoute names each header and each parameter once. */
const repeats = <T extends { readonly name: string }>(one: T, all: readonly T[] = []) => {
  const first = all.find(({ name }) => name === one.name);
  return first === undefined || first === one
    ? undefined
    : refused('match-twice', `a rule at a gateway looks at \`${one.name}\` once`);
};

const queryVerdict = (query: QueryMatch): Verdict<QueryMatch> => {
  const verdict = within(textVerdict(query.match), match => ({ ...query, match }));
  if ((query.repeated === 'first' && !query.decoded) || (verdict !== 'applied' && verdict.result === 'refused')) {
    return verdict;
  }
  const match = verdict === 'applied' ? query.match : verdict.value.match;
  const value: QueryMatch = { ...query, match, repeated: 'first', decoded: false };
  return approximated(value, 'query-values', `only the first value of \`${query.name}\` is compared, as it was sent`);
};

const portVerdict = (port: number, { frontend }: RuleContext, judging: Judging): Verdict<number> => {
  const { listens } = frontend;
  if (listens.kind === 'listener') {
    return listenerBehind(listens, judging)?.port === port
      ? 'applied'
      : refused('port-match', `nobody comes to this listener by port ${port}`, { effect: 'none' });
  }
  const ports = listens.kind === 'service' ? judging.services.get(listens.service)?.ports : undefined;
  const [only, ...more] = ports ?? [];
  if (only?.port === port && more.length === 0) return 'applied';
  return refused('port-match', `port ${port} cannot be told from the others: a router is for all of a service`, {
    workaround: 'give the port a Service of its own',
  });
};
