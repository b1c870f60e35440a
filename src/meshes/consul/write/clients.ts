import type { DestinationSettings } from '../../../model/capabilities/destination.ts';
import type { ClientScope } from '../../../model/scope.ts';
import { clientsOf } from '../chain/upstream-config.ts';
import type { ConsulServices } from '../services.ts';
import type { Judging } from './judging.ts';

export type Known = Pick<Judging, 'names' | 'target'>;

/** The services of the mesh as clients: the pods of each, and whose pods a scope means. */
interface Clients {
  readonly scopes: ReadonlyMap<string, readonly ClientScope[]>;
  readonly byScope: ReadonlyMap<string, string>;
}

const known = new WeakMap<ConsulServices, Clients>();

const textOf = ({ namespaces, labels = {} }: ClientScope): string =>
  JSON.stringify([namespaces, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);

const clientsIn = ({ names, target }: Known): Clients => {
  const before = known.get(names);
  if (before) return before;
  const scopes = new Map(names.all().map(name => [name, clientsOf({ mesh: target, services: names }, name)]));
  const byScope = new Map([...scopes].flatMap(([name, own]) => own.map(scope => [textOf(scope), name] as const)));
  known.set(names, { scopes, byScope });
  return { scopes, byScope };
};

/** The pods of a service as clients. */
export const scopesOf = (name: string, judging: Known): readonly ClientScope[] =>
  clientsIn(judging).scopes.get(name) ?? [];

/** The service whose pods are the only clients of some settings; `all`: every client; undefined: neither. */
export const clientOf = ({ clients }: DestinationSettings, judging: Known): string | 'all' | undefined => {
  if (clients.gateway !== undefined) return undefined;
  if (!clients.namespaces && !clients.labels) return 'all';
  return clientsIn(judging).byScope.get(textOf(clients));
};

/** Settings of whole services, by service, in their order, with the clients that they are for. */
type ByService = ReadonlyMap<string, readonly (readonly [client: string, settings: DestinationSettings])[]>;

const grouped = new WeakMap<readonly DestinationSettings[], ByService>();

const byService = (destinations: readonly DestinationSettings[], judging: Known): ByService => {
  const before = grouped.get(destinations);
  if (before) return before;
  const services = new Map<string, (readonly [string, DestinationSettings])[]>();
  for (const settings of destinations) {
    const { service, subset, port } = settings.target;
    const client = clientOf(settings, judging);
    if (service === undefined || subset || port !== undefined || client === undefined) continue;
    const list = services.get(service);
    if (list) list.push([client, settings]);
    else services.set(service, [[client, settings]]);
  }
  grouped.set(destinations, services);
  return services;
};

/** What all clients do for a service beside what each sets for itself: what its resolver says. */
export const commonFor = (
  service: string | undefined,
  destinations: readonly DestinationSettings[],
  judging: Known,
): DestinationSettings | undefined =>
  (service === undefined ? undefined : byService(destinations, judging).get(service))?.find(
    ([client]) => client === 'all',
  )?.[1];

/**
 * By client, in the order of names: the settings that it has to say itself. `isOwn` tells of settings whether they hold
 * anything that a resolver does not say.
 */
export const ownSettings = (
  destinations: readonly DestinationSettings[],
  judging: Known,
  isOwn: (settings: DestinationSettings) => boolean,
): ReadonlyMap<string, readonly DestinationSettings[]> => {
  const services = [...byService(destinations, judging)].sort(([a], [b]) => (a < b ? -1 : 1));
  const told = services.filter(([, list]) => list.some(([, settings]) => isOwn(settings)));
  const own = new Map<string, readonly DestinationSettings[]>();
  if (told.length === 0) return own;
  for (const name of judging.names.all()) {
    const ofClient = told.flatMap(([, list]) => {
      const [, settings] = list.find(([client]) => client === 'all' || client === name) ?? [];
      return settings && isOwn(settings) ? [settings] : [];
    });
    if (ofClient.length > 0) own.set(name, ofClient);
  }
  return own;
};
