/** Errors about what is done to requests on their way, and how destinations are called. */
import type { LoadBalancing } from '../../src/model/capabilities/load-balancing.ts';
import type { CapabilityId } from '../../src/model/capability.ts';
import { at, each, inActions, inDestinations, inSplits, nothing } from './edits.ts';
import { error, type PlantedError, type Untried } from './error.ts';

/** What sticks to an endpoint, or what does not. */
const inTurn = (balancing: LoadBalancing, isHashed: boolean): LoadBalancing => {
  const { algorithm } = balancing;
  if ((algorithm.value.kind === 'consistentHash') !== isHashed) return balancing;
  return { ...balancing, algorithm: { ...algorithm, value: { kind: 'roundRobin' } } };
};

export const treatmentErrors = {
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
} satisfies Partial<Record<CapabilityId, PlantedError | Untried>>;
