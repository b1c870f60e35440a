/** Who lives in the second cluster, and how the two are joined. */
import { hasPeer, stance } from '../machine/places.ts';
import { type ConfigEntry, type ConsulCluster, far, near } from './agent.ts';
import { guards, http, open, type Resident, resident, routedServices, upstreams, versions } from './scene.ts';

/**
 * A mesh gateway leads to no name without instances, so that callers of the peer are led by routes of servers. Names without
 * lead to the peer themselves, which what is exported may not (Consul refuses it).
 */
export const slots = hasPeer()
  ? { site: guards.slice(0, 8), guard: guards.slice(8, -1), away: routedServices.slice(0, -1) }
  : { site: routedServices, guard: guards, away: [] };

/** A server that callers of the other cluster have an upstream for, though it is not exported to them. */
export const keptGuard = guards.at(-1) ?? '';
/** A name without instances that is exported. */
export const emptySite = routedServices.at(-1) ?? '';

/** What is not exported. */
const kept: readonly string[] = [keptGuard, ...slots.away];

/** Callers of the same names as here, a service that only the peer has, and one of a name that is here too. */
export const farResidents: readonly Resident[] = hasPeer()
  ? [
      resident(1, 'client', { cluster: far, upstreamsFrom: 20_000 }),
      resident(2, 'client2', { cluster: far, upstreamsFrom: 21_000 }),
      resident(3, 'far', { cluster: far, version: 'v1' }),
      resident(4, 'far', { cluster: far, version: 'v2' }),
      resident(5, 'back', { cluster: far }),
    ]
  : [];

/** What is reached at the peer from here; upstreams of their own. */
export const farServices: readonly string[] = hasPeer() ? ['far', 'back'] : [];

/** Where a resident's application finds a service of the peer. */
export const farPort = ({ upstreamsFrom = 0 }: Resident, service: string): number =>
  upstreamsFrom + 500 + farServices.indexOf(service);

/** The name by which the mesh gateway of each cluster is registered, and its ports. */
export const gateway = { name: 'mesh-gateway', port: 8443, admin: 8444 } as const;

/** The service of the peer that a host means, as the model names it; undefined for any other name. */
export const farServiceOf = (host: string): string | undefined =>
  farServices.find(name => host === `${name}.virtual.${far.datacenter}.consul`);

const exported = (names: readonly string[], peer: ConsulCluster): ConfigEntry => ({
  Kind: 'exported-services',
  Name: 'default',
  Services: names.map(Name => ({ Name, Consumers: [{ Peer: peer.datacenter }] })),
});

/** What this cluster says of the other one. */
export const exports: ConfigEntry = exported(
  upstreams.filter(name => !kept.includes(name)),
  far,
);

/** A gateway is the only endpoint of a service of a peer: five failures in a row would take it out for half a minute. */
const patient = (name: string): ConfigEntry => ({
  ...http(name),
  UpstreamConfig: { Defaults: { PassiveHealthCheck: { EnforcingConsecutive5xx: 0 } } },
});

/** What callers here say of their upstreams. */
export const nearCallers: readonly ConfigEntry[] = hasPeer() ? ['client', 'client2'].map(patient) : [];

/** The whole configuration of the other cluster; nobody is kept out there. */
export const farScene: readonly ConfigEntry[] = [
  ...['client', 'client2'].map(patient),
  ...['far', 'back'].map(http),
  versions('far'),
  exported(farServices, near),
  ...(stance() === 'deny' ? ['far', 'back'].map(name => open(name, near)) : []),
];
