import { narrow } from '../model/frontend.ts';
import { containerPort, type Service, type Workload } from '../model/inventory.ts';
import { defaultTreatment, senderOf } from './departure.ts';
import { type Leg, wholeLeg } from './leg.ts';
import type { Lookup } from './lookup/lookup.ts';
import { hostOf } from './lookup/services.ts';
import type { Encrypted, ServerShare } from './outcome.ts';
import { gatewayParty, outsideServer, type Party, serverParty, supposedServer } from './party.ts';
import { type Answer, route, type Treatment, untreated } from './route.ts';
import { type Admission, admit } from './server.ts';
import { sightOf, type Traffic, targetText } from './sight.ts';
import type { Story } from './story.ts';
import { editHeaders } from './treatment/headers.ts';

/** What became of a share of the traffic. */
export interface Delivered {
  readonly leg: Leg;
  readonly servers: readonly ServerShare[];
  /** A waypoint on the way answered by itself. */
  readonly answer?: Answer;
  /** Of the connection before the last one, if there was one. */
  readonly encrypted?: Encrypted;
  /** What a waypoint on the way did. */
  readonly treatment?: Treatment;
}

export interface Dispatch {
  /** The senders' model, in which the legs were picked. */
  readonly from: Lookup;
  /** The servers' model. */
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

/** The service as its own side knows it. */
const serverSide = (to: Lookup, service: Service): Service => to.services.find(service.id) ?? service;

/** The workloads that may answer, or what stands for them. */
const serversOf = (leg: Leg, to: Lookup, story: Story): { party: Party; workload?: Workload }[] => {
  if (!leg.service) return [{ party: outsideServer(leg.name) }];
  const service = serverSide(to, leg.service);
  const endpoints = narrow(service.endpoints, leg.subset);
  const workloads = to.services.workloadsOf(endpoints);
  if (workloads.length > 0) {
    return workloads.map(workload => ({ party: serverParty(to, workload, story.notes), workload }));
  }
  if (service.external || endpoints.kind === 'addresses') return [{ party: outsideServer(leg.name) }];
  if (endpoints.kind === 'pods' && to.services.workloadsIn(endpoints.namespace).length > 0) {
    story.notes.caveat('VERIFY009', `no workload of the input runs behind \`${service.id}\``, service.source);
  }
  return [{ party: supposedServer(to, service, endpoints.labels, story.notes) }];
};

/** The traffic as it leaves for one backend: rewritten, its headers edited. */
const treated = (traffic: Traffic, treatment: Treatment, leg: Leg): Traffic => {
  if (traffic.layer !== 'http') return leg.port === undefined ? traffic : { ...traffic, port: leg.port };
  const edited = editHeaders(traffic.request, leg.requestHeaders);
  const { host, path } = treatment.rewrite ?? {};
  const { query } = sightTarget(traffic);
  const request = path === undefined ? edited : { ...edited, path: targetText({ path, query }) };
  const authority = host ?? edited.authority ?? traffic.authority;
  return {
    ...traffic,
    request: { ...request, authority },
    authority,
    ...(leg.port === undefined ? {} : { port: leg.port }),
  };
};

const sightTarget = (traffic: Traffic): { query: string | undefined } => {
  const mark = traffic.request.path.indexOf('?');
  return { query: mark < 0 ? undefined : traffic.request.path.slice(mark + 1) };
};

const settingsFor = (lookup: Lookup, leg: Leg, sender: Party) => {
  if (leg.passthrough || !sender.proxy) return undefined;
  const host = leg.service?.hosts[0] ?? leg.name;
  const { service, port, subset } = leg;
  return lookup.destinations.settingsFor(
    {
      host,
      ...(service ? { service } : {}),
      ...(port === undefined ? {} : { port }),
      ...(subset ? { subset } : {}),
    },
    senderOf(sender),
  );
};

/** The container port that a service port leads to; the same number where the service's ports are not known. */
const portOn = (service: Service, asked: number | undefined, workload: Workload | undefined): number | undefined => {
  const port = service.ports.find(candidate => candidate.port === asked);
  if (!port) return asked;
  if (workload) return containerPort(port, workload);
  return typeof port.targetPort === 'string' ? undefined : (port.targetPort ?? asked);
};

/** Straight to the endpoints. */
const toServers = (leg: Leg, dispatch: Dispatch): Delivered => {
  const { from, to, sender, traffic, story } = dispatch;
  if (leg.nowhere) return { leg, servers: [] };
  const settings = settingsFor(from, leg, sender);
  const sent = treated(traffic, dispatch.treatment, leg);
  const servers = serversOf(leg, to, story).map(({ party, workload }) => {
    const service = leg.service && serverSide(to, leg.service);
    const port = service ? portOn(service, leg.port, workload) : leg.port;
    const log = story.hop(party);
    const admission = admit({
      lookup: to,
      sender,
      receiver: party,
      traffic: sent,
      ...(port === undefined ? {} : { port }),
      ...(service ? { service } : {}),
      ...(settings ? { settings } : {}),
      passthrough: leg.passthrough ?? false,
      log,
      story,
    });
    story.dropRepeatedHop();
    return shareOf(admission, party.id);
  });
  return { leg, servers };
};

const warnOfBypass = (waypoint: Party, leg: Leg, { to, sender, story }: Dispatch): void => {
  const service = leg.service?.id ?? leg.name;
  const standing = { ...senderOf(waypoint), service, isWaypoint: true };
  const policies = to.access(standing);
  const who = sender.id === undefined ? 'the caller' : `\`${sender.id}\``;
  const message = `${who} reaches \`${service}\` without passing its waypoint \`${waypoint.id}\``;
  if (policies.length > 0) story.notes.caveat('VERIFY004', message, policies[0]?.source);
  else story.notes.caveat('VERIFY003', message, to.gateway(waypoint.id ?? '')?.source);
};

/** Through the waypoint of the service, which admits, routes, and sends on in its own name. */
const throughWaypoint = (waypoint: Party, leg: Leg, service: Service, dispatch: Dispatch): Delivered[] => {
  const { to, sender, story } = dispatch;
  const log = story.hop(waypoint);
  const traffic = treated(dispatch.traffic, dispatch.treatment, leg);
  const port = leg.port ?? traffic.port;
  const admission = admit({ lookup: to, sender, receiver: waypoint, traffic, port, service, log, story });
  if (admission.decision !== 'forwarded') return [{ leg, servers: [shareOf(admission, waypoint.id)] }];
  const { encrypted } = admission;
  const atWaypoint: Traffic = { ...traffic, port, ...(admission.token ? { token: admission.token } : {}) };
  const sight = sightOf(atWaypoint, waypoint);
  if (!sight) return [{ leg, servers: [], encrypted, answer: { decision: 'responded', status: 400 } }];
  const asSender = senderOf(waypoint);
  const dialled = { service, host: hostOf(traffic.authority), port, layer: traffic.layer };
  const frontends = to.frontends.facing(dialled, asSender);
  const routed = route(frontends, { lookup: to, sender: asSender, sight, log, notes: story.notes });
  if (routed.kind === 'answered') return [{ leg, servers: [], encrypted, answer: routed.answer }];
  const legs =
    routed.kind === 'sent'
      ? routed.legs
      : [{ ...wholeLeg(service, port), ...(leg.subset ? { subset: leg.subset } : {}) }];
  const treatment = routed.kind === 'sent' ? routed.treatment : defaultTreatment(waypoint, atWaypoint);
  const { peerAddress: _, token: __, ...rest } = atWaypoint;
  const request = traffic.layer === 'http' ? { ...rest.request, path: targetText(sight) } : rest.request;
  const onward = { ...dispatch, from: to, sender: waypoint, traffic: { ...rest, request }, treatment };
  return legs.map(next => {
    const scaled = { ...next, share: (next.share * leg.share) / 100_000 };
    return { ...toServers(scaled, onward), encrypted, treatment };
  });
};

/** Carries one share to its endpoints, through the waypoint of its service if the sender's proxy uses waypoints. */
export const deliver = (leg: Leg, dispatch: Dispatch): Delivered[] => {
  const { to, sender } = dispatch;
  const service = leg.service && serverSide(to, leg.service);
  const gateway = service?.waypoint === undefined ? undefined : to.gateway(service.waypoint);
  if (leg.nowhere || !service || !gateway || gateway.id === sender.gateway) return [toServers(leg, dispatch)];
  const waypoint = gatewayParty(to, gateway);
  const { proxy } = sender;
  if (proxy?.dataPlane.usesWaypoints && proxy.mesh.id === waypoint.proxy?.mesh.id && !leg.passthrough) {
    return throughWaypoint(waypoint, leg, service, dispatch);
  }
  warnOfBypass(waypoint, leg, dispatch);
  return [toServers(leg, dispatch)];
};

/** What was done to a request on the way, over two proxies: the shorter deadline, the product of the tries. */
export const bothTreatments = (first: Treatment, second: Treatment = untreated): Treatment => {
  const least = (a: number | undefined, b: number | undefined) =>
    a === undefined ? b : b === undefined ? a : Math.min(a, b);
  const timeoutMs = least(first.timeoutMs, second.timeoutMs);
  const perTryTimeoutMs = least(first.perTryTimeoutMs, second.perTryTimeoutMs);
  const idleTimeoutMs = least(first.idleTimeoutMs, second.idleTimeoutMs);
  const retries =
    first.retries && second.retries
      ? { ...first.retries, max: (first.retries.max + 1) * (second.retries.max + 1) - 1 }
      : (first.retries ?? second.retries);
  const { timeoutMs: _, perTryTimeoutMs: __, idleTimeoutMs: ___, retries: ____, ...earlier } = first;
  return {
    ...earlier,
    ...second,
    mirrors: [...first.mirrors, ...second.mirrors],
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(perTryTimeoutMs === undefined ? {} : { perTryTimeoutMs }),
    ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
    ...(retries ? { retries } : {}),
  };
};
