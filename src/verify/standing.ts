/** What stands behind a leg, whatever is sent: settings of the sender's, servers, and what guards them. */
import { isSame } from '../base/same.ts';
import type { DestinationSettings } from '../model/capabilities/destination.ts';
import { narrow } from '../model/frontend.ts';
import { containerPort, type Service, type Workload } from '../model/inventory.ts';
import type { DataPlane, Mesh } from '../model/mesh.ts';
import { senderOf } from './departure.ts';
import { serviceOf } from './dial.ts';
import type { Notes } from './findings.ts';
import { Kept, mostKept, storeFor } from './kept.ts';
import type { Leg } from './leg.ts';
import type { Guards, Lookup } from './lookup/lookup.ts';
import type { MeshProxy, Party } from './party.ts';
import { serverSide, serversBehind } from './path.ts';
import { meansSame, pairwise } from './questions/plain.ts';
import { Recent } from './recent.ts';
import { receiverOf } from './server.ts';
import type { Story } from './story.ts';

const settingsFor = (lookup: Lookup, leg: Leg, sender: Party): DestinationSettings | undefined => {
  if (leg.passthrough || !sender.proxy) return undefined;
  const { service, port, subset } = leg;
  const asked = {
    host: service?.hosts[0] ?? leg.name,
    ...(service ? { service } : {}),
    ...(port === undefined ? {} : { port }),
    ...(subset ? { subset } : {}),
  };
  return lookup.destinations.settingsFor(asked, senderOf(sender));
};

/** The container port that a service port leads to; the same number where the service's ports are not known. */
const portOn = (service: Service, asked: number | undefined, workload: Workload | undefined): number | undefined => {
  const port = service.ports.find(candidate => candidate.port === asked);
  if (!port) return asked;
  if (workload) return containerPort(port, workload);
  return typeof port.targetPort === 'string' ? undefined : (port.targetPort ?? asked);
};

/** Between which models, and for whom, legs are followed. */
export interface Way {
  /** The model in which the legs were picked: the clients', or behind a waypoint the servers'. */
  readonly from: Lookup;
  readonly to: Lookup;
  readonly sender: Party;
  readonly story: Story;
}

/** One who may answer, with what guards the port. */
interface Behind {
  readonly receiver: Party;
  readonly port?: number;
  readonly guards: Guards;
}

/** What stands behind a leg for a sender, whatever is sent. */
interface Standing {
  readonly service?: Service;
  readonly settings?: DestinationSettings;
  readonly servers: readonly Behind[];
}

const leading = storeFor<Lookup, Recent<Service, Leg[]>>(() => new Recent(mostKept));

const leadAlike = (a: Leg, b: Leg): boolean =>
  a.port === b.port &&
  a.passthrough === b.passthrough &&
  a.subset?.name === b.subset?.name &&
  isSame(a.subset?.labels, b.subset?.labels);

/** Of the legs that lead to the same place the first that came by: what stands there is found once for all of them. */
const oneLike = (leg: Leg, to: Lookup): Leg => {
  const { service, nowhere } = leg;
  if (!service || nowhere) return leg;
  const services = leading(to);
  const legs = services.get(service);
  if (!legs) services.set(service, [leg]);
  const first = legs?.find(other => leadAlike(other, leg));
  if (!first) legs?.push(leg);
  return first ?? leg;
};

const keptServers = new Kept<Leg, Pick<Standing, 'service' | 'servers'>>();
const keptSettings = new Kept<Leg, DestinationSettings | undefined>();

export const standingBehind = (leg: Leg, way: Way): Standing => {
  const like = oneLike(leg, way.to);
  const behind = serversBehindLeg(like, way);
  const settings = way.from.model.destinations.length > 0 ? settingsOfLeg(like, way) : undefined;
  return settings ? { ...behind, settings } : behind;
};

const serversBehindLeg = (leg: Leg, { to, story: { notes } }: Way): Pick<Standing, 'service' | 'servers'> =>
  keptServers.get(leg, [to], notes, own => serversAt(leg, to, own));

const settingsOfLeg = (leg: Leg, { from, sender, story: { notes } }: Way): DestinationSettings | undefined =>
  keptSettings.get(leg, [from, sender], notes, () => settingsFor(from, leg, sender));

const deserted = storeFor<Lookup, WeakMap<Leg, boolean>>(() => new WeakMap());

/** Whether nobody is behind a leg, for certain: all that there is is in the input. */
const isDeserted = (leg: Leg, to: Lookup): boolean => {
  if (!to.services.isWhole) return false;
  const known = deserted(to).get(leg) ?? isEmpty(leg, to);
  deserted(to).set(leg, known);
  return known;
};

const isEmpty = ({ service, subset, nowhere, passthrough }: Leg, to: Lookup): boolean => {
  if (!service || nowhere || passthrough) return false;
  const endpoints = narrow(serverSide(to, service).endpoints, subset);
  return endpoints.kind === 'pods' && to.services.workloadsOf(endpoints).length === 0;
};

/**
 * Where the share of a leg goes while there is nobody behind it: to the first that stands in for it and has somebody, or of
 * whom nobody knows. Who fails his health checks is nothing that a model shows, so that others keep their share.
 */
export const standIn = (leg: Leg, { from, to, sender, story }: Way): Leg => {
  if (!isDeserted(leg, to) || sender.proxy?.dataPlane.hasNoFallbacks) return leg;
  const fallbacks = settingsFor(from, leg, sender)?.locality?.fallbacks ?? [];
  for (const { service: id, subset } of fallbacks) {
    const service = serviceOf(to, id, story.notes);
    const next: Leg = { ...withoutEnd(leg), name: service.id, service, ...(subset ? { subset } : {}) };
    if (isDeserted(next, to)) continue;
    story.notes.assume(() => `nobody is behind \`${leg.name}\`, and \`${service.id}\` stands in`);
    return { ...next, ...portAt(service, leg), endpoints: narrow(service.endpoints, subset) };
  }
  return leg;
};

const withoutEnd = ({ service: _, subset: __, port: ___, endpoints: ____, ...leg }: Leg): Leg => leg;

/** The port of the leg, where who stands in has it; else the first that it has. */
const portAt = ({ ports }: Service, { port }: Leg): Pick<Leg, 'port'> => {
  const own = ports.some(candidate => candidate.port === port) ? port : (ports[0]?.port ?? port);
  return own === undefined ? {} : { port: own };
};

/** Who answers behind a leg, and what guards each of them, whoever sends. */
export const serversAt = (leg: Leg, to: Lookup, notes: Notes): Pick<Standing, 'service' | 'servers'> => {
  const service = leg.service && serverSide(to, leg.service);
  const servers = serversBehind(leg, service, to, notes).map(({ party: receiver, workload }): Behind => {
    const port = service ? portOn(service, leg.port, workload) : leg.port;
    const at = port === undefined ? {} : { port };
    const guards = to.guards(() => receiverOf({ receiver, ...at, ...(service ? { service } : {}) }));
    return { receiver, guards, ...at };
  });
  return { ...(service ? { service } : {}), servers };
};

/** All that decides about what arrives behind some legs, whatever is sent: where they lead, and who sends. */
export interface Ahead extends Way {
  readonly legs: readonly Leg[];
}

const samePlane = pairwise<DataPlane>(meansSame);
const sameGuards = pairwise<Guards>(meansSame);

const sameMesh = pairwise<Mesh>(
  (a, b) =>
    a.id === b.id &&
    a.trustDomain === b.trustDomain &&
    meansSame(a.trustDomainAliases, b.trustDomainAliases) &&
    meansSame(a.defaults.access, b.defaults.access) &&
    a.takesSpiffe === b.takesSpiffe,
);

const sameProxy = (a: MeshProxy | undefined, b: MeshProxy | undefined): boolean =>
  a && b ? a.mode === b.mode && samePlane(a.dataPlane, b.dataPlane) && sameMesh(a.mesh, b.mesh) : a === b;

/** Whether two parties are the same to the other end of a connection. */
const sameParty = (a: Party, b: Party): boolean =>
  a.namespace === b.namespace &&
  a.joinedWith === b.joinedWith &&
  meansSame(a.identity, b.identity) &&
  sameProxy(a.proxy, b.proxy);

const sameServers = pairwise<readonly Behind[]>(
  (a, b) =>
    a.length === b.length &&
    a.every((one, index) => {
      const other = b[index];
      if (!other || one.port !== other.port) return false;
      const { receiver, guards } = one;
      return (
        sameParty(receiver, other.receiver) &&
        meansSame(receiver.labels, other.receiver.labels) &&
        sameGuards(guards, other.guards)
      );
    }),
);

const sameSettings = pairwise<DestinationSettings>((a, b) =>
  meansSame({ ...a, id: '', clients: '', target: '' }, { ...b, id: '', clients: '', target: '' }),
);

const standAlike = (a: Standing, b: Standing): boolean => {
  if (!sameServers(a.servers, b.servers)) return false;
  return a.settings && b.settings ? sameSettings(a.settings, b.settings) : a.settings === b.settings;
};

/** Whether the same stands before two requests: if they left alike too, they end alike. False where a waypoint may. */
export const meetSame = (a: Ahead, b: Ahead): boolean =>
  !a.to.hasWaypoints &&
  !b.to.hasWaypoints &&
  sameParty(a.sender, b.sender) &&
  a.legs.length === b.legs.length &&
  a.legs.every((leg, index) => {
    const other = b.legs[index];
    if (!other || leg.passthrough !== other.passthrough) return false;
    return standAlike(standingBehind(leg, a), standingBehind(other, b));
  });
