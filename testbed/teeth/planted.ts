/** For each capability an error that somebody could make in reading or evaluating it. */
import type { AccessAttribute } from '../../src/model/capabilities/access.ts';
import type { LoadBalancing } from '../../src/model/capabilities/load-balancing.ts';
import type { CapabilityId } from '../../src/model/capability.ts';
import type { Subset } from '../../src/model/frontend.ts';
import type { Regex, TextMatch } from '../../src/model/match.ts';
import {
  at,
  each,
  inAccessRules,
  inActions,
  inBackends,
  inDestinations,
  inFrontends,
  inHeaders,
  inHeaderTexts,
  inMatches,
  inPaths,
  inSplits,
  type ModelChange,
  nothing,
  withoutConditions,
} from './edits.ts';

/** A model that is wrong about one capability. */
export interface PlantedError {
  /** What is wrong with it. */
  readonly what: string;
  readonly plant: ModelChange;
}

/** Nothing that happens in a bed depends on it; `why`. */
export interface Untried {
  readonly untried: string;
}

const partial = (regex: Regex): Regex => ({ ...regex, anchoring: 'partial' });

const someText: Regex = { pattern: '.+', dialect: 're2', anchoring: 'full' };

const anywhere = (match: TextMatch): TextMatch =>
  match.kind === 'regex' ? { ...match, regex: partial(match.regex) } : match;

const asPrefix = (match: TextMatch): TextMatch =>
  match.kind === 'exact' ? { kind: 'prefix', value: match.value } : match;

const about = (...attributes: readonly string[]) =>
  withoutConditions(({ attribute }) => isOneOf(attribute, attributes));

const isOneOf = (attribute: AccessAttribute, beginnings: readonly string[]): boolean =>
  beginnings.some(beginning => attribute === beginning || attribute.startsWith(beginning));

/** Versions of the bed go by a label. */
const other = (subset: Subset): Subset => {
  const { version } = subset.labels ?? {};
  if (version === undefined) return subset;
  return { ...subset, labels: { ...subset.labels, version: version === 'v1' ? 'v2' : 'v1' } };
};

/** What sticks to an endpoint, or what does not. */
const inTurn = (balancing: LoadBalancing, isHashed: boolean): LoadBalancing => {
  const { algorithm } = balancing;
  if ((algorithm.value.kind === 'consistentHash') !== isHashed) return balancing;
  return { ...balancing, algorithm: { ...algorithm, value: { kind: 'roundRobin' } } };
};

const error = (what: string, plant: ModelChange): PlantedError => ({ what, plant });

export const plantedErrors: Readonly<Record<CapabilityId, PlantedError | Untried>> = {
  'path-exact': error(
    'an exact path is a prefix',
    inPaths(path => (path.kind === 'exact' ? { ...path, kind: 'prefix' } : path)),
  ),
  'path-prefix': error(
    'a prefix goes by segments',
    inPaths(path =>
      path.kind === 'prefix' ? { ...path, kind: 'segmentPrefix', value: path.value.replace(/\/$/, '') } : path,
    ),
  ),
  'path-segment-prefix': error(
    'a prefix by segments is a prefix of the text',
    inPaths(path => (path.kind === 'segmentPrefix' ? { ...path, kind: 'prefix' } : path)),
  ),
  'path-regex': error(
    'an expression may stand anywhere in the path',
    inPaths(path => (path.kind === 'regex' ? { ...path, regex: partial(path.regex) } : path)),
  ),
  'path-ignore-case': error(
    'case matters',
    inPaths(path => ('ignoreCase' in path ? at(path, 'ignoreCase', nothing) : path)),
  ),
  'header-exact': error('an exact value is a prefix', inHeaderTexts(asPrefix)),
  'header-prefix': error(
    'a prefix is the whole value',
    inHeaderTexts(match =>
      match.kind === 'prefix' || match.kind === 'suffix' ? { kind: 'exact', value: match.value } : match,
    ),
  ),
  'header-present': error(
    'a header without a value is not there',
    inHeaders(header =>
      header.match.kind === 'present' ? { ...header, match: { kind: 'regex', regex: someText } } : header,
    ),
  ),
  'header-absent': error(
    'a header that must not be there does not matter',
    inHeaders(header => (header.inverted && header.match.kind === 'present' ? undefined : header)),
  ),
  'header-regex': error('an expression may stand anywhere in the value', inHeaderTexts(anywhere)),
  'header-negation': error(
    'a value that must not be there has to be',
    inHeaders(header => (header.inverted && header.match.kind !== 'present' ? { ...header, inverted: false } : header)),
  ),
  'query-match': error(
    'any of several values of a parameter is enough',
    inMatches(match =>
      at(match, 'query', query =>
        each(query ?? [], one => (one.repeated === 'first' ? { ...one, repeated: 'any' } : one)),
      ),
    ),
  ),
  'method-match': error(
    'the method does not matter',
    inMatches(match => at(match, 'method', nothing)),
  ),
  'scheme-match': error(
    'the scheme does not matter',
    inMatches(match => at(match, 'scheme', nothing)),
  ),
  'authority-match': error(
    'the Host does not matter',
    inMatches(match => at(match, 'authority', nothing)),
  ),
  'grpc-match': error(
    'calls are taken whatever they call',
    inFrontends(frontend =>
      frontend.protocol === 'grpc'
        ? at(frontend, 'rules', rules => each(rules, rule => at(rule, 'match', match => at(match, 'path', nothing))))
        : frontend,
    ),
  ),
  'caller-match': error(
    'a rule is for all callers',
    inMatches(match => at(match, 'caller', nothing)),
  ),
  'claim-match': { untried: 'rules about tokens are for gateways, which nobody enters with a token' },
  'tls-route': error(
    'server names do not matter',
    inFrontends(frontend => (frontend.protocol === 'tls' ? undefined : frontend)),
  ),
  'tcp-route': error(
    'connections go to the service that was dialled',
    inFrontends(frontend => (frontend.protocol === 'tcp' ? undefined : frontend)),
  ),
  'first-match-order': error(
    'the last rule that matches decides',
    inFrontends(frontend => at(frontend, 'rules', rules => (rules.length > 1 ? rules.toReversed() : rules))),
  ),
  subset: error(
    'the subsets of a service are taken for each other',
    inBackends(backend =>
      backend.kind === 'service' ? at(backend, 'subset', subset => subset && other(subset)) : backend,
    ),
  ),
  'weighted-split': error(
    'weights stand the wrong way round',
    inSplits(split =>
      split.length > 1
        ? split.map((share, index) => ({ ...share, weight: split.at(-1 - index)?.weight ?? share.weight }))
        : split,
    ),
  ),
  'timeout-request': error(
    'the timeout of a request is ignored',
    inActions(action => at(action, 'timeouts', timeouts => timeouts && at(timeouts, 'request', nothing))),
  ),
  'timeout-per-try': error(
    'the timeout of a try is ignored',
    inActions(action => at(action, 'timeouts', timeouts => timeouts && at(timeouts, 'perTry', nothing))),
  ),
  'timeout-idle': { untried: 'nothing is sent for as long as connections may be idle' },
  'retry-count': error(
    'there is one try less',
    inActions(action =>
      at(action, 'retries', retries =>
        retries && retries.max.value > 0
          ? { ...retries, max: { ...retries.max, value: retries.max.value - 1 } }
          : retries,
      ),
    ),
  ),
  'retry-conditions': error(
    'every failure of a server is tried again',
    inActions(action =>
      at(action, 'retries', retries => retries && { ...retries, on: { ...retries.on, value: ['5xx' as const] } }),
    ),
  ),
  'retry-backoff': error(
    'further tries wait as long as they always do',
    inActions(action => at(action, 'retries', retries => retries && at(retries, 'backoff', nothing))),
  ),
  'retry-budget': error(
    'there is no budget',
    inDestinations(settings => at(settings, 'retryBudget', nothing)),
  ),
  'fault-delay': error(
    'an injected delay is forgotten',
    inActions(action => at(action, 'fault', fault => fault && at(fault, 'delay', nothing))),
  ),
  'fault-abort': error(
    'an injected failure is forgotten',
    inActions(action => at(action, 'fault', fault => fault && at(fault, 'abort', nothing))),
  ),
  mirror: error(
    'a copy is forgotten',
    inActions(action => at(action, 'mirrors', nothing)),
  ),
  cors: error(
    'cross-origin rules are forgotten',
    inActions(action => at(action, 'cors', nothing)),
  ),
  'header-edits': error('changes to the headers of requests are forgotten', model =>
    inSplits(split => each(split, share => at(share, 'requestHeaders', nothing)))(
      inActions(action => at(action, 'requestHeaders', nothing))(model),
    ),
  ),
  'rewrite-path': error(
    'the path is not rewritten',
    inActions(action =>
      at(
        action,
        'rewrite',
        rewrite => rewrite && at(rewrite, 'path', path => (path?.kind === 'regex' ? path : undefined)),
      ),
    ),
  ),
  'rewrite-path-regex': error(
    'the path is not rewritten by an expression',
    inActions(action =>
      at(
        action,
        'rewrite',
        rewrite => rewrite && at(rewrite, 'path', path => (path?.kind === 'regex' ? undefined : path)),
      ),
    ),
  ),
  'rewrite-host': error(
    'the Host is not rewritten',
    inActions(action => at(action, 'rewrite', rewrite => rewrite && at(rewrite, 'host', nothing))),
  ),
  redirect: error(
    'every redirect is a 307',
    inActions(action =>
      at(action, 'target', target =>
        target.kind === 'redirect'
          ? { ...target, redirect: { ...target.redirect, status: { ...target.redirect.status, value: 307 } } }
          : target,
      ),
    ),
  ),
  'direct-response': error(
    'every answer of a proxy is a 200',
    inActions(action =>
      at(action, 'target', target =>
        target.kind === 'respond' ? { ...target, response: { ...target.response, status: 200 } } : target,
      ),
    ),
  ),
  'outlier-consecutive': error(
    'one failure more is forgiven',
    inDestinations(settings =>
      at(
        settings,
        'outlierDetection',
        outliers => outliers && at(outliers, 'consecutive5xx', count => count && { ...count, value: count.value + 1 }),
      ),
    ),
  ),
  'outlier-limits': error(
    'everybody may be taken out',
    inDestinations(settings =>
      at(
        settings,
        'outlierDetection',
        outliers => outliers && at(outliers, 'maxEjectionPercent', percent => percent && { ...percent, value: 100 }),
      ),
    ),
  ),
  'connection-limits': error(
    'the limit on connections is forgotten',
    inDestinations(settings =>
      at(settings, 'connectionLimits', limits => limits && at(limits, 'maxConnections', nothing)),
    ),
  ),
  'load-balancing': error(
    'endpoints take turns, whatever is said',
    inDestinations(settings => at(settings, 'loadBalancing', balancing => balancing && inTurn(balancing, false))),
  ),
  'consistent-hash': error(
    'endpoints take turns where requests should stick to one',
    inDestinations(settings => at(settings, 'loadBalancing', balancing => balancing && inTurn(balancing, true))),
  ),
  locality: { untried: 'all servers of the bed are in one place' },
  'rate-limit': { untried: 'the meshes of the bed have none of their own' },
  'encryption-mode': error('STRICT lets plaintext in', model =>
    at(model, 'encryption', all =>
      each(all, one => (one.mode.value === 'strict' ? { ...one, mode: { ...one.mode, value: 'permissive' } } : one)),
    ),
  ),
  'upstream-tls': error(
    'what clients are told about TLS is ignored',
    inDestinations(settings => at(settings, 'tls', nothing)),
  ),
  'access-identity': error('who calls does not matter', about('peer.')),
  'access-deny': error(
    'denials are forgotten',
    inAccessRules(rule => (rule.effect === 'deny' ? undefined : rule)),
  ),
  'access-request': error('what is asked for does not matter', about('request.path', 'request.method', 'request.host')),
  'access-header': error('headers do not matter', about('request.header:')),
  'access-address': error('where a request comes from does not matter', about('peer.address', 'client.address')),
  'access-token': error('no token is demanded', about('token.')),
  'access-external': { untried: 'the bed has no authoriser' },
  'access-audit': error(
    'what is only to be recorded is denied',
    inAccessRules(rule => (rule.effect === 'audit' ? { ...rule, effect: 'deny' } : rule)),
  ),
  'egress-default': { untried: 'nothing outside of the bed is asked' },
  'egress-hosts': { untried: 'nothing outside of the bed is asked' },
  machine: { untried: 'the bed has no machines' },
  visibility: { untried: 'what a client does not know ends at an address that nobody translates' },
  gateway: error(
    'behind listeners there are no routes',
    inFrontends(frontend => (frontend.listens.kind === 'listener' ? undefined : frontend)),
  ),
  'not-understood': { untried: 'there is nothing to predict' },
  telemetry: { untried: 'it never changes what happens to a request' },
};
