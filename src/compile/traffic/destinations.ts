import type { DestinationSettings } from '../../model/capabilities/destination.ts';
import type { RateLimit } from '../../model/capabilities/rate-limit.ts';
import type { Service } from '../../model/inventory.ts';
import type { Place } from '../effective.ts';
import { serverScopeOf } from '../server-scope.ts';
import { connectionLimitsOf, loadBalancingOf, localityOf, outlierDetectionOf } from './fields.ts';
import type { Tables } from './frontends.ts';

/** Fields that say how clients treat the endpoints of a service. */
export const destinationFields = ['outlierDetection', 'connections', 'loadBalancing', 'locality'] as const;

/** How clients treat each service, as far as a policy says so; what stands in `before` (TLS of backends) stays. */
export const destinationsOf = (
  before: readonly DestinationSettings[],
  tables: Tables,
): readonly DestinationSettings[] => {
  const settings = tables.inventory.services.flatMap(service => settingsFor(service, tables));
  const merged = before.map(one => {
    const { service, port } = one.target;
    const [, said] = settings.find(([, other]) => other.target.service === service && other.target.port === port) ?? [];
    return said ? { ...said, ...one } : one;
  });
  const taken = new Set(merged.map(({ target }) => `${target.service} ${target.port}`));
  return [
    ...merged,
    ...settings.flatMap(([, one]) => (taken.has(`${one.target.service} ${one.target.port}`) ? [] : one)),
  ];
};

const settingsFor = (service: Service, tables: Tables): [Place, DestinationSettings][] => {
  const place = { namespace: service.namespace, service: service.id };
  const places: Place[] = [...tables.policies.portsOf(service.id).map(port => ({ ...place, port })), place];
  return places.flatMap(at => {
    const one = service.external ? undefined : settingsAt(service, at, tables);
    return one ? [[at, one]] : [];
  });
};

const settingsAt = (service: Service, place: Place, tables: Tables): DestinationSettings | undefined => {
  const { policies, mesh, find } = tables;
  if (!policies.says(place, destinationFields)) return undefined;
  const [outlier, connections, balancing, near] = destinationFields.map(name => policies.pick(place, name));
  const { defaults } = mesh;
  // What a policy leaves out stays as the mesh has it.
  const outlierDetection = outlier
    ? { ...defaults.outlierDetection, ...outlierDetectionOf(outlier) }
    : defaults.outlierDetection;
  const connectionLimits = connections
    ? { ...defaults.connectionLimits, ...connectionLimitsOf(connections) }
    : defaults.connectionLimits;
  const { port } = place;
  const source = outlier ?? connections ?? balancing ?? near;
  return {
    id: port === undefined ? service.id : `${service.id}:${port}`,
    clients: { mesh: mesh.id },
    target: { service: service.id, ...(port === undefined ? {} : { port }) },
    loadBalancing: balancing ? loadBalancingOf(balancing) : defaults.loadBalancing,
    ...(outlierDetection ? { outlierDetection } : {}),
    ...(connectionLimits ? { connectionLimits } : {}),
    ...(near ? { locality: localityOf(near, near.object.namespace ?? 'default', find) } : {}),
    ...(source ? { source } : {}),
  };
};

/** How many requests each endpoint of a service takes. */
export const rateLimitsOf = (tables: Tables): readonly RateLimit[] =>
  tables.inventory.services.flatMap(service => {
    const place = { namespace: service.namespace, service: service.id };
    const { policies } = tables;
    return [...policies.portsOf(service.id).map(port => ({ ...place, port })), place].flatMap((at: Place) => {
      const scope = policies.says(at, ['rateLimit']) ? serverScopeOf(service, at.port, tables) : undefined;
      const field = scope && policies.pick(at, 'rateLimit');
      if (!field) return [];
      const total = field.number('requestsPerSecond');
      const perIdentity = field.number('perIdentity');
      return {
        id: at.port === undefined ? service.id : `${service.id}:${at.port}`,
        scope,
        ...(total === undefined ? {} : { total }),
        ...(perIdentity === undefined ? {} : { perIdentity }),
        status: 429,
        source: field,
      };
    });
  });
