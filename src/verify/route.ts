import { objectTitle } from '../base/source.ts';
import { toShares } from '../base/units.ts';
import type { Action, Frontend, Rule } from '../model/frontend.ts';
import type { TextMatch } from '../model/match.ts';
import { askScheme } from './asking.ts';
import { Kept } from './kept.ts';
import { type Leg, legTo } from './leg.ts';
import { matches } from './matches.ts';
import type { Answer, Routed, Routing, Treatment } from './routing.ts';
import type { HopLog } from './story.ts';
import { tellMatch } from './tell-match.ts';
import { corsAnswer } from './treatment/cors.ts';
import { combineEdits } from './treatment/headers.ts';
import { locationOf } from './treatment/redirect.ts';
import { tellTreatment } from './treatment/telling.ts';
import { treatmentOf } from './treatment/treatment.ts';

const shareText = (share: number): string => (share === 100_000 ? 'all of it' : `${share / 1000} %`);

const legText = (leg: Leg): string => {
  if (leg.nowhere) return `is answered with ${leg.nowhere.status}: ${leg.nowhere.why}`;
  const subset = leg.subset ? ` (${leg.subset.name})` : '';
  return `goes to \`${leg.name}\`${subset}${leg.port === undefined ? '' : ` on port ${leg.port}`}`;
};

const kept = new Kept<Action, readonly Leg[]>();

/** The legs of an action are the same for all requests of a sender; only where nobody reads of them are they kept. */
const legsOf = (action: Action, routing: Routing): readonly Leg[] => {
  const { lookup, sender, sight, notes, log } = routing;
  if (!log.isSilent) return pickLegs(action, routing);
  const { port, http } = sight;
  return kept.get(action, [lookup, sender, port, http], notes, own => pickLegs(action, { ...routing, notes: own }));
};

const pickLegs = (action: Action, routing: Routing): Leg[] => {
  const { lookup, sender, sight, notes, log } = routing;
  const backends = action.target.kind === 'forward' ? action.target.backends : [];
  const shares = toShares(backends.map(({ weight }) => weight.value));
  return backends.flatMap((weighted, index) => {
    const share = shares[index] ?? 0;
    if (share === 0) return [];
    const leg = legTo(lookup, weighted.backend, { sender, port: sight.port, share, notes });
    if (!log.isSilent) {
      const source = weighted.weight.source ?? weighted.source ?? action.source;
      log.add('weighted-split', `${shareText(share)} ${legText(leg)}`, { rule: action.id, source });
    }
    if (!sight.http) return [leg];
    const requestHeaders = combineEdits(action.requestHeaders, weighted.requestHeaders);
    const responseHeaders = combineEdits(action.responseHeaders, weighted.responseHeaders);
    if (!requestHeaders && !responseHeaders) return [leg];
    return [{ ...leg, ...(requestHeaders ? { requestHeaders } : {}), ...(responseHeaders ? { responseHeaders } : {}) }];
  });
};

const overTls: TextMatch = { kind: 'exact', value: 'https' };

/** What is not sent on has no deadline, is not tried again and not copied; it may still be held back first. */
const onlyFaults = ({ faults }: Treatment): Treatment => ({ mirrors: [], ...(faults ? { faults } : {}) });

/**
 * Cross-origin answers come before faults, and both before the rule's own target (Envoy's filter order). A rule that
 * redirects or answers by itself gives no cross-origin answers (observed, Envoy 1.40).
 */
const answerBeforeTarget = (
  { action }: Rule,
  treatment: Treatment,
  { sight, log, notes }: Routing,
): Answer | undefined => {
  if (!sight.http) return undefined;
  const cors = action.target.kind === 'forward' ? action.cors && corsAnswer(action.cors, sight, notes) : undefined;
  if (cors?.answered) {
    const source = action.cors?.source ?? action.source;
    const result = `the preflight is answered here, with${cors.permitted ? '' : 'out'} permission`;
    log.add('cors', result, { rule: action.id, source });
    return { decision: 'responded', status: 200, ...(cors.headers ? { responseHeaders: cors.headers } : {}) };
  }
  const { faults } = treatment;
  if ((faults?.abortPercent ?? 0) < 100) return undefined;
  // A gRPC failure is carried in an HTTP answer with status 200 (observed).
  return { decision: 'responded', status: faults?.abortStatus ?? 200, treatment: onlyFaults(treatment) };
};

const answerOf = (rule: Rule, treatment: Treatment, { sight, log, notes }: Routing): Answer | undefined => {
  const { action, match } = rule;
  const { target } = action;
  const responseHeaders = combineEdits(action.responseHeaders, treatment.corsHeaders);
  const common = { treatment: onlyFaults(treatment), ...(responseHeaders ? { responseHeaders } : {}) };
  if (target.kind === 'redirect') {
    // The location repeats the scheme.
    if (target.redirect.scheme === undefined) askScheme(overTls, sight, notes);
    const location = locationOf(target.redirect, match.path, sight);
    const status = target.redirect.status.value;
    const source = target.redirect.source ?? action.source;
    log.add('redirect', `the client is sent to \`${location}\` with ${status}`, { rule: action.id, source });
    return { decision: 'redirected', status, location, ...common };
  }
  if (target.kind === 'respond') {
    const { status, body, source } = target.response;
    log.add('direct-response', `answered here with ${status}`, { rule: action.id, source: source ?? action.source });
    return { decision: 'responded', status, ...(body === undefined ? {} : { body }), ...common };
  }
  return undefined;
};

const follow = (rule: Rule, routing: Routing): Routed => {
  const { action } = rule;
  const treatment = treatmentOf(rule, routing);
  if (!routing.log.isSilent) tellTreatment(treatment, action, routing.log);
  const answer = answerBeforeTarget(rule, treatment, routing) ?? answerOf(rule, treatment, routing);
  if (answer) return { kind: 'answered', answer };
  return { kind: 'sent', legs: legsOf(action, routing), treatment };
};

/** What a frontend makes of a request that none of its rules takes; undefined: the next frontend is asked. */
const unmatched = (frontend: Frontend, { sight, log }: Routing): Routed | undefined => {
  const { id, noMatch, source } = frontend;
  const tell = (result: string): void =>
    log.add('no-route', `no rule of \`${id}\` takes it: ${result}`, { rule: id, source });
  switch (noMatch.kind) {
    case 'next':
      tell('the next table is asked');
      return undefined;
    case 'passToService':
      tell('passed to the service');
      return { kind: 'default' };
    case 'respond':
      tell(sight.http ? `answered with ${noMatch.status}` : 'the connection is closed');
      return {
        kind: 'answered',
        answer: sight.http ? { decision: 'unroutable', status: noMatch.status } : { decision: 'reset' },
      };
  }
};

/** `rule \`testers\` of VirtualService shop/catalog: header x-canary is yes`. */
const tellRule = ({ id, action, match }: Rule, { id: table, source }: Frontend): string => {
  const of = source ? objectTitle((match.source ?? source).object) : table;
  return `rule \`${action.name ?? id}\` of ${of}: ${tellMatch(match) || 'everything'}`;
};

const tellTaken = (rule: Rule, frontend: Frontend, log: HopLog): void => {
  if (log.isSilent) {
    log.decide('route');
    return;
  }
  log.add('route', tellRule(rule, frontend), {
    rule: `${frontend.id} ${rule.id}`,
    source: rule.match.source ?? rule.action.source ?? frontend.source,
  });
};

/**
 * Asks the frontends in order: the first rule of the first that listens decides. What nothing takes is answered, passed
 * to the service, or left to the next frontend, as each frontend says.
 */
export const route = (frontends: readonly Frontend[], routing: Routing): Routed => {
  const { sight, log, notes } = routing;
  for (const frontend of frontends) {
    const rule = frontend.rules.find(candidate => matches(candidate.match, sight, notes));
    if (rule) {
      tellTaken(rule, frontend, log);
      return follow(rule, routing);
    }
    const routed = unmatched(frontend, routing);
    if (routed) return routed;
  }
  return { kind: 'default' };
};
