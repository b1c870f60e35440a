import type { Field } from '../../base/field.ts';
import { proxyDefault, written } from '../../base/source.ts';
import type { Backend, WeightedBackend } from '../../model/frontend.ts';
import { serviceId } from '../../model/inventory.ts';
import { readFilters } from './read-filters.ts';
import { type BackendReference, type GatewayApiReading, report } from './reading.ts';
import type { RouteIdentity } from './route.ts';

/** Where a reference is made: the route, and whether it acts on a Gateway or on a Service. */
export interface ReferenceContext extends GatewayApiReading {
  readonly route: RouteIdentity;
  readonly parent: 'Gateway' | 'Service';
}

/**
 * A rule's `backendRefs`. Undefined if there is none with a weight above zero: such a rule answers with an error
 * (observed-istio 15.4). An absent weight is 1.
 */
export const readBackends = (rule: Field, context: ReferenceContext): readonly WeightedBackend[] | undefined => {
  const backends = rule.list('backendRefs').map(field => readWeighted(field, context));
  return backends.some(({ weight }) => weight.value > 0) ? backends : undefined;
};

const readWeighted = (field: Field, context: ReferenceContext): WeightedBackend => {
  const weight = field.number('weight');
  const filters = readFilters(field.list('filters'), context, context.profile.backendFilters);
  const backend = readBackend(field, context);
  const failed = filters.unsupported;
  return {
    backend: failed && backend.kind === 'service' ? nowhere(backend.service, `filter ${failed}`, context) : backend,
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
    namespace: field.text('namespace') ?? context.route.namespace,
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

/** Where the input is a part of what exists, a grant that it does not hold may exist. */
const isPermitted = (ref: BackendReference, context: ReferenceContext): boolean => {
  const { route, parent, profile, grants, directory } = context;
  if (parent === 'Service' && !profile.grantsForServiceRoutes) return true;
  if (grants.permit(route, ref)) return true;
  const assumed = directory.isWhole ? '' : '; it is taken to exist outside the input';
  report(context, 'GWAPI003', ref.source, `no ReferenceGrant in \`${ref.namespace}\` permits it${assumed}`);
  return !directory.isWhole;
};
