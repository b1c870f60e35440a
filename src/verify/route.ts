import { toShares } from '../base/units.ts';
import type { Action, Frontend, Rule, WeightedBackend } from '../model/frontend.ts';
import { endpointText } from '../model/scope.ts';
import type { Notes } from './findings.ts';
import { type Leg, legTo } from './leg.ts';
import type { Sender } from './lookup/coverage.ts';
import type { Lookup } from './lookup/lookup.ts';
import { matches, type Sight } from './matches.ts';
import type { HeaderChange, MirrorShare, Outcome } from './outcome.ts';
import type { HopLog } from './story.ts';
import { corsAnswer } from './treatment/cors.ts';
import { combineEdits } from './treatment/headers.ts';
import { locationOf } from './treatment/redirect.ts';
import { faultOutcome, retryOutcome, timeoutOutcome } from './treatment/resilience.ts';
import { rewritePath } from './treatment/rewrite.ts';

/** What a proxy does to requests on the way, besides choosing where they go. */
export type Treatment = Pick<
  Outcome,
  'timeoutMs' | 'perTryTimeoutMs' | 'idleTimeoutMs' | 'retries' | 'faults' | 'rewrite'
> & {
  readonly mirrors: readonly MirrorShare[];
  /** What the cross-origin rules add to the answer. */
  readonly corsHeaders?: HeaderChange;
};

/** An answer that the proxy gives itself. */
export type Answer = Pick<Outcome, 'decision' | 'status' | 'location' | 'body' | 'responseHeaders'> & {
  readonly treatment?: Treatment;
};

export type Routed =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'sent'; readonly legs: readonly Leg[]; readonly treatment: Treatment }
  /** No table decided: the service that was dialled. */
  | { readonly kind: 'default' };

/** What is needed to follow a rule: the model, whose proxy acts, what it sees, and where to write the story. */
export interface Routing {
  readonly lookup: Lookup;
  readonly sender: Sender;
  readonly sight: Sight;
  readonly log: HopLog;
  readonly notes: Notes;
}

export const untreated: Treatment = { mirrors: [] };

const mirrorsOf = (action: Action, routing: Routing): MirrorShare[] =>
  (action.mirrors ?? []).flatMap(({ backend, percent }) => {
    if (percent.value <= 0) return [];
    const { lookup, sender, sight, notes } = routing;
    const leg = legTo(lookup, backend, { sender, port: sight.port, share: 0, notes });
    return {
      service: leg.name,
      ...(leg.subset ? { subset: leg.subset.name } : {}),
      ...(leg.port === undefined ? {} : { port: leg.port }),
      endpoints: leg.endpoints ? endpointText(leg.endpoints) : '',
      percent: percent.value,
    };
  });

const rewriteOf = ({ match, action }: Rule, sight: Sight): Outcome['rewrite'] => {
  const { rewrite } = action;
  if (!rewrite) return undefined;
  const path = rewrite.path ? rewritePath(rewrite.path, match.path, sight.path) : undefined;
  const changes = {
    ...(rewrite.host === undefined ? {} : { host: rewrite.host }),
    ...(path === undefined || path === sight.path ? {} : { path }),
  };
  return Object.keys(changes).length > 0 ? changes : undefined;
};

const treatmentOf = (rule: Rule, routing: Routing): Treatment => {
  const { action } = rule;
  const mirrors = mirrorsOf(action, routing);
  if (!routing.sight.http) return { mirrors };
  const retries = retryOutcome(action.retries);
  const faults = faultOutcome(action.fault);
  const rewrite = rewriteOf(rule, routing.sight);
  const cors = action.cors ? corsAnswer(action.cors, routing.sight) : undefined;
  return {
    mirrors,
    ...timeoutOutcome(action.timeouts),
    ...(retries ? { retries } : {}),
    ...(faults ? { faults } : {}),
    ...(rewrite ? { rewrite } : {}),
    ...(cors?.headers ? { corsHeaders: cors.headers } : {}),
  };
};

const legsOf = (backends: readonly WeightedBackend[], action: Action, routing: Routing): Leg[] => {
  const { lookup, sender, sight, notes, log } = routing;
  const shares = toShares(backends.map(({ weight }) => weight.value));
  const legs = backends.flatMap((weighted, index) => {
    const share = shares[index] ?? 0;
    if (share === 0) return [];
    const leg = legTo(lookup, weighted.backend, { sender, port: sight.port, share, notes });
    const requestHeaders = sight.http ? combineEdits(action.requestHeaders, weighted.requestHeaders) : undefined;
    const responseHeaders = sight.http ? combineEdits(action.responseHeaders, weighted.responseHeaders) : undefined;
    const source = weighted.source ?? weighted.weight.source ?? action.source;
    const target = `${leg.name}${leg.subset ? ` (${leg.subset.name})` : ''}`;
    const result = leg.nowhere
      ? `${percentText(share)} of the traffic is answered with ${leg.nowhere.status}: ${leg.nowhere.why}`
      : `${percentText(share)} of the traffic goes to \`${target}\`${leg.port === undefined ? '' : ` port ${leg.port}`}`;
    log.add('weighted-split', result, { rule: action.id, source });
    return { ...leg, ...(requestHeaders ? { requestHeaders } : {}), ...(responseHeaders ? { responseHeaders } : {}) };
  });
  return legs;
};

const percentText = (share: number): string => (share === 100_000 ? 'all' : `${share / 1000} %`);

/** Says what the rule does besides sending: each thing with the place where it is written. */
const tell = (action: Action, treatment: Treatment, log: HopLog): void => {
  const { timeouts, retries, fault, mirrors, rewrite } = action;
  const rule = action.id;
  const source = action.source;
  if (treatment.timeoutMs !== undefined) {
    log.add('timeout-request', `at most ${treatment.timeoutMs} ms until the answer has ended`, {
      rule,
      source: timeouts?.request?.source ?? source,
    });
  }
  if (treatment.perTryTimeoutMs !== undefined) {
    log.add('timeout-per-try', `at most ${treatment.perTryTimeoutMs} ms for one try`, {
      rule,
      source: timeouts?.perTry?.source ?? source,
    });
  }
  if (treatment.retries) {
    log.add('retry-count', `up to ${treatment.retries.max} further tries, on ${treatment.retries.on.join(', ')}`, {
      rule,
      source: retries?.max.source ?? retries?.source ?? source,
    });
  }
  const { faults } = treatment;
  if (faults?.delayMs !== undefined) {
    const result = `${faults.delayPercent} % of the requests are held back for ${faults.delayMs} ms`;
    log.add('fault-delay', result, { rule, source: fault?.delay?.source ?? source });
  }
  if (faults?.abortPercent !== undefined) {
    const answer = faults.abortStatus ?? `gRPC status ${faults.abortGrpcStatus}`;
    const result = `${faults.abortPercent} % of the requests are answered with ${answer} on purpose`;
    log.add('fault-abort', result, { rule, source: fault?.abort?.source ?? source });
  }
  treatment.mirrors.forEach((mirror, index) => {
    log.add('mirror', `a copy of ${mirror.percent} % of the requests goes to \`${mirror.service}\``, {
      rule,
      source: mirrors?.[index]?.source ?? source,
    });
  });
  if (treatment.rewrite) {
    const { host, path } = treatment.rewrite;
    const parts = [
      ...(host === undefined ? [] : [`Host \`${host}\``]),
      ...(path === undefined ? [] : [`path \`${path}\``]),
    ];
    log.add(path === undefined ? 'rewrite-host' : 'rewrite-path', `the request goes on with ${parts.join(' and ')}`, {
      rule,
      source: rewrite?.source ?? source,
    });
  }
};

/** Cross-origin answers come before faults, and both before the rule's own target (Envoy's filter order). */
const answerBeforeTarget = ({ action }: Rule, treatment: Treatment, { sight, log }: Routing): Answer | undefined => {
  if (!sight.http) return undefined;
  const cors = action.cors ? corsAnswer(action.cors, sight) : undefined;
  if (cors?.answered) {
    const permission = cors.headers ? 'with permission' : 'without permission';
    log.add('cors', `the preflight is answered here, ${permission}`, {
      rule: action.id,
      source: action.cors?.source ?? action.source,
    });
    return { decision: 'responded', status: 200, ...(cors.headers ? { responseHeaders: cors.headers } : {}) };
  }
  if (treatment.faults?.abortPercent !== undefined && treatment.faults.abortPercent >= 100) {
    // A gRPC failure is carried in an HTTP answer with status 200 (observed).
    return { decision: 'responded', status: treatment.faults.abortStatus ?? 200, treatment };
  }
  return undefined;
};

const follow = (rule: Rule, routing: Routing): Routed => {
  const { action } = rule;
  const { log, sight } = routing;
  const treatment = treatmentOf(rule, routing);
  const early = answerBeforeTarget(rule, treatment, routing);
  tell(action, treatment, log);
  if (early) return { kind: 'answered', answer: early };
  const { target } = action;
  if (target.kind === 'forward') return { kind: 'sent', legs: legsOf(target.backends, action, routing), treatment };
  const responseHeaders = combineEdits(action.responseHeaders, undefined);
  const edits = responseHeaders ? { responseHeaders } : {};
  if (target.kind === 'redirect') {
    const location = locationOf(target.redirect, rule.match.path, sight);
    const status = target.redirect.status.value;
    const source = target.redirect.source ?? action.source;
    log.add('redirect', `the client is sent to \`${location}\` with ${status}`, { rule: action.id, source });
    return { kind: 'answered', answer: { decision: 'redirected', status, location, treatment, ...edits } };
  }
  const { status, body, source } = target.response;
  log.add('direct-response', `answered here with ${status}`, { rule: action.id, source: source ?? action.source });
  const text = body === undefined ? {} : { body };
  return { kind: 'answered', answer: { decision: 'responded', status, treatment, ...text, ...edits } };
};

const sourceOf = (frontend: Frontend, rule?: Rule) => rule?.match.source ?? rule?.action.source ?? frontend.source;

/**
 * Asks the frontends in order: the first rule of the first that listens decides. What nothing takes is answered, passed
 * to the service, or left to the next frontend, as each frontend says.
 */
export const route = (frontends: readonly Frontend[], routing: Routing): Routed => {
  const { sight, log, notes } = routing;
  for (const frontend of frontends) {
    const rule = frontend.rules.find(candidate => matches(candidate.match, sight, notes));
    if (rule) {
      const id = `${frontend.id} ${rule.id}`;
      log.add('route', `the rule \`${rule.action.name ?? rule.id}\` of \`${frontend.id}\` takes it`, {
        rule: id,
        source: sourceOf(frontend, rule),
      });
      return follow(rule, routing);
    }
    const { noMatch } = frontend;
    const at = { rule: frontend.id, source: frontend.source };
    if (noMatch.kind === 'respond') {
      log.add('no-route', `no rule of \`${frontend.id}\` takes it: answered with ${noMatch.status}`, at);
      // Bytes get no answer, the connection is closed.
      const answer: Answer = sight.http ? { decision: 'unroutable', status: noMatch.status } : { decision: 'reset' };
      return { kind: 'answered', answer };
    }
    if (noMatch.kind === 'passToService') {
      log.add('no-route', `no rule of \`${frontend.id}\` takes it: passed to the service`, at);
      return { kind: 'default' };
    }
    log.add('no-route', `no rule of \`${frontend.id}\` takes it: the next table is asked`, at);
  }
  return { kind: 'default' };
};
