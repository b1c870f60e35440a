import type { Field } from '../../base/field.ts';
import { written } from '../../base/source.ts';
import type { Retries, RetryCondition } from '../../model/capabilities/retries.ts';
import type { Timeouts } from '../../model/capabilities/timeouts.ts';
import type { Action, Rule, Target, WeightedBackend } from '../../model/frontend.ts';
import type { Match } from '../../model/match.ts';
import { type ReferenceContext, readBackends } from './read-backend.ts';
import { readFilters } from './read-filters.ts';
import { readGrpcMatch, readHttpMatch } from './read-match.ts';
import { durationAt, type GatewayApiReading, report } from './reading.ts';
import type { Route } from './route.ts';

/** The rules of a route as they act on one kind of parent, in the order written and not yet ranked. */
export interface RouteRules {
  readonly rules: readonly Rule[];
  /** Why the implementation does not take the route over at all. */
  readonly refused?: string;
}

/**
 * Reads a route's rules. `fallback` is where a rule without backends goes, for implementations that send it to the
 * service the route is attached to.
 */
export const readRules = (
  route: Route,
  parent: ReferenceContext['parent'],
  reading: GatewayApiReading,
  fallback?: Target,
): RouteRules => {
  const context: ReferenceContext = { ...reading, route, parent };
  const id = `${route.namespace}/${route.name}`;
  const fields = route.spec?.list('rules') ?? [];
  if (route.kind === 'HTTPRoute' && !route.spec?.has('rules'))
    return { rules: [defaultRule(route, context, fallback)] };
  let refused: string | undefined;
  const rules = fields.flatMap((field, index): readonly Rule[] => {
    const { action: plain, unsupported } = readAction(field, `${id}/rules[${index}]`, route, context, fallback);
    const action = reading.refine?.(plain, route) ?? plain;
    if (unsupported && reading.profile.unsupportedFilter === 'routeFails') refused ??= unsupported;
    return readMatches(field, route, reading).map(({ match, place }) => ({
      id: `${action.id}${place}`,
      match,
      action,
    }));
  });
  return refused === undefined ? { rules } : { rules: [], refused };
};

/** `HTTPRoute.spec.rules` defaults to one rule that takes everything and has no backend. */
const defaultRule = (route: Route, context: ReferenceContext, fallback: Target | undefined): Rule => {
  const source = route.spec ?? { object: route.object.ref, path: '' };
  const isSent = context.profile.withoutBackends === 'parentService' && fallback !== undefined;
  if (!isSent)
    report(
      context,
      'GWAPI010',
      source,
      `no rules are written; every request gets ${context.profile.invalidBackendStatus}`,
    );
  const target = isSent ? fallback : failing('no rules are written', routeName(route), context);
  const id = `${route.namespace}/${route.name}/rules`;
  return { id, match: {}, action: { id, target, source } };
};

/** A rule without matches takes everything (HTTPRouteRule.matches defaults to the prefix `/`). */
const readMatches = (
  rule: Field,
  route: Route,
  reading: GatewayApiReading,
): readonly { readonly match: Match; readonly place: string }[] => {
  if (route.kind === 'TCPRoute') return [{ match: { source: rule }, place: '' }];
  if (route.kind === 'TLSRoute') {
    const sni = route.hostnames.length > 0 ? { sni: route.hostnames } : {};
    return [{ match: { ...sni, source: rule }, place: '' }];
  }
  const fields = rule.list('matches');
  if (fields.length === 0) return [{ match: { source: rule }, place: '' }];
  return fields.flatMap((field, index) => {
    const match = route.kind === 'GRPCRoute' ? readGrpcMatch(field, reading) : readHttpMatch(field, reading);
    return match === 'never' ? [] : [{ match, place: `.matches[${index}]` }];
  });
};

const readAction = (
  rule: Field,
  id: string,
  route: Route,
  context: ReferenceContext,
  fallback: Target | undefined,
): { readonly action: Action; readonly unsupported?: string } => {
  const { redirect: ofRule, unsupported, ...own } = readFilters(rule.list('filters'), context, context.profile.filters);
  const { shares, lifted } = readBackends(rule, context);
  const { redirect: ofBackend, ...effects } = { ...lifted, ...own };
  const redirect = ofRule ?? ofBackend;
  const name = rule.text('name');
  const timeouts = readTimeouts(rule.at('timeouts'), context);
  const retries = readRetries(rule.at('retry'), context);
  leaveSession(rule, context);
  const target: Target = unsupported
    ? failing('a filter of the rule is not honoured', unsupported, context)
    : redirect
      ? { kind: 'redirect', redirect }
      : forward(rule, shares, route, context, fallback);
  const action: Action = {
    id,
    ...(name === undefined ? {} : { name }),
    target,
    ...(timeouts ? { timeouts } : {}),
    ...(retries ? { retries } : {}),
    ...effects,
    source: rule,
  };
  return unsupported === undefined ? { action } : { action, unsupported };
};

const forward = (
  rule: Field,
  backends: readonly WeightedBackend[] | undefined,
  route: Route,
  context: ReferenceContext,
  fallback: Target | undefined,
): Target => {
  if (backends) return { kind: 'forward', backends };
  const { profile } = context;
  if (rule.list('backendRefs').length === 0 && profile.withoutBackends === 'parentService' && fallback) return fallback;
  report(context, 'GWAPI010', rule, `no backend takes traffic; every request gets ${profile.invalidBackendStatus}`);
  return failing('no backend takes traffic', routeName(route), context);
};

const routeName = ({ namespace, name }: Route): string => `${namespace}/${name}`;

/** Every request fails, for a reason and under a name. */
const failing = (why: string, named: string, { profile }: GatewayApiReading): Target => ({
  kind: 'forward',
  backends: [
    {
      backend: { kind: 'nowhere', status: profile.invalidBackendStatus, why, named },
      weight: { value: 1, origin: 'proxyDefault' },
    },
  ],
});

/** `0s` switches a timeout off (HTTPRouteTimeouts); observed-istio 15.5. */
const readTimeouts = (field: Field | undefined, reading: GatewayApiReading): Timeouts | undefined => {
  if (!field) return undefined;
  const backendRequest = field.at('backendRequest');
  if (!reading.profile.backendRequestTimeout) backendRequest?.leave('not honoured by this implementation');
  const request = durationAt(field.at('request'), reading);
  const perTry = reading.profile.backendRequestTimeout ? durationAt(backendRequest, reading) : undefined;
  if (request === undefined && perTry === undefined) return undefined;
  return {
    ...(request === undefined ? {} : { request: written(request, field.at('request')) }),
    ...(perTry === undefined ? {} : { perTry: written(perTry, backendRequest) }),
  };
};

/** Experimental (GEP-1731): `attempts` counts the tries after the first. */
const readRetries = (field: Field | undefined, reading: GatewayApiReading): Retries | undefined => {
  if (!field) return undefined;
  if (!reading.profile.retries) {
    report(reading, 'GWAPI011', field, '`retry` is not honoured here');
    field.leave('not honoured by this implementation');
    return undefined;
  }
  const [attempts, codes] = [field.number('attempts'), field.at('codes')];
  const on = (codes?.items() ?? []).flatMap((item): RetryCondition[] => {
    const code = item.asNumber();
    return code === undefined ? [] : [`status:${code}`];
  });
  const backoff = durationAt(field.at('backoff'), reading);
  return {
    max: attempts === undefined ? { value: 1, origin: 'proxyDefault' } : written(attempts, field.at('attempts')),
    on: codes ? written(on, codes) : { value: [], origin: 'proxyDefault' },
    ...(backoff === undefined ? {} : { backoff: written({ baseMs: backoff }, field.at('backoff')) }),
    source: field,
  };
};

const leaveSession = (rule: Field, reading: GatewayApiReading): void => {
  const session = rule.at('sessionPersistence');
  if (!session) return;
  report(
    reading,
    'GWAPI011',
    session,
    '`sessionPersistence` is experimental; which endpoint a session keeps is not told',
  );
  session.leave('experimental; not part of what is told about a request');
};
