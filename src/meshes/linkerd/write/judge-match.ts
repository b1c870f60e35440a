import { approximated, refused, type Verdict } from '../../../adapter/disposition.ts';
import type { MatchJudge } from '../../../adapter/judge.ts';
import type { HeaderMatch, PathMatch, QueryMatch, Regex, TextMatch } from '../../../model/match.ts';
import { pathPattern } from '../../../native/gateway-api/regex-text.ts';
import { hostOfText, hostText } from '../hostnames.ts';
import { rustRegex } from '../regex.ts';
import type { Judging } from './judging.ts';
import { toRust } from './rust-regex.ts';

export const httpMethods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'];

/** What becomes of each part of a match. What has no word takes its rule along: a rule may get narrower, never wider. */
export const matchJudge = (judging: Judging): MatchJudge => ({
  path: pathVerdict,
  method: method =>
    method.kind === 'exact' && httpMethods.includes(method.value)
      ? 'applied'
      : refused('method-match', 'a method is matched as one of those of HTTP, in capitals', {
          workaround: 'write one match for each method',
        }),
  scheme: () => refused('scheme-match', 'routes cannot look at the scheme'),
  authority: authorityVerdict,
  header: headerVerdict,
  query: queryVerdict,
  claim: () => refused('claim-match', 'routes cannot look at token claims'),
  port: (port, { frontend }) => {
    const { listens } = frontend;
    if (listens.kind === 'service' && (listens.port !== undefined || judging.portsOf(listens.service).length > 0))
      return 'applied';
    return refused('port-match', `port ${port} is one of a Service whose ports are not known`, {
      workaround: 'add the Service to the input',
    });
  },
  sni: (_, { frontend }) =>
    frontend.protocol === 'tls' ? 'applied' : refused('sni-match', 'only a TLSRoute looks at server names'),
  addresses: () => refused('address-match', 'routes cannot look at destination addresses'),
  caller: () =>
    refused('caller-match', 'a route is for everyone, or for the namespace it lies in, beside those for everyone', {
      workaround: 'move the rule to a route in the namespace of the clients',
    }),
});

const pathVerdict = (path: PathMatch): Verdict<PathMatch> => {
  if (path.kind === 'regex') return regexVerdict(path);
  if (!path.value.startsWith('/') && path.value !== '') {
    return refused('path-never', `no path begins with \`${path.value}\``, { effect: 'none' });
  }
  // Every path is taken, whatever its case.
  if (!path.ignoreCase || (path.kind !== 'exact' && /^\/?$/.test(path.value))) return 'applied';
  const value: PathMatch = { kind: 'regex', regex: rustRegex(`(?:${pathPattern(path)})$`) };
  return approximated(value, 'path-ignore-case', 'a path without regard to case is written as an expression', {
    effect: 'none',
  });
};

/** The same values are taken; where the language has no word for it, the rule goes. */
const regexVerdict = <T extends { readonly regex: Regex }>(value: T): Verdict<T> => {
  const regex = toRust(value.regex);
  if (!regex) {
    return refused('regex-dialect', `\`${value.regex.pattern}\` has a part that Rust’s expressions do not know`, {
      workaround: 'write the expression without it',
    });
  }
  if (regex.pattern === value.regex.pattern && regex.anchoring === value.regex.anchoring) return 'applied';
  const message = 'the expression is written for another engine, and takes the same values there';
  return approximated({ ...value, regex }, 'regex-dialect', message, { effect: 'none' });
};

const textVerdict = (match: TextMatch): Verdict<TextMatch> =>
  match.kind === 'regex' ? regexVerdict(match) : 'applied';

/** A host name of a route takes every port; anything else than a name or a suffix of labels has no form. */
const authorityVerdict = (authority: TextMatch): Verdict<TextMatch> => {
  const known = hostOfText(authority);
  if (known !== undefined) {
    const value = hostText(known);
    return JSON.stringify(value) === JSON.stringify(authority)
      ? 'applied'
      : approximated(value, 'regex-dialect', 'the host is written as a host name of the route', { effect: 'none' });
  }
  const host = hostNameOf(authority);
  if (host === undefined) {
    return refused(
      'authority-match',
      'a route has host names, or `*.` before one, and no other way to look at the Host',
    );
  }
  return approximated(hostText(host), 'authority-port', `host \`${host}\` is taken with any port`);
};

const hostNameOf = (match: TextMatch): string | undefined => {
  if (match.kind !== 'exact' && match.kind !== 'suffix') return undefined;
  const isName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/i;
  if (match.kind === 'exact')
    return isName.test(match.value) && !/^[\d.]+$/.test(match.value) ? match.value : undefined;
  return match.value.startsWith('.') && isName.test(match.value.slice(1)) ? `*${match.value}` : undefined;
};

const takesEmpty = (match: TextMatch): boolean =>
  match.kind === 'present' || match.kind === 'regex' || match.value === '';

const headerVerdict = (header: HeaderMatch): Verdict<HeaderMatch> => {
  if (header.inverted) {
    return header.match.kind === 'present'
      ? refused('header-absent', `a route cannot ask for header \`${header.name}\` to be absent`)
      : refused('header-negation', `a route cannot ask for header \`${header.name}\` not to have a value`);
  }
  if (header.name.startsWith(':') || header.name === 'host') {
    return refused('header-pseudo', `\`${header.name}\` is no header for a route`);
  }
  if (header.repeated !== 'any' || (header.missing !== 'noMatch' && takesEmpty(header.match))) {
    const value: HeaderMatch = { ...header, repeated: 'any', missing: 'noMatch' };
    const match = textVerdict(header.match);
    if (match !== 'applied' && match.result === 'refused') return match;
    const text = match === 'applied' ? header.match : match.value;
    const message = `any of several lines of \`${header.name}\` is enough, and none is none`;
    return approximated({ ...value, match: text }, 'header-values', message);
  }
  const verdict = textVerdict(header.match);
  if (verdict === 'applied' || verdict.result === 'refused') return verdict;
  return { ...verdict, value: { ...header, match: verdict.value } };
};

const queryVerdict = (query: QueryMatch): Verdict<QueryMatch> => {
  const verdict = textVerdict(query.match);
  if (verdict !== 'applied' && verdict.result === 'refused') return verdict;
  const match = verdict === 'applied' ? query.match : verdict.value;
  if (query.repeated !== 'any' || !query.decoded) {
    const value: QueryMatch = { ...query, match, repeated: 'any', decoded: true };
    return approximated(
      value,
      'query-values',
      `any of several values of \`${query.name}\` is enough, and they are decoded`,
    );
  }
  return verdict === 'applied' ? verdict : { ...verdict, value: { ...query, match } };
};
