import type { Setting } from '../base/source.ts';
import type { RetryBudget } from '../model/capabilities/retries.ts';
import type { Service } from '../model/inventory.ts';
import { badPath, senderOf } from './departure.ts';
import type { Touched } from './inquiry.ts';
import { type Leg, wholeLeg } from './leg.ts';
import { hostOf } from './lookup/services.ts';
import { splitTarget } from './normalize.ts';
import type { Encrypted, ServerShare } from './outcome.ts';
import type { Party } from './party.ts';
import { waypointBefore } from './path.ts';
import { route } from './route.ts';
import type { Answer, Treatment } from './routing.ts';
import { type Admission, admit, receiverOf } from './server.ts';
import { passedOn, sightOf, type Traffic, targetText } from './sight.ts';
import { standIn, standingBehind, type Way } from './standing.ts';
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

export interface Dispatch extends Way {
  readonly traffic: Traffic;
  readonly treatment: Treatment;
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
  const guards = to.guards(() => receiverOf({ receiver: waypoint, port, service }));
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
    return { ...toServers(standIn({ ...next, share }, onward), onward), waypoint: { encrypted, treatment } };
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
