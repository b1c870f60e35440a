import type { EgressDefault } from '../model/capabilities/visibility.ts';
import type { Gateway } from '../model/inventory.ts';
import { declaredProtocol, isSealed, layerOn, serviceFound, type Target } from './dial.ts';
import { enter } from './ingress.ts';
import { type Leg, passthroughLeg, wholeLeg } from './leg.ts';
import type { Sender } from './lookup/coverage.ts';
import type { Lookup } from './lookup/lookup.ts';
import { hostOf } from './lookup/services.ts';
import type { Encrypted } from './outcome.ts';
import type { Party } from './party.ts';
import type { Request } from './request.ts';
import { type Answer, type Routed, route, type Treatment, untreated } from './route.ts';
import { type Admission, screen } from './server.ts';
import { sightOf, type Traffic, targetText } from './sight.ts';
import { enforcedBy, type HopLog, type Story } from './story.ts';
import { locationOf } from './treatment/redirect.ts';
import { retryOutcome, timeoutOutcome } from './treatment/resilience.ts';

/** How a request leaves the first proxy, or what that answers. */
export type Departure =
  | {
      readonly kind: 'answered';
      readonly answer: Answer;
      readonly encrypted: Encrypted;
      readonly identitySeen?: string;
    }
  | {
      readonly kind: 'sent';
      readonly party: Party;
      readonly traffic: Traffic;
      readonly legs: readonly Leg[];
      readonly treatment: Treatment;
      /** Of the connection that came before, if there was one. */
      readonly encrypted?: Encrypted;
    };

export const senderOf = (party: Party): Sender => ({
  labels: party.labels,
  ...(party.namespace === undefined ? {} : { namespace: party.namespace }),
  ...(party.gateway === undefined ? {} : { gateway: party.gateway }),
  ...(party.proxy ? { mesh: party.proxy.mesh.id } : {}),
});

const badPath: Answer = { decision: 'responded', status: 400 };

const answered = (answer: Answer, encrypted: Encrypted = 'plaintext'): Departure => ({
  kind: 'answered',
  answer,
  encrypted,
});

/** The request with its path as the proxy forwards it. */
const forwarded = (traffic: Traffic, path: string): Traffic => ({ ...traffic, request: { ...traffic.request, path } });

/** What clients of the mesh get where no table speaks. */
export const defaultTreatment = (party: Party, traffic: Traffic): Treatment => {
  const defaults = party.proxy?.mesh.defaults;
  if (!defaults || traffic.layer !== 'http' || !enforcedBy(party, 'client').includes('resilience')) return untreated;
  const retries = retryOutcome(defaults.retries);
  return { mirrors: [], ...timeoutOutcome(defaults.timeouts), ...(retries ? { retries } : {}) };
};

const throughLeg = (lookup: Lookup, egress: EgressDefault, sender: Sender, port: number): Leg | undefined => {
  if (!egress.through) return undefined;
  const { host } = egress.through;
  const service = lookup.services.named(host, sender.namespace);
  const to = egress.through.port ?? port;
  const leg = service ? wholeLeg(service, to) : passthroughLeg(host, to, undefined);
  return egress.through.subset === undefined ? leg : { ...leg, subset: { name: egress.through.subset } };
};

/** Traffic to something the client's proxy does not know. */
const leaveMesh = (lookup: Lookup, target: Target, sender: Sender, http: boolean, log: HopLog): Routed => {
  const [egress] = lookup.egress(sender);
  const unknown = http ? `the host \`${target.authority}\`` : `\`${target.host}\``;
  if (egress?.mode.value === 'deny') {
    const answer: Answer = http ? { decision: 'unroutable', status: egress.deniedStatus } : { decision: 'reset' };
    const result = `${unknown} is not known to the client, and unknown hosts are refused`;
    log.add('egress-default', result, { rule: egress.id, source: egress.mode.source ?? egress.source });
    return { kind: 'answered', answer };
  }
  const through = egress ? throughLeg(lookup, egress, sender, target.port) : undefined;
  const how = through ? `goes through \`${through.name}\`` : 'is sent on to the address that was dialled';
  log.add('egress-default', `${unknown} is not known to the client: it ${how}`, {
    ...(egress ? { rule: egress.id } : {}),
    source: egress?.mode.source ?? egress?.source,
  });
  const leg = through ?? passthroughLeg(target.host, target.port, target.service);
  return { kind: 'sent', legs: [leg], treatment: untreated };
};

const tellHidden = (lookup: Lookup, target: Target, sender: Sender, log: HopLog): void => {
  const hidden = target.service && lookup.services.hiddenBy(target.service, sender, target.port);
  if (hidden) {
    log.add('visibility', `the client does not see \`${target.service?.id}\``, {
      ...('id' in hidden ? { rule: hidden.id } : {}),
      source: hidden.source,
    });
  }
};

/** The caller's own end: its application, and the proxy beside it if that routes. */
export const leaveCaller = (
  lookup: Lookup,
  party: Party,
  target: Target,
  request: Request,
  story: Story,
): Departure => {
  const sender = senderOf(party);
  const log = story.hop(party);
  const layer = layerOn(declaredProtocol(target.service, target.port), request);
  const traffic: Traffic = {
    request,
    layer,
    authority: target.authority,
    port: target.port,
    addresses: target.addresses,
    sealed: isSealed(request),
    ...(request.sourceAddress === undefined ? {} : { peerAddress: request.sourceAddress }),
  };
  const plainLeg = target.service
    ? wholeLeg(target.service, target.port)
    : passthroughLeg(target.host, target.port, undefined);
  if (!party.proxy || !enforcedBy(party, 'client').includes('routing')) {
    const who = party.proxy ? 'the proxy here does not route' : 'there is no proxy here';
    log.add('no-route', `${who}: the request goes to what was dialled`);
    return { kind: 'sent', party, traffic, legs: [plainLeg], treatment: untreated };
  }
  const sight = sightOf(traffic, party);
  if (!sight) return answered(badPath);
  const by = party.proxy.dataPlane.findsRoutesBy;
  const service = serviceFound(lookup, target, sender, by, layer);
  const host = layer === 'http' && by === 'authority' ? hostOf(target.authority) : (sight.sni ?? target.host);
  const dialled = { ...(service ? { service } : {}), host: hostOf(host), port: target.port, layer };
  const frontends = lookup.frontends.facing(dialled, sender);
  let routed = route(frontends, { lookup, sender, sight, log, notes: story.notes });
  if (routed.kind === 'default' && service) {
    if (frontends.length === 0) log.add('no-route', `no route table is in front of \`${service.id}\` for this client`);
    const treatment = defaultTreatment(party, traffic);
    routed = { kind: 'sent', legs: [wholeLeg(service, target.port)], treatment };
  }
  if (routed.kind === 'default') {
    tellHidden(lookup, target, sender, log);
    routed = leaveMesh(lookup, target, sender, layer === 'http', log);
  }
  if (routed.kind !== 'sent') return answered(routed.kind === 'answered' ? routed.answer : badPath);
  const path = targetText(sight);
  return {
    kind: 'sent',
    party,
    traffic: layer === 'http' ? forwarded(traffic, path) : traffic,
    legs: routed.legs,
    treatment: routed.treatment,
  };
};

export interface Entry {
  readonly lookup: Lookup;
  readonly gateway: Gateway;
  readonly party: Party;
  /** Who comes in. */
  readonly caller: Party;
  readonly authority: string;
  /** The listener's port, if the caller names one. */
  readonly port: number | undefined;
  readonly request: Request;
  readonly story: Story;
}

const appendForwarded = (request: Request): Request =>
  request.sourceAddress === undefined
    ? request
    : { ...request, headers: [...request.headers, ['x-forwarded-for', request.sourceAddress]] };

/** How the caller and the listener protect their connection, and what that proves about the caller. */
const security = (entry: Entry, tls: NonNullable<Gateway['listeners'][number]['tls']> | undefined, sealed: boolean) => {
  const { caller, party } = entry;
  if (tls?.mode === 'meshMutual') {
    const sameMesh = caller.proxy !== undefined && caller.proxy.mesh.id === party.proxy?.mesh.id;
    if (!sameMesh || !caller.proxy?.dataPlane.opensMtls) return undefined;
    return { encrypted: 'mtls' as const, identity: caller.identity };
  }
  return {
    encrypted: sealed ? ('tls' as const) : ('plaintext' as const),
    identity: { kind: 'unauthenticated' } as const,
  };
};

/** A gateway that the caller comes in through: a listener, what it asks of the caller, and the routes behind it. */
export const enterGateway = (entry: Entry): Departure => {
  const { lookup, gateway, party, caller, authority, request, story } = entry;
  const log = story.hop(party);
  const host = hostOf(authority);
  const entered = enter(gateway, request, host, entry.port);
  const encrypted: Encrypted = isSealed(request) ? 'tls' : 'plaintext';
  if (entered.kind === 'closed') {
    log.add('gateway', `nothing listens ${entry.port === undefined ? 'for this' : `on port ${entry.port}`}`, {
      source: gateway.source,
    });
    return answered({ decision: 'reset' }, encrypted);
  }
  if (entered.kind === 'unknownHost') {
    log.add('gateway', `no listener is for the host \`${host}\``, { source: gateway.source });
    return answered(
      entered.layer === 'http' ? { decision: 'unroutable', status: 404 } : { decision: 'reset' },
      encrypted,
    );
  }
  const { listener, layer, endsTls } = entered;
  log.add('gateway', `the listener \`${listener.name}\` takes it`, {
    rule: listener.name,
    source: listener.source ?? gateway.source,
  });
  const secured = security(entry, listener.tls, isSealed(request));
  if (!secured) {
    log.add('gateway', 'the listener takes callers of its mesh only', {
      source: listener.tls?.source ?? listener.source,
    });
    return answered({ decision: 'reset' }, encrypted);
  }
  const traffic: Traffic = {
    request: { ...request, scheme: endsTls ? 'https' : request.scheme },
    layer,
    authority,
    port: listener.port,
    addresses: [],
    sealed: isSealed(request) && !endsTls,
    ...(request.sourceAddress === undefined ? {} : { peerAddress: request.sourceAddress }),
  };
  const admission: Admission = screen(
    { lookup, sender: caller, receiver: party, traffic, port: listener.port, log, story },
    secured.encrypted,
    secured.identity,
  );
  const seen = admission.identitySeen === undefined ? {} : { identitySeen: admission.identitySeen };
  if (admission.decision !== 'forwarded') {
    const { decision, status } = admission;
    return { ...answered({ decision, ...(status === undefined ? {} : { status }) }, secured.encrypted), ...seen };
  }
  const screened: Traffic = { ...traffic, ...(admission.token ? { token: admission.token } : {}) };
  const sight = sightOf(screened, party);
  if (!sight) return answered(badPath, secured.encrypted);
  if (listener.httpsRedirect && layer === 'http' && !endsTls) {
    const location = locationOf({ status: { value: 301, origin: 'written' }, scheme: 'https' }, undefined, sight);
    log.add('redirect', `plain requests are sent to \`${location}\``, { source: listener.source ?? gateway.source });
    return answered({ decision: 'redirected', status: 301, location }, secured.encrypted);
  }
  const sender = senderOf(party);
  const dialled = { host: layer === 'tls' ? (sight.sni ?? host) : host, port: listener.port, layer };
  const frontends = lookup.frontends.behind({ gateway: gateway.id, name: listener.name, endsTls }, dialled, sender);
  const routed = route(frontends, { lookup, sender, sight, log, notes: story.notes });
  if (routed.kind === 'answered') return answered(routed.answer, secured.encrypted);
  if (routed.kind === 'default') {
    log.add('no-route', `no route behind the listener \`${listener.name}\` is for the host \`${host}\``, {
      source: listener.source ?? gateway.source,
    });
    return answered(
      layer === 'http' ? { decision: 'unroutable', status: 404 } : { decision: 'reset' },
      secured.encrypted,
    );
  }
  const { peerAddress: _, token: __, ...rest } = screened;
  const onward: Traffic = { ...rest, request: appendForwarded({ ...traffic.request, path: targetText(sight) }) };
  return {
    kind: 'sent',
    party,
    traffic: onward,
    legs: routed.legs,
    treatment: routed.treatment,
    encrypted: secured.encrypted,
  };
};
