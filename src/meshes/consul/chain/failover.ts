import type { DestinationSettings } from '../../../model/capabilities/destination.ts';
import type { Fallback, Locality } from '../../../model/capabilities/locality.ts';
import type { Subset } from '../../../model/frontend.ts';
import type { Service } from '../../../model/inventory.ts';
import type { EntryField } from '../entry-field.ts';
import { everyone } from '../intentions/intention.ts';
import type { Entry, Reading } from '../reading.ts';
import { elsewhere } from './elsewhere.ts';
import { labelsOfSubset } from './subset-filter.ts';

/** What a resolver says of a service as a whole, or of one of its subsets. */
export interface Failover {
  readonly subset?: Subset;
  readonly locality: Locality;
}

/** What is read of a resolver beside its own name. */
interface Place {
  readonly reading: Reading;
  readonly resolvers: ReadonlyMap<string, Entry>;
  readonly name: string;
}

/**
 * `failover` of a resolver, by subset; `*` is for every subset that has none of its own. Requests go elsewhere when no
 * instance passes its health checks, and not because answers fail (observed, rows 3.14 to 3.16).
 */
export const readFailovers = (place: Place): readonly Failover[] => {
  const spec = place.resolvers.get(place.name)?.spec;
  return (spec?.entries('failover') ?? []).flatMap(([key, field]): readonly Failover[] => {
    field.at('policy')?.field.leave('orders by region belong to the Enterprise edition');
    leaveTenancy(field);
    const targets = targetsOf(field, { ...place, subset: key });
    if (targets.length === 0) return [];
    const locality: Locality = { fallbacks: targets, source: field };
    return key === everyone ? [{ locality }] : [{ subset: subsetOf(place.name, key, place), locality }];
  });
};

const leaveTenancy = (field: EntryField): void => {
  for (const key of ['samenessGroup', 'namespace'])
    field.leave(key, 'namespaces and sameness groups belong to the Enterprise edition');
};

/** Datacenters come before targets; one service and subset stand for themselves. */
const targetsOf = (field: EntryField, place: Place & { readonly subset: string }): readonly Fallback[] => {
  const datacenters = field.texts('datacenters') ?? [];
  if (datacenters.length > 0) {
    field.leave('targets', 'datacenters are named beside');
    return datacenters.flatMap(datacenter => targetOf(field, datacenter, place));
  }
  const targets = field.list('targets');
  return targets.length > 0
    ? targets.flatMap(target => targetOf(target, target.text('datacenter'), place))
    : targetOf(field, undefined, place);
};

const targetOf = (
  field: EntryField,
  datacenter: string | undefined,
  { reading, resolvers, name, subset: failing }: Place & { readonly subset: string },
): readonly Fallback[] => {
  leaveTenancy(field);
  const own = field.text('service');
  const service = own ?? name;
  const named = field.text('serviceSubset');
  const subset = named ?? (own === undefined && failing !== everyone ? failing : undefined);
  const place = field.text('peer') ?? field.text('partition') ?? datacenter;
  if (place !== undefined && place !== reading.plane.datacenter) {
    return [{ service: elsewhere(reading, field.field, service, subset, place) }];
  }
  if (service === name && (subset ?? everyone) === failing) return [];
  const known = reading.services.resolve(service, resolvers.get(name)?.namespace ?? 'default');
  if (!known) return [];
  return [
    {
      service: known.id,
      ...(subset === undefined ? {} : { subset: subsetOf(service, subset, { reading, resolvers, name }) }),
    },
  ];
};

const subsetOf = (service: string, subset: string, { reading, resolvers }: Place): Subset => {
  const [, definition] =
    resolvers
      .get(service)
      ?.spec?.entries('subsets')
      .find(([key]) => key === subset) ?? [];
  const labels = definition && labelsOfSubset({ services: reading.services, findings: [] }, service, definition);
  return { name: subset, ...(labels ? { labels } : {}) };
};

/** The settings of a service, for its subsets first; a subset has what the service has, with its own failover. */
export const withFailovers = (
  settings: DestinationSettings,
  failovers: readonly Failover[],
  service: Service,
): readonly DestinationSettings[] => {
  const whole = failovers.find(({ subset }) => subset === undefined);
  const ofSubsets = failovers.flatMap(({ subset, locality }) =>
    subset === undefined
      ? []
      : [{ ...settings, id: `${service.id} ${subset.name}`, target: { service: service.id, subset }, locality }],
  );
  return [...ofSubsets, whole ? { ...settings, locality: whole.locality } : settings];
};
