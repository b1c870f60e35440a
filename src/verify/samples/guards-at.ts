import { unique } from '../../base/order.ts';
import type { AccessPolicy } from '../../model/capabilities/access.ts';
import type { RequestAuthentication } from '../../model/capabilities/request-authentication.ts';
import { narrow, type Subset } from '../../model/frontend.ts';
import type { Service } from '../../model/inventory.ts';
import type { EndpointSet } from '../../model/scope.ts';
import type { Guard } from '../lookup/coverage.ts';
import type { Lookup } from '../lookup/lookup.ts';

type Subsets = ReadonlyMap<string, ReadonlyMap<string, Subset>>;

const namedSubsets = new WeakMap<Lookup, Subsets>();

/** The subsets that rules name, or that stand in for others, each once, by the service that they are parts of. */
const subsetsIn = (lookup: Lookup): Subsets => {
  const known = namedSubsets.get(lookup);
  if (known) return known;
  const subsets = new Map<string, Map<string, Subset>>();
  const note = (service: string, subset: Subset | undefined): void => {
    if (!subset?.labels) return;
    const ofService = subsets.get(service) ?? new Map<string, Subset>();
    subsets.set(service, ofService.set(JSON.stringify(subset.labels), subset));
  };
  for (const { action } of lookup.model.frontends.flatMap(({ rules }) => rules)) {
    for (const { backend } of action.target.kind === 'forward' ? action.target.backends : []) {
      if (backend.kind === 'service') note(backend.service, backend.subset);
    }
  }
  for (const { locality } of lookup.model.destinations)
    for (const { service, subset } of locality?.fallbacks ?? []) note(service, subset);
  namedSubsets.set(lookup, subsets);
  return subsets;
};

/** Who stands behind endpoints, or who is supposed to where the input shows nobody. */
const behindEndpoints = (lookup: Lookup, namespace: string, endpoints: EndpointSet): readonly Guard[] => {
  const workloads = lookup.services.workloadsOf(endpoints);
  if (workloads.length > 0 || endpoints.kind === 'addresses') return workloads;
  return [{ namespace, labels: endpoints.labels }];
};

/** Everyone who may guard a service, on whatever port and in whatever mesh: its workloads, and its waypoint. */
export const guardsAt = (lookup: Lookup, service: Service): Guard[] => {
  const { id, endpoints, namespace, waypoint } = service;
  const parts = [
    endpoints,
    ...[...(subsetsIn(lookup).get(id)?.values() ?? [])].map(subset => narrow(endpoints, subset)),
  ];
  const gateway = waypoint === undefined ? {} : { gateway: waypoint };
  return [
    ...unique(parts.flatMap(part => behindEndpoints(lookup, namespace, part))),
    { labels: {}, service: id, isWaypoint: true, ...gateway },
  ];
};

/** Policies and token rules that may act on the way to services. */
export const guardsOf = (lookups: readonly Lookup[], services: readonly Service[]) => {
  const policies = new Set<AccessPolicy>();
  const authentications = new Set<RequestAuthentication>();
  for (const lookup of lookups) {
    if (lookup.model.access.length + lookup.model.requestAuthentication.length === 0) continue;
    for (const guard of services.flatMap(each => guardsAt(lookup, each))) {
      for (const policy of lookup.accessAround(guard)) policies.add(policy);
      for (const rule of lookup.requestAuthenticationAround(guard)) authentications.add(rule);
    }
  }
  return { policies: [...policies], authentications: [...authentications] };
};
