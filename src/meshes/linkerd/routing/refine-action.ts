import type { Field } from '../../../base/field.ts';
import type { Timeouts } from '../../../model/capabilities/timeouts.ts';
import type { Action } from '../../../model/frontend.ts';
import type { Route } from '../../../native/gateway-api/route.ts';
import { parseAnnotationDuration } from '../duration.ts';
import { type Reading, report } from '../reading.ts';
import { isBad, type Resilience, readResilience, silent } from './retry-annotations.ts';

/** What the Service's own annotations may still add to a rule of a route. */
export interface Refined {
  readonly action: Action;
  /** Some timeout is set on the route or the rule: then none of the Service's counts. */
  readonly hasTimeout: boolean;
}

/** What the annotations of a route say, for all of its rules. */
export const resilienceOf = (reading: Reading, route: Route): Resilience => {
  const annotations = reading.snapshot.field(route.object).find('metadata', 'annotations');
  const read = readResilience(annotations, route.kind === 'GRPCRoute' ? 'grpc' : 'http');
  return isBad(read) ? silent : read;
};

/** A rule as Linkerd acts on it: with what its route says, and without what Linkerd ignores in the rule. */
export const refineAction = (reading: Reading, action: Action, route: Route, resilience: Resilience): Refined => {
  if (route.kind === 'TLSRoute' || route.kind === 'TCPRoute') return { action, hasTimeout: false };
  const own = ruleTimeout(reading, action, route);
  const { timeouts: _timeouts, ...rest } = action;
  const timeouts = joined({ ...own, ...resilience.timeouts }, resilience);
  return {
    action: {
      ...rest,
      ...(timeouts ? { timeouts } : {}),
      ...(resilience.retries ? { retries: resilience.retries } : {}),
    },
    hasTimeout: resilience.hasTimeout || own.request !== undefined,
  };
};

/** Timeouts with that of one try, if there is any. */
export const joined = (timeouts: Timeouts, { perTry }: Pick<Resilience, 'perTry'>): Timeouts | undefined => {
  const all = { ...timeouts, ...(perTry ? { perTry } : {}) };
  return Object.keys(all).length > 0 ? all : undefined;
};

/**
 * `timeouts.request` of the rule; zero is none. In a route of gateway.networking.k8s.io it goes through the parser of
 * annotations, and what that cannot read is no timeout (policy-controller `convert_gateway_rule`, 2.20).
 */
const ruleTimeout = (reading: Reading, { timeouts }: Action, route: Route): Timeouts => {
  const request = timeouts?.request;
  const source = request?.source as Field | undefined;
  if (!request || !source || request.value === 0) return {};
  const isReadable =
    route.group !== 'gateway.networking.k8s.io' || parseAnnotationDuration(String(source.value)) !== undefined;
  if (isReadable) return { request };
  report(
    reading,
    'LINKERD106',
    source,
    `\`${String(source.value)}\` is not read: one whole number and a unit were expected`,
  );
  source.leave('Linkerd cannot read this duration and sets no timeout');
  return {};
};
