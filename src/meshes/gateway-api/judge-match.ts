import { approximated, refused, type Verdict } from '../../adapter/disposition.ts';
import type { MatchJudge } from '../../adapter/judge.ts';
import type { Rule } from '../../model/frontend.ts';
import type { HeaderMatch, PathMatch, QueryMatch, Regex, TextMatch } from '../../model/match.ts';
import { pathPattern } from '../../native/gateway-api/regex-text.ts';
import type { Judging } from './judging.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'];

/** What becomes of each part of a match. What has no word takes its rule along: a rule may get narrower, never wider. */
export const matchJudge = (judging: Judging): MatchJudge => ({
  path: (path, { rule }) => replacedByText(path, rule) ?? pathVerdict(path, judging.profile.regex),
  method: method =>
    method.kind === 'exact' && methods.includes(method.value)
      ? 'applied'
      : refused('method-match', 'a method is matched as one of those of HTTP, in capitals', {
          workaround: 'write one match for each method',
        }),
  scheme: () => refused('scheme-match', 'routes cannot look at the scheme'),
  authority: (_, { frontend }) =>
    refused(
      'authority-match',
      frontend.listens.kind === 'service'
        ? 'a route in a mesh is found by its Service, and cannot look at the Host'
        : 'a rule cannot look at the Host; only the whole route has host names',
      { workaround: 'give the host a Service, or a route, of its own' },
    ),
  header: header => headerVerdict(header, judging),
  query: query => queryVerdict(query, judging),
  claim: () => refused('claim-match', 'routes cannot look at token claims'),
  port: (_, { frontend }) =>
    frontend.listens.kind === 'service'
      ? 'applied'
      : refused('port-match', 'a rule behind a listener cannot look at the port; the listener has it'),
  sni: (_, { frontend }) =>
    frontend.protocol === 'tls' ? 'applied' : refused('sni-match', 'only a TLSRoute looks at server names'),
  addresses: () => refused('address-match', 'routes cannot look at destination addresses'),
  caller: (caller, { frontend }) => {
    const { namespaces, labels, via, addresses } = caller;
    const home = frontend.listens.kind === 'service' ? frontend.listens.service.split('/')[0] : undefined;
    if (labels || via || addresses || !namespaces || home === undefined || frontend.clients.namespaces) {
      return refused('caller-match', 'callers can only be told apart by namespace, and only in a mesh');
    }
    if (!namespaces.includes(home)) return 'applied';
    return refused('caller-match', `a route in namespace \`${home}\`, where the Service lives, is for every caller`, {
      workaround: 'name the other namespaces in the rule',
    });
  },
});

/** Every path begins with `/`; only what stands in its place shows whether it was taken as a text or as a segment. */
const replacedByText = (path: PathMatch, { action }: Rule): Verdict<PathMatch> | undefined => {
  const redirected = action.target.kind === 'redirect' ? action.target.redirect.path : undefined;
  const replaced = action.rewrite?.path ?? redirected;
  if (path.kind !== 'prefix' || path.value !== '/') return undefined;
  if (replaced?.kind !== 'segmentPrefix' && replaced?.kind !== 'prefix') return undefined;
  const value: PathMatch = { kind: 'segmentPrefix', value: '' };
  return approximated(value, 'path-prefix', 'the prefix `/` is replaced by segments, and not as a text', {
    // A replacement of text says so itself.
    effect: replaced.kind === 'prefix' ? 'none' : 'differs',
  });
};

const pathVerdict = (path: PathMatch, regex: Pick<Regex, 'dialect' | 'anchoring'>): Verdict<PathMatch> => {
  if (path.kind === 'regex') return regexVerdict(path, path.regex, pathPattern(path), regex);
  if (path.kind !== 'segmentPrefix' && !path.value.startsWith('/') && path.value !== '') {
    return refused('path-never', `no path begins with \`${path.value}\``, { effect: 'none' });
  }
  if (path.kind !== 'exact' && /^\/?$/.test(path.value)) return 'applied';
  if (path.ignoreCase) {
    const value: PathMatch = { kind: 'regex', regex: { pattern: pathPattern(path), ...regex } };
    const message = 'a path without regard to case is written as an expression, whose rank is lower than a prefix';
    return approximated(value, 'path-ignore-case', message, { effect: 'none' });
  }
  if (path.kind !== 'prefix') return 'applied';
  const value: PathMatch = { kind: 'segmentPrefix', value: path.value.replace(/\/+$/, '') };
  const message = path.value.endsWith('/')
    ? `prefixes go by segment: \`${value.value}\` itself is now taken too`
    : `prefixes go by segment: paths like \`${path.value}bar\` are no longer taken`;
  return approximated(value, 'path-prefix', message);
};

/** Languages of expressions share what people write; where they do not, an implementation says so when it reads. */
const regexVerdict = <T>(
  value: T,
  written: Regex,
  pattern: string,
  wanted: Pick<Regex, 'dialect' | 'anchoring'>,
): Verdict<T> => {
  if (written.dialect === wanted.dialect && written.anchoring === wanted.anchoring) return 'applied';
  const moved = { ...value, regex: { pattern, ...wanted } };
  const message = `the expression was written for another engine (${written.dialect})`;
  return approximated(moved, 'regex-dialect', message, { effect: 'none' });
};

const textVerdict = (match: TextMatch, { profile }: Judging): Verdict<TextMatch> => {
  if (match.kind !== 'regex') return 'applied';
  const { pattern, anchoring } = match.regex;
  return regexVerdict(match, match.regex, anchoring === 'full' ? pattern : `.*(?:${pattern}).*`, profile.regex);
};

const headerVerdict = (header: HeaderMatch, judging: Judging): Verdict<HeaderMatch> => {
  if (header.inverted) {
    return header.match.kind === 'present'
      ? refused('header-absent', `a route cannot ask for header \`${header.name}\` to be absent`)
      : refused('header-negation', `a route cannot ask for header \`${header.name}\` not to have a value`);
  }
  if (header.name.startsWith(':')) return refused('header-pseudo', `\`${header.name}\` is no header for a route`);
  const { repeatedHeaders } = judging.profile;
  if (header.repeated !== repeatedHeaders || header.missing !== 'noMatch') {
    const value: HeaderMatch = { ...header, repeated: repeatedHeaders, missing: 'noMatch' };
    return approximated(
      value,
      'header-values',
      `any of several lines of \`${header.name}\` is enough, and none is none`,
    );
  }
  const verdict = textVerdict(header.match, judging);
  return verdict === 'applied' || verdict.result === 'refused'
    ? verdict
    : { ...verdict, value: { ...header, match: verdict.value } };
};

const queryVerdict = (query: QueryMatch, judging: Judging): Verdict<QueryMatch> => {
  const { repeatedQuery, decodesQuery } = judging.profile;
  if (query.repeated !== repeatedQuery || query.decoded !== decodesQuery) {
    const value: QueryMatch = { ...query, repeated: repeatedQuery, decoded: decodesQuery };
    const message = `of several values of \`${query.name}\` the first counts, as it was sent`;
    return approximated(value, 'query-values', message);
  }
  const verdict = textVerdict(query.match, judging);
  return verdict === 'applied' || verdict.result === 'refused'
    ? verdict
    : { ...verdict, value: { ...query, match: verdict.value } };
};
