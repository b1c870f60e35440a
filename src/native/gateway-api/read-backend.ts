import type { Field } from '../../base/field.ts';
import { proxyDefault, written } from '../../base/source.ts';
import type { Backend, WeightedBackend } from '../../model/frontend.ts';
import { serviceId } from '../../model/inventory.ts';
import { type Filters, readFilters } from './read-filters.ts';
import { type BackendReference, type GatewayApiReading, report } from './reading.ts';
import type { RouteIdentity } from './route.ts';

/** Where a reference is made: the route, and whether it acts on a Gateway or on a Service. */
export interface ReferenceContext extends GatewayApiReading {
  readonly route: RouteIdentity;
  readonly parent: 'Gateway' | 'Service';
}

/** What a rule does beside sending that is written on its only backend. */
export type Lifted = Pick<Filters, 'mirrors' | 'redirect' | 'rewrite' | 'cors'>;

export interface Backends {
  /** Undefined if none has a weight above zero: such a rule answers with an error (observed, row 15.4). */
  readonly shares: readonly WeightedBackend[] | undefined;
  /** Filters of the only backend that takes traffic act like the rule's own. */
  readonly lifted: Lifted;
}

/** A rule's `backendRefs`. An absent weight is 1. */
export const readBackends = (rule: Field, context: ReferenceContext): Backends => {
  const fields = rule.list('backendRefs');
  const takesTraffic = (field: Field): boolean => field.at('weight')?.value !== 0;
  const isSole = fields.filter(takesTraffic).length === 1;
  let lifted: Lifted = {};
  const shares = fields.map(field => {
    const filters = readFilters(field.list('filters'), context, context.profile.backendFilters);
    const { requestHeaders: _request, responseHeaders: _response, unsupported: _unsupported, ...more } = filters;
    if (isSole && takesTraffic(field)) lifted = more;
    else if (Object.keys(more).length > 0) leaveFilters(field, context);
    return readShare(field, filters, context);
  });
  const [sole, ...others] = shares;
  if (context.profile.soleBackendTakesAll && sole?.weight.value === 0 && others.length === 0) {
    return { shares: [{ ...sole, weight: proxyDefault(1) }], lifted };
  }
  return { shares: shares.some(({ weight }) => weight.value > 0) ? shares : undefined, lifted };
};

const leaveFilters = (field: Field, context: ReferenceContext): void => {
  for (const filter of field.list('filters')) {
    const type = filter.text('type') ?? '';
    if (type === 'RequestHeaderModifier' || type === 'ResponseHeaderModifier') continue;
    report(context, 'GWAPI015', filter, `filter \`${type}\` acts on a share of the traffic, which is not told`);
    filter.leave('a filter on one of several backends');
  }
};

const readShare = (field: Field, filters: Filters, context: ReferenceContext): WeightedBackend => {
  const weight = field.number('weight');
  const backend = readBackend(field, context);
  const failed = filters.unsupported;
  return {
    backend:
      failed && backend.kind === 'service'
        ? nowhere(failed, `the filter of backend \`${backend.service}\` is not honoured`, context)
        : backend,
    weight: weight === undefined ? proxyDefault(1) : written(weight, field.at('weight')),
    ...(filters.requestHeaders ? { requestHeaders: filters.requestHeaders } : {}),
    ...(filters.responseHeaders ? { responseHeaders: filters.responseHeaders } : {}),
    source: field,
  };
};

/** What a `backendRef` denotes: endpoints of a Service port, or nothing. */
export const readBackend = (field: Field, context: ReferenceContext): Backend => {
  const port = field.number('port');
  const ref: BackendReference = {
    group: field.text('group') ?? '',
    kind: field.text('kind') ?? 'Service',
    namespace: field.text('namespace') ?? context.backendNamespace ?? context.route.namespace,
    name: field.text('name') ?? '',
    ...(port === undefined ? {} : { port }),
    source: field,
  };
  const backend = denoted(ref, context);
  if (backend.kind === 'nowhere') {
    report(context, 'GWAPI002', field, `backend \`${backend.named}\`: ${backend.why}`);
  }
  return backend;
};

const denoted = (ref: BackendReference, context: ReferenceContext): Backend => {
  const named = `${ref.namespace}/${ref.name}${ref.port === undefined ? '' : `:${ref.port}`}`;
  if (!isPermitted(ref, context)) return nowhere(named, 'no ReferenceGrant permits the reference', context);
  if (ref.group !== '' || ref.kind !== 'Service') {
    return context.otherBackend?.(ref) ?? nowhere(named, `kind \`${ref.kind}\` is no backend here`, context);
  }
  if (ref.port === undefined) return nowhere(named, 'a Service as a backend needs a port', context);
  const service = context.directory.resolve(ref.namespace, ref.name);
  if (!service) return nowhere(named, 'the Service does not exist', context);
  if (service.ports.length > 0 && !service.ports.some(({ port }) => port === ref.port)) {
    return nowhere(named, 'the Service has no such port', context);
  }
  return { kind: 'service', service: serviceId(ref.namespace, ref.name), port: ref.port };
};

const nowhere = (named: string, why: string, { profile }: ReferenceContext): Backend => ({
  kind: 'nowhere',
  status: profile.invalidBackendStatus,
  why,
  named,
});

const isPermitted = (ref: BackendReference, context: ReferenceContext): boolean => {
  const { route, parent, profile, grants, directory } = context;
  if (parent === 'Service' && !profile.grantsForServiceRoutes) return true;
  if (grants.permit(route, ref)) return true;
  const isRefused = grants.isKnown(ref.namespace, directory);
  const assumed = isRefused ? '' : '; it is taken to exist outside the input';
  report(context, 'GWAPI003', ref.source, `no ReferenceGrant in \`${ref.namespace}\` permits it${assumed}`);
  return !isRefused;
};
