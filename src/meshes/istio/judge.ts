import type { WriteTarget } from '../../adapter/adapter.ts';
import { approximated, refused, type Verdict } from '../../adapter/disposition.ts';
import type { Judge } from '../../adapter/judge.ts';
import type { HeaderMatch, PathMatch, QueryMatch, TextMatch } from '../../model/match.ts';
import type { MeshDefaults } from '../../model/mesh.ts';
import type { Model } from '../../model/model.ts';
import { destinationJudge } from './destination-rule/judge.ts';
import { securityWriting } from './security/writing/emit.ts';
import { securityJudge } from './security/writing/judge.ts';
import { entryJudge } from './service-entry/judge.ts';
import { escapeRe2, re2 } from './virtual-service/text-match.ts';

/** What Istio makes of each leaf. Nearly everything has a form; the rest says what differs. */
export const routeJudge: Pick<
  Judge,
  | 'frontend'
  | 'noMatch'
  | 'order'
  | 'path'
  | 'method'
  | 'scheme'
  | 'authority'
  | 'header'
  | 'query'
  | 'claim'
  | 'port'
  | 'sni'
  | 'addresses'
  | 'caller'
  | 'backend'
  | 'weights'
  | 'redirect'
  | 'directResponse'
  | 'timeout'
  | 'retry'
  | 'faultDelay'
  | 'faultAbort'
  | 'mirror'
  | 'cors'
  | 'headerEdits'
  | 'rewriteHost'
  | 'rewritePath'
> = {
  frontend: () => 'applied',
  noMatch: (noMatch, frontend) => {
    if (noMatch.kind === 'respond' && noMatch.status === 404) return 'applied';
    if (noMatch.kind === 'passToService' && (frontend.listens.kind === 'service' || frontend.protocol === 'tcp'))
      return 'applied';
    return approximated({ kind: 'respond', status: 404 }, 'no-match', 'requests that no rule takes get a 404');
  },
  order: () => 'applied',
  path: path => pathVerdict(path),
  method: method => textVerdict(method),
  scheme: scheme => textVerdict(scheme),
  authority: authority => textVerdict(authority),
  header: header => headerVerdict(header),
  query: query => queryVerdict(query),
  claim: () => 'applied',
  port: () => 'applied',
  sni: () => 'applied',
  addresses: () => 'applied',
  caller: caller => {
    if ((caller.namespaces?.length ?? 0) > 1) {
      return refused('caller-match', 'a rule can be for one namespace of callers, not for several', {
        workaround: 'write one rule for each namespace',
      });
    }
    return 'applied';
  },
  backend: () => 'applied',
  weights: () => 'applied',
  redirect: redirect =>
    [301, 302, 303, 307, 308].includes(redirect.status.value)
      ? 'applied'
      : refused('redirect-status', `status ${redirect.status.value} is accepted by the API and breaks the route table`),
  directResponse: () => 'applied',
  timeout: timeout => {
    if (timeout.field !== 'idle') return 'applied';
    return refused('timeout-idle', 'an idle timeout belongs to a destination, not to a route', {
      workaround: 'set connectionPool.http.idleTimeout in a DestinationRule',
    });
  },
  retry: retry => {
    if (retry.field === 'budget') {
      return refused('retry-budget', 'a retry budget belongs to a destination, not to a route', {
        workaround: 'set trafficPolicy.retryBudget in a DestinationRule',
      });
    }
    return 'applied';
  },
  faultDelay: () => 'applied',
  faultAbort: () => 'applied',
  mirror: () => 'applied',
  cors: () => 'applied',
  headerEdits: () => 'applied',
  rewriteHost: () => 'applied',
  rewritePath: () => 'applied',
};

const pathVerdict = (path: PathMatch): Verdict<PathMatch> => {
  if (path.kind !== 'regex') return 'applied';
  return path.regex.dialect === 're2' && path.regex.anchoring === 'full'
    ? 'applied'
    : {
        result: 'approximated',
        value: { kind: 'regex', regex: asRe2(path.regex) },
        loss: dialectLoss(path.regex.dialect),
      };
};

/** Rust's and PCRE's common subset reads the same in RE2; what lies outside is found by validation of the pattern. */
const asRe2 = (regex: { readonly pattern: string; readonly anchoring: 'full' | 'partial' }) =>
  re2(regex.anchoring === 'full' ? regex.pattern : `.*(?:${regex.pattern}).*`);

const dialectLoss = (dialect: string) =>
  refused('regex-dialect', `the expression was written for another engine (${dialect}); RE2 reads it`, {
    effect: 'none',
  }).loss;

const textVerdict = (match: TextMatch): Verdict<TextMatch> => {
  if (match.kind === 'suffix') {
    return {
      result: 'approximated',
      value: { kind: 'regex', regex: re2(`.*${escapeRe2(match.value)}`) },
      loss: asRegex,
    };
  }
  if (match.kind === 'regex' && (match.regex.dialect !== 're2' || match.regex.anchoring !== 'full')) {
    return {
      result: 'approximated',
      value: { kind: 'regex', regex: asRe2(match.regex) },
      loss: dialectLoss(match.regex.dialect),
    };
  }
  return 'applied';
};

const asRegex = refused('suffix-as-regex', 'a suffix is written as a regular expression', { effect: 'none' }).loss;

const headerVerdict = (header: HeaderMatch): Verdict<HeaderMatch> => {
  const verdict = textVerdict(header.match);
  if (verdict === 'applied') return verdict;
  return verdict.result === 'approximated' ? { ...verdict, value: { ...header, match: verdict.value } } : verdict;
};

const queryVerdict = (query: QueryMatch): Verdict<QueryMatch> => {
  if (query.repeated === 'first' && !query.decoded) return 'applied';
  const value: QueryMatch = { ...query, repeated: 'first', decoded: false };
  return approximated(value, 'query-values', 'only the first value of a parameter is compared, without decoding');
};

/** Everything that is not a route. */
const otherJudge: Omit<
  Judge,
  | keyof typeof routeJudge
  | keyof ReturnType<typeof destinationJudge>
  | keyof ReturnType<typeof entryJudge>
  | keyof ReturnType<typeof securityJudge>
  | 'defaults'
> = {
  rateLimit: () => refused('rate-limit', 'there is no object for a local rate limit'),
  visibility: () => 'applied',
  egress: () => 'applied',
  gateway: () => 'applied',
  listener: () => 'applied',
  telemetry: () => 'applied',
  meshDefault: ({ field }) =>
    refused(`default-${field}`, `where nothing is said, ${ownDefaults[field]}`, {
      severity: field === 'access' ? 'security' : 'behaviour',
      workaround: 'set it in MeshConfig, or for the hosts that need it',
    }),
};

/** What Istio does by itself (meshes.md A.1.3). */
const ownDefaults: Readonly<Record<keyof MeshDefaults, string>> = {
  retries: 'a request that could not be sent is tried twice more',
  timeouts: 'a request may take as long as it takes',
  loadBalancing: 'the endpoint with the fewest requests is picked',
  connectionLimits: 'a connection that is not there after ten seconds has failed, and nothing else is limited',
  outlierDetection: 'no endpoint is taken out',
  access: 'everyone may call',
};

export const judgeFor = (model: Model, target: WriteTarget): Judge => ({
  defaults: target.mesh.defaults,
  ...routeJudge,
  ...destinationJudge(model),
  ...entryJudge(target),
  ...otherJudge,
  ...securityJudge(securityWriting(model, target)),
});
