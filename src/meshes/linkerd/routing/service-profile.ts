import type { Field } from '../../../base/field.ts';
import { proxyDefault, type Setting, written } from '../../../base/source.ts';
import { parseDurationMs } from '../../../base/units.ts';
import type { Retries, RetryBudget } from '../../../model/capabilities/retries.ts';
import type { Action, Rule, Target, WeightedBackend } from '../../../model/frontend.ts';
import type { Service } from '../../../model/inventory.ts';
import { everything } from '../../../model/match.ts';
import { type NativeObject, namespaceOf } from '../../../native/snapshot.ts';
import { objectsOf, type Reading, report } from '../reading.ts';
import { failingStatuses } from './profile-classes.ts';
import { readCondition } from './profile-condition.ts';

/** A ServiceProfile and the clients that look it up. */
export interface ServiceProfile {
  readonly service: Service;
  /** Where the object lies: in the service's namespace it is for everyone, elsewhere for the clients there. */
  readonly namespace: string;
  /** With routes or overrides it takes the place of every route and annotation of the service. */
  readonly overrides: boolean;
  readonly rules: readonly Rule[];
  readonly object: NativeObject;
  readonly spec: Field | undefined;
}

/** There is no number of tries, only the budget; this many are never reached. */
const unlimited = 1_000_000;

/** 20 % of the requests, at least 10 a second, over 10 seconds (linkerd2 `defaultRetryBudget`, 2.20). */
const defaultBudget: RetryBudget = { percent: 20, minPerSecond: 10, intervalMs: 10_000 };

/** A profile is found by the name of its service; one with any other name is for nothing that is looked up. */
export const readProfiles = (reading: Reading): ServiceProfile[] =>
  objectsOf(reading, 'linkerd.io', 'ServiceProfile').flatMap(object => {
    const spec = reading.snapshot.field(object).at('spec');
    const service = serviceNamed(reading, object.ref.name);
    if (!service) {
      const expected = `<service>.<namespace>.svc.${reading.plane.clusterDomain}`;
      report(reading, 'LINKERD102', object.ref, `the name is not \`${expected}\` of a service`);
      spec?.leave('no service is looked up by this name');
      return [];
    }
    return [readProfile(reading, object, spec, service)];
  });

const serviceNamed = (reading: Reading, host: string): Service | undefined => {
  const [name = '', namespace = '', svc, ...domain] = host.split('.');
  if (svc !== 'svc' || domain.join('.') !== reading.plane.clusterDomain) return undefined;
  return reading.directory.resolve(namespace, name);
};

const readProfile = (
  reading: Reading,
  object: NativeObject,
  spec: Field | undefined,
  service: Service,
): ServiceProfile => {
  const namespace = namespaceOf(object.ref);
  const routes = spec?.list('routes') ?? [];
  const target = readOverrides(reading, spec?.list('dstOverrides') ?? [], service);
  const budget = readBudget(spec?.at('retryBudget'), routes);
  ignoreOpaquePorts(reading, spec);
  const fallback: Target = target ?? {
    kind: 'forward',
    backends: [{ backend: { kind: 'service', service: service.id }, weight: proxyDefault(1) }],
  };
  const id = `${namespace}/${object.ref.name}`;
  const rules = routes.flatMap((route, index) => readRoute(reading, route, `${id}/routes[${index}]`, fallback, budget));
  const rest: Rule = { id: `${id}/otherwise`, match: everything, action: { id: `${id}/otherwise`, target: fallback } };
  const overrides = routes.length > 0 || target !== undefined;
  return { service, namespace, overrides, rules: overrides ? [...rules, rest] : [], object, spec };
};

/** The Service's annotation is put in its place before the proxy sees it (linkerd2 opaque_ports_adaptor.go, 2.20). */
const ignoreOpaquePorts = (reading: Reading, spec: Field | undefined): void => {
  const ports = spec?.at('opaquePorts');
  if (!ports) return;
  ports.leave('the annotation config.linkerd.io/opaque-ports of the Service takes its place');
  report(
    reading,
    'LINKERD103',
    ports,
    '`opaquePorts` has no effect',
    'use the annotation config.linkerd.io/opaque-ports',
  );
};

/** Routes are tried in order; every alternative of a condition is a match of its own. */
const readRoute = (
  reading: Reading,
  route: Field,
  id: string,
  target: Target,
  budget: Setting<RetryBudget>,
): readonly Rule[] => {
  const name = route.text('name');
  const matches = readCondition(route.at('condition'));
  const retries = readRetries(reading, route, budget);
  const timeout = readTimeout(route.at('timeout'));
  const action: Action = {
    id,
    ...(name === undefined ? {} : { name }),
    target,
    ...(timeout ? { timeouts: { request: timeout } } : {}),
    ...(retries ? { retries } : {}),
    source: route,
  };
  if (matches) {
    return matches.map((match, index) => ({
      id: matches.length === 1 ? id : `${id}.condition[${index}]`,
      match: { ...match, source: route.at('condition') ?? route },
      action,
    }));
  }
  const at = route.at('condition') ?? route;
  report(reading, 'LINKERD104', at, 'the condition has no form as a list of matches; the route is left out');
  reading.opaque.push({ id, what: 'a route of a ServiceProfile whose condition is not understood', source: at });
  at.leave('no form as a list of matches');
  return [];
};

const readTimeout = (field: Field | undefined): Setting<number> | undefined => {
  const text = field?.asText();
  if (field === undefined || text === undefined) return undefined;
  const ms = parseDurationMs(text);
  if (ms === undefined) field.leave('not a duration');
  return ms ? written(ms, field) : undefined;
};

/** Failed answers are tried again as long as the budget lasts, without waiting. */
const readRetries = (reading: Reading, route: Field, budget: Setting<RetryBudget>): Retries | undefined => {
  const isRetryable = route.at('isRetryable');
  const classes = route.list('responseClasses');
  const on = failingStatuses(classes);
  if (!on) report(reading, 'LINKERD104', route.at('responseClasses') ?? route, 'a response class has no condition');
  if (isRetryable?.asBoolean() !== true) {
    route.at('responseClasses')?.leave('tells what is counted as a success; it changes traffic only with retries');
    return undefined;
  }
  const statuses = on ?? (['status:500-599'] as const);
  return {
    max: written(unlimited, isRetryable),
    on: classes.length > 0 ? written(statuses, route.at('responseClasses')) : proxyDefault(statuses),
    budget,
    source: isRetryable,
  };
};

const readBudget = (field: Field | undefined, routes: readonly Field[]): Setting<RetryBudget> => {
  if (!field) return proxyDefault(defaultBudget);
  if (!routes.some(route => route.at('isRetryable')?.value === true)) {
    field.leave('no route is retryable');
    return proxyDefault(defaultBudget);
  }
  const ratio = field.number('retryRatio') ?? 0;
  const floor = field.number('minRetriesPerSecond') ?? 0;
  const interval = parseDurationMs(field.text('ttl') ?? '');
  return written(
    { percent: Math.round(ratio * 1e8) / 1e6, minPerSecond: floor, ...(interval ? { intervalMs: interval } : {}) },
    field,
  );
};

/** Shares of all traffic to the service; a share of zero does not count, and without any the service itself is left. */
const readOverrides = (reading: Reading, fields: readonly Field[], service: Service): Target | undefined => {
  const backends = fields.flatMap((field): WeightedBackend[] => {
    const authority = field.text('authority') ?? '';
    const weight = field.at('weight');
    const milli = parseQuantityMilli(weight?.value);
    if (weight && typeof weight.value === 'string') weight.asText();
    else weight?.asNumber();
    if (milli === undefined || milli <= 0) return [];
    const [host = '', port] = splitPort(authority);
    const found = reading.directory.resolveHost(host, service.namespace);
    return [
      {
        backend: found
          ? { kind: 'service', service: found.id, ...(port === undefined ? {} : { port }) }
          : { kind: 'nowhere', status: 503, why: 'no such service', named: authority },
        weight: written(milli, weight),
        source: field,
      },
    ];
  });
  return backends.length > 0 ? { kind: 'forward', backends } : undefined;
};

const splitPort = (authority: string): readonly [string, number?] => {
  const match = /^(.*?):(\d+)$/.exec(authority);
  return match ? [match[1]!, Number(match[2])] : [authority];
};

/** Thousandths of a Kubernetes quantity: `500m`, `1`, `0.5`, `2k`. */
export const parseQuantityMilli = (value: unknown): number | undefined => {
  const match = /^(\d+(?:\.\d*)?|\.\d+)(m|k|M|)$/.exec(String(value ?? ''));
  if (!match) return undefined;
  const factor = { m: 1, '': 1000, k: 1_000_000, M: 1_000_000_000 }[match[2] as 'm' | 'k' | 'M' | ''];
  return Math.ceil(Number(match[1]) * factor);
};
