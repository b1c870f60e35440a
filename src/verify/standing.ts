/** What stands behind a leg, whatever is sent: settings of the sender's, servers, and what guards them. */
import type { DestinationSettings } from '../model/capabilities/destination.ts';
import { containerPort, type Service, type Workload } from '../model/inventory.ts';
import { senderOf } from './departure.ts';
import { Kept } from './kept.ts';
import type { Leg } from './leg.ts';
import type { Guards, Lookup } from './lookup/lookup.ts';
import type { Party } from './party.ts';
import { serverSide, serversBehind } from './path.ts';
import { plain, plainWithout } from './questions/plain.ts';
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

const kept = new Kept<Leg, Standing>();

export const standingBehind = (leg: Leg, { from, to, sender, story }: Way): Standing =>
  kept.get(leg, [from, to, sender], story.notes, notes => {
    const settings = settingsFor(from, leg, sender);
    const service = leg.service && serverSide(to, leg.service);
    const servers = serversBehind(leg, to, notes).map(({ party: receiver, workload }): Behind => {
      const port = service ? portOn(service, leg.port, workload) : leg.port;
      const at = { receiver, ...(port === undefined ? {} : { port }), ...(service ? { service } : {}) };
      return { receiver, ...(port === undefined ? {} : { port }), guards: to.guards(receiverOf(at)) };
    });
    return { ...(service ? { service } : {}), ...(settings ? { settings } : {}), servers };
  });

const described = new WeakMap<Standing, string>();

/** All that decides about what arrives, in words that are equal where that is the same. */
const describe = (standing: Standing): string => {
  const known = described.get(standing);
  if (known !== undefined) return known;
  const { settings, servers } = standing;
  const words = JSON.stringify(
    plain([
      settings && plainWithout(settings, 'id', 'clients', 'target'),
      servers.map(({ receiver, port, guards }) => [atEnd(receiver), receiver.labels, port, guards]),
    ]),
  );
  described.set(standing, words);
  return words;
};

/** What a proxy is to the other end of a connection. */
const atEnd = ({ namespace, identity, proxy }: Party): unknown => [
  namespace,
  identity,
  proxy && [proxy.mode, proxy.dataPlane, proxy.mesh.id, proxy.mesh.trustDomain, proxy.mesh.trustDomainAliases],
  proxy && [proxy.mesh.defaults.access, proxy.mesh.takesSpiffe],
];

/**
 * What stands before legs, in words; undefined where a waypoint may. Two requests that leave alike, and for which this is
 * the same, end alike.
 */
export const aheadOf = (legs: readonly Leg[], dispatch: Way): readonly string[] | undefined =>
  dispatch.to.hasWaypoints
    ? undefined
    : [sentBy(dispatch.sender), ...legs.map(leg => `${leg.passthrough} ${describe(standingBehind(leg, dispatch))}`)];

const senders = new WeakMap<Party, string>();

const sentBy = (sender: Party): string => {
  const known = senders.get(sender);
  if (known !== undefined) return known;
  const words = JSON.stringify(plain(atEnd(sender)));
  senders.set(sender, words);
  return words;
};
