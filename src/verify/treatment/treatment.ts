import type { PathRewrite } from '../../model/capabilities/rewrite.ts';
import type { Action, Rule } from '../../model/frontend.ts';
import type { Match } from '../../model/match.ts';
import { endpointText } from '../../model/scope.ts';
import { askHost, askPath } from '../asking.ts';
import type { Notes } from '../findings.ts';
import { Kept } from '../kept.ts';
import { legTo } from '../leg.ts';
import type { Sight } from '../matches.ts';
import { normalizePath } from '../normalize.ts';
import type { MirrorShare, Outcome, RetryOutcome } from '../outcome.ts';
import type { Party } from '../party.ts';
import type { Routing, Treatment } from '../routing.ts';
import { enforcedBy } from '../story.ts';
import type { PathTouch } from '../touched.ts';
import { corsAnswer } from './cors.ts';
import { expressionStep } from './expression-step.ts';
import { faultOutcome, least, retryOutcome, timeoutOutcome } from './resilience.ts';
import { rewritePath, takenBy } from './rewrite.ts';

export const untreated: Treatment = { mirrors: [] };

const mirrorsOf = (
  mirrors: NonNullable<Action['mirrors']>,
  { lookup, sender, sight, notes }: Pick<Routing, 'lookup' | 'sender' | 'sight' | 'notes'>,
): MirrorShare[] =>
  mirrors.flatMap(({ backend, percent }) => {
    if (percent.value <= 0) return [];
    const leg = legTo(lookup, backend, { sender, port: sight.port, share: 0, notes });
    return {
      service: leg.name,
      ...(leg.subset ? { subset: leg.subset.name } : {}),
      ...(leg.port === undefined ? {} : { port: leg.port }),
      endpoints: leg.endpoints ? endpointText(leg.endpoints) : '',
      percent: percent.value,
    };
  });

/** Asks what a rewrite depends on that sets a part of the request to one text: whether that stands there already. */
const askUnchanged = ({ match, action }: Rule, step: PathTouch | undefined, { sight, notes }: Routing): void => {
  const { host, path } = action.rewrite ?? {};
  if (host !== undefined) askHost({ kind: 'exact', value: host }, sight, notes);
  if (path && step === 'set') {
    askPath({ kind: 'exact', value: rewritePath(path, match.path, sight.path) }, sight, notes);
  }
};

/** What a rewrite makes of the path, as something that can be undone. */
const stepOf = (rule: Rule, routing: Routing): PathTouch | undefined => {
  const { match, action } = rule;
  const step = action.rewrite?.path && stepBy(action.rewrite.path, match, routing);
  askUnchanged(rule, step, routing);
  return step;
};

const stepBy = (path: PathRewrite, match: Match, { sight, notes }: Routing): PathTouch | undefined => {
  if (path.kind === 'full') return 'set';
  if (path.kind === 'regex') return expressionStep(path, sight, notes);
  const rewritten = rewritePath(path, match.path, sight.path);
  const rest = sight.path.slice(takenBy(match.path, path, sight.path));
  // What a proxy behind this one makes tidy is no longer the same text.
  if (normalizePath(rewritten, sight.tidied ?? 'none') !== rewritten || !rewritten.endsWith(rest)) return 'beyond';
  if (match.path && match.path.kind !== 'prefix' && match.path.kind !== 'segmentPrefix') return 'set';
  return {
    from: sight.path.slice(0, sight.path.length - rest.length),
    to: rewritten.slice(0, rewritten.length - rest.length),
  };
};

/** What changes; a rewrite to what is there already changes nothing. */
const rewriteOf = ({ match, action }: Rule, sight: Sight): Outcome['rewrite'] => {
  const { rewrite } = action;
  const path = rewrite?.path && rewritePath(rewrite.path, match.path, sight.path);
  const changes = {
    ...(rewrite?.host === undefined || rewrite.host === sight.authority ? {} : { host: rewrite.host }),
    ...(path === undefined || path === sight.path ? {} : { path }),
  };
  return Object.keys(changes).length > 0 ? changes : undefined;
};

/** What a rule does to the requests it takes. On a bare connection all that can be done is a copy. */
export const treatmentOf = (rule: Rule, routing: Routing): Treatment => {
  const { action } = rule;
  const standing = standingTreatment(action, routing);
  if (!routing.sight.http || (!action.rewrite && !action.cors)) return standing;
  const rewrite = rewriteOf(rule, routing.sight);
  const step = routing.notes.listens ? stepOf(rule, routing) : undefined;
  const isForwarded = action.target.kind === 'forward';
  const corsHeaders = isForwarded && action.cors && corsAnswer(action.cors, routing.sight, routing.notes)?.headers;
  return {
    ...standing,
    ...(rewrite ? { rewrite } : {}),
    ...(step ? { step } : {}),
    ...(corsHeaders ? { corsHeaders } : {}),
  };
};

const kept = new Kept<Action, Treatment>();

/** What an action does to all requests of a sender alike. */
const standingTreatment = (action: Action, routing: Routing): Treatment => {
  const { lookup, sender, sight, notes } = routing;
  return kept.get(action, [lookup, sender, sight.port, sight.http], notes, own => madeOf(action, routing, own));
};

const madeOf = (action: Action, { lookup, sender, sight }: Routing, notes: Notes): Treatment => {
  const mirrors = action.mirrors ? mirrorsOf(action.mirrors, { lookup, sender, sight, notes }) : [];
  if (!sight.http) return { mirrors };
  const retries = retryOutcome(action.retries);
  const faults = faultOutcome(action.fault);
  const deadlines = timeoutOutcome(action.timeouts, retries);
  return { mirrors, ...deadlines, ...(retries ? { retries } : {}), ...(faults ? { faults } : {}) };
};

/** What clients of a mesh get where no table speaks. */
export const defaultTreatment = (party: Party, http: boolean): Treatment => {
  const defaults = party.proxy?.mesh.defaults;
  if (!defaults || !http || !enforcedBy(party, 'client').includes('resilience')) return untreated;
  const retries = retryOutcome(defaults.retries);
  return { mirrors: [], ...timeoutOutcome(defaults.timeouts, retries), ...(retries ? { retries } : {}) };
};

/** Every try of the first proxy is tried over by the second. */
const product = (a: RetryOutcome | undefined, b: RetryOutcome | undefined): RetryOutcome | undefined =>
  a && b ? { ...a, max: (a.max + 1) * (b.max + 1) - 1 } : (a ?? b);

/** What two proxies on one way do together: the shorter deadline, the product of the tries, the last word on the path. */
export const bothTreatments = (first: Treatment, second: Treatment): Treatment => {
  const timeoutMs = least(first.timeoutMs, second.timeoutMs);
  const perTryTimeoutMs = least(first.perTryTimeoutMs, second.perTryTimeoutMs);
  const idleTimeoutMs = least(first.idleTimeoutMs, second.idleTimeoutMs);
  const retries = product(first.retries, second.retries);
  const faults = first.faults ?? second.faults;
  const rewrite = first.rewrite || second.rewrite ? { ...first.rewrite, ...second.rewrite } : undefined;
  const corsHeaders = second.corsHeaders ?? first.corsHeaders;
  return {
    mirrors: [...first.mirrors, ...second.mirrors],
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(perTryTimeoutMs === undefined ? {} : { perTryTimeoutMs }),
    ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
    ...(retries ? { retries } : {}),
    ...(faults ? { faults } : {}),
    ...(rewrite ? { rewrite } : {}),
    ...(corsHeaders ? { corsHeaders } : {}),
  };
};
