import type { Setting } from '../base/source.ts';
import type { DestinationSettings } from '../model/capabilities/destination.ts';
import type { RetryBudget } from '../model/capabilities/retries.ts';
import { containerPort, type Service, type Workload } from '../model/inventory.ts';
import { badPath, senderOf } from './departure.ts';
import type { Touched } from './inquiry.ts';
import { Kept } from './kept.ts';
import { type Leg, wholeLeg } from './leg.ts';
import type { Guards, Lookup } from './lookup/lookup.ts';
import { hostOf } from './lookup/services.ts';
import { splitTarget } from './normalize.ts';
import type { Encrypted, ServerShare } from './outcome.ts';
import type { Party } from './party.ts';
import { serverSide, serversBehind, waypointBefore } from './path.ts';
import { plain, plainWithout } from './questions/plain.ts';
import { route } from './route.ts';
import type { Answer, Treatment } from './routing.ts';
import { type Admission, admit, receiverOf } from './server.ts';
import { passedOn, sightOf, type Traffic, targetText } from './sight.ts';
import type { Story } from './story.ts';
import { touchedBy } from './touched.ts';
import { editHeaders } from './treatment/headers.ts';
import { defaultTreatment } from './treatment/treatment.ts';

/** What became of a share of the traffic. */
export interface Delivered {
  readonly leg: Leg;
  readonly servers: readonly ServerShare[];
  /** What the sender's settings for the destination say about retries. */
  readonly budget?: Setting<RetryBudget>;
  /** The waypoint on the way, if there was one. */
  readonly waypoint?: {
    /** Of the connection to it. */
    readonly encrypted: Encrypted;
    /** It answered by itself. */
    readonly answer?: Answer;
    readonly treatment?: Treatment;
  };
}

export interface Dispatch {
  /** The model in which the legs were picked: the clients', or behind a waypoint the servers'. */
  readonly from: Lookup;
  readonly to: Lookup;
  readonly sender: Party;
  readonly traffic: Traffic;
  readonly treatment: Treatment;
  readonly story: Story;
}

const shareOf = ({ decision, status, encrypted, identitySeen }: Admission, id: string | undefined): ServerShare => ({
  ...(id === undefined ? {} : { workload: id }),
  decision,
  ...(status === undefined ? {} : { status }),
  encrypted,
  ...(identitySeen === undefined ? {} : { identitySeen }),
});

/** The traffic as it leaves for one backend: rewritten, its headers edited. */
const treated = (traffic: Traffic, { rewrite, step }: Treatment, leg: Leg): Traffic => {
  const port = leg.port ?? traffic.port;
  if (traffic.layer !== 'http') return { ...traffic, port };
  const edits = leg.requestHeaders;
  const edited = editHeaders(traffic.request, edits);
  const { query } = splitTarget(edited.path);
  const path = rewrite?.path === undefined ? edited.path : targetText({ path: rewrite.path, query });
  const authority = rewrite?.host ?? edited.authority ?? traffic.authority;
  const touched = touchedBy(traffic.touched, { step, edits, setsHost: rewrite?.host !== undefined });
  return {
    ...traffic,
    request: { ...edited, path, authority },
    authority,
    port,
    ...(touched ? { touched } : {}),
  };
};

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

const standingBehind = (
  leg: Leg,
  { from, to, sender, story }: Pick<Dispatch, 'from' | 'to' | 'sender' | 'story'>,
): Standing =>
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
export const aheadOf = (
  legs: readonly Leg[],
  dispatch: Pick<Dispatch, 'from' | 'to' | 'sender' | 'story'>,
): readonly string[] | undefined =>
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

/** Straight to the endpoints. */
const toServers = (leg: Leg, dispatch: Dispatch): Delivered => {
  const { to, sender, traffic, treatment, story } = dispatch;
  const { service, settings, servers } = standingBehind(leg, dispatch);
  const sent = treated(traffic, treatment, leg);
  const passthrough = leg.passthrough ?? false;
  const shares = servers.map(behind => {
    const admission = admit({
      lookup: to,
      sender,
      ...behind,
      traffic: sent,
      ...(service ? { service } : {}),
      ...(settings ? { settings } : {}),
      passthrough,
      log: story.hop(behind.receiver),
      story,
    });
    story.dropRepeatedHop();
    return shareOf(admission, behind.receiver.id);
  });
  return { leg, servers: shares, ...(settings?.retryBudget ? { budget: settings.retryBudget } : {}) };
};

/** Through the waypoint of the service, which admits, routes, and sends on in its own name. */
const throughWaypoint = (waypoint: Party, leg: Leg, service: Service, dispatch: Dispatch): Delivered[] => {
  const { to, sender, story } = dispatch;
  const log = story.hop(waypoint);
  const arrived = treated(dispatch.traffic, dispatch.treatment, leg);
  const { port, layer } = arrived;
  const guards = to.guards(receiverOf({ receiver: waypoint, port, service }));
  const admission = admit({
    lookup: to,
    sender,
    receiver: waypoint,
    guards,
    traffic: arrived,
    port,
    service,
    log,
    story,
  });
  const { decision, encrypted, token, request: passed } = admission;
  if (decision !== 'forwarded') return [{ leg, servers: [shareOf(admission, waypoint.id)] }];
  const traffic = passedOn(arrived, passed, token);
  const sight = sightOf(traffic, waypoint);
  if (!sight) return [{ leg, servers: [], waypoint: { encrypted, answer: badPath } }];
  const asSender = senderOf(waypoint);
  const frontends = to.frontends.facing({ service, host: hostOf(traffic.authority), port, layer }, asSender);
  const routed = route(frontends, { lookup: to, sender: asSender, sight, log, notes: story.notes });
  if (routed.kind === 'answered') return [{ leg, servers: [], waypoint: { encrypted, answer: routed.answer } }];
  const whole: Leg = { ...wholeLeg(service, port), ...(leg.subset ? { subset: leg.subset } : {}) };
  const legs = routed.kind === 'sent' ? routed.legs : [whole];
  const treatment = routed.kind === 'sent' ? routed.treatment : defaultTreatment(waypoint, layer === 'http');
  const { peerAddress: _, token: __, ...rest } = traffic;
  const request = layer === 'http' ? { ...traffic.request, path: targetText(sight) } : traffic.request;
  const touched: Touched = { ...rest.touched, address: true };
  const onward: Dispatch = { from: to, to, sender: waypoint, traffic: { ...rest, request, touched }, treatment, story };
  return legs.map(next => {
    const share = (next.share * leg.share) / 100_000;
    return { ...toServers({ ...next, share }, onward), waypoint: { encrypted, treatment } };
  });
};

/** Rules at a waypoint that this caller does not meet. */
const warnOfBypass = (waypoint: Party, service: Service, { to, sender, story }: Dispatch): void => {
  const [policy] = to.access({ ...senderOf(waypoint), service: service.id, isWaypoint: true });
  const who = sender.id === undefined ? 'the caller' : `\`${sender.id}\``;
  const message = `${who} reaches \`${service.id}\` without passing its waypoint \`${waypoint.id}\``;
  story.notes.caveat(
    policy ? 'VERIFY004' : 'VERIFY003',
    message,
    policy?.source ?? to.gateway(waypoint.id ?? '')?.source,
  );
};

/** Carries one share to its endpoints, through the waypoint of its service if the sender's proxy uses waypoints. */
export const deliver = (leg: Leg, dispatch: Dispatch): Delivered[] => {
  const before = waypointBefore(dispatch.to, leg, dispatch.sender);
  if (before?.isPassed) return throughWaypoint(before.waypoint, leg, before.service, dispatch);
  if (before) warnOfBypass(before.waypoint, before.service, dispatch);
  return [toServers(leg, dispatch)];
};
