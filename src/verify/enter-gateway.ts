import { written } from '../base/source.ts';
import type { Frontend } from '../model/frontend.ts';
import type { Identity } from '../model/identity.ts';
import type { Gateway, Listener } from '../model/inventory.ts';
import { hostMatches } from '../model/match.ts';
import { answered, badPath, type Departure, nowhereToGo, senderOf } from './departure.ts';
import { isSealed } from './dial.ts';
import { enter } from './ingress.ts';
import type { Touched } from './inquiry.ts';
import type { Layer } from './lookup/frontends.ts';
import type { Lookup } from './lookup/lookup.ts';
import { hostOf } from './lookup/services.ts';
import type { Encrypted } from './outcome.ts';
import type { Party } from './party.ts';
import type { Request } from './request.ts';
import { route } from './route.ts';
import { concreteHost } from './samples/text-values.ts';
import { receiverOf, screen } from './server.ts';
import { passedOn, sightOf, type Traffic, targetText } from './sight.ts';
import type { HopLog, Story } from './story.ts';
import { locationOf } from './treatment/redirect.ts';

export interface Entry {
  readonly lookup: Lookup;
  readonly gateway: Gateway;
  readonly party: Party;
  /** Who comes in. */
  readonly caller: Party;
  readonly authority: string;
  /** The Host of a sender who chooses none. */
  readonly usualAuthority: string;
  /** The listener's port, if the caller names one. */
  readonly port: number | undefined;
  readonly request: Request;
  readonly story: Story;
}

interface Secured {
  readonly encrypted: Encrypted;
  readonly identity: Identity;
}

/**
 * How the caller and the listener protect their connection, and what that proves about the caller. Undefined: the
 * listener takes callers of its own mesh only, and this is none.
 */
const secure = ({ tls }: Listener, { caller, party, request }: Entry): Secured | undefined => {
  if (tls?.mode !== 'meshMutual') {
    return { encrypted: isSealed(request) ? 'tls' : 'plaintext', identity: { kind: 'unauthenticated' } };
  }
  const isOfMesh = caller.proxy?.dataPlane.opensMtls && caller.proxy.mesh.id === party.proxy?.mesh.id;
  return isOfMesh ? { encrypted: 'mtls', identity: caller.identity } : undefined;
};

interface Inside {
  readonly entry: Entry;
  readonly listener: Listener;
  readonly layer: Layer;
  readonly endsTls: boolean;
  readonly secured: Secured;
  readonly log: HopLog;
}

/** The next hop is told the address of the caller, and sees the gateway's own. */
const onward = ({ peerAddress, token: _, ...traffic }: Traffic, path: string): Traffic => {
  const forwardedFor = peerAddress === undefined ? [] : [['x-forwarded-for', peerAddress] as const];
  const { request } = traffic;
  const forwards = forwardedFor.length > 0 ? { headers: new Map([['x-forwarded-for', 'added'] as const]) } : {};
  const touched: Touched = { ...traffic.touched, address: true, ...forwards };
  return { ...traffic, touched, request: { ...request, path, headers: [...request.headers, ...forwardedFor] } };
};

/** The port on which the caller comes in. */
const portAt = (listener: Listener, { port, request }: Entry): number =>
  listener.anyPort ? (port ?? (isSealed(request) ? 443 : 80)) : listener.port;

/** The port that a Host names, if it names one. */
const portIn = (authority: string): string | undefined => /^(?:\[[^\]]*\]|[^:]*):(\d+)$/.exec(authority)?.[1];

/** Whether the Host names a port that is not the listener's, at a gateway to which that makes a difference. */
const namesOtherPort = ({ party, authority, usualAuthority, story }: Entry, { port, anyPort }: Listener): boolean => {
  if (party.proxy?.dataPlane.hostPorts !== 'own' || anyPort) return false;
  const accepts = (name = usualAuthority): boolean => [undefined, String(port)].includes(portIn(name));
  const hints = [`${hostOf(authority)}:${port === 1 ? 2 : 1}`];
  const holds = accepts(authority);
  story.notes.inquire('host', `names port ${port} or none`, { kind: 'one', accepts, hints }, holds);
  return !holds;
};

const isForEveryHost = ({ listens }: Frontend): boolean =>
  listens.kind !== 'listener' || listens.hosts.length === 0 || listens.hosts.includes('*');

const throughListener = ({ entry, listener, layer, endsTls, secured, log }: Inside): Departure => {
  const { lookup, gateway, party, caller, authority, request, story } = entry;
  const { encrypted } = secured;
  const port = portAt(listener, entry);
  const at = { source: listener.source ?? gateway.source };
  const arrived: Traffic = {
    request,
    layer,
    authority,
    usualAuthority: entry.usualAuthority,
    port,
    addresses: [],
    sealed: isSealed(request) && !endsTls,
    ...(request.sourceAddress === undefined ? {} : { peerAddress: request.sourceAddress }),
  };
  const guards = lookup.guards(() => receiverOf({ receiver: party, port }));
  const arrival = { lookup, sender: caller, receiver: party, guards, traffic: arrived, port, log, story };
  const { decision, status, identitySeen, token, request: passed } = screen(arrival, encrypted, secured.identity);
  if (decision !== 'forwarded') {
    const refused = answered({ decision, ...(status === undefined ? {} : { status }) }, encrypted);
    return { ...refused, ...(identitySeen === undefined ? {} : { identitySeen }) };
  }
  const traffic = passedOn(arrived, passed, token);
  const sight = sightOf(traffic, party);
  if (!sight) return answered(badPath, encrypted);
  if (listener.httpsRedirect && layer === 'http' && !endsTls) {
    const location = locationOf({ status: written(301), scheme: 'https' }, undefined, sight);
    log.add('redirect', `plain requests are sent to \`${location}\` with 301`, at);
    return answered({ decision: 'redirected', status: 301, location }, encrypted);
  }
  const sender = senderOf(party);
  const host = layer === 'tls' ? (sight.sni ?? hostOf(authority)) : hostOf(authority);
  const dialled = { host, port, layer };
  const behind = lookup.frontends.behind({ gateway: gateway.id, name: listener.name, endsTls }, dialled, sender);
  const frontends = layer === 'http' && namesOtherPort(entry, listener) ? behind.filter(isForEveryHost) : behind;
  const routed = route(frontends, { lookup, sender, sight, log, notes: story.notes });
  if (routed.kind === 'answered') return answered(routed.answer, encrypted);
  if (routed.kind === 'default') {
    log.add('no-route', `no route behind the listener \`${listener.name}\` is for the host \`${host}\``, at);
    return answered(nowhereToGo(layer === 'http', 404), encrypted);
  }
  const { legs, treatment } = routed;
  return { kind: 'sent', party, traffic: onward(traffic, targetText(sight)), legs, treatment, encrypted };
};

/** By the server name a connection finds its listener, and behind one that passes TLS on also its routes. */
const askServerNames = ({ gateway, lookup, request, story }: Entry, host: string): void => {
  const named = gateway.listeners.flatMap(({ name, hosts }) => [
    ...hosts,
    ...lookup.frontends
      .at(gateway.id, name)
      .flatMap(({ listens, protocol }) => (protocol === 'tls' && listens.kind === 'listener' ? listens.hosts : [])),
  ]);
  for (const pattern of new Set(named)) {
    const accepts = (name = host): boolean => hostMatches(pattern, name);
    const hints = [concreteHost(pattern)];
    story.notes.inquire('sni', `is of ${pattern}`, { kind: 'one', accepts, hints }, accepts(request.sni));
  }
};

/** A gateway that the caller comes in through: a listener, what it asks of the caller, and the routes behind it. */
export const enterGateway = (entry: Entry): Departure => {
  const { gateway, party, caller, authority, usualAuthority, request, story, port } = entry;
  const log = story.hop(party);
  const sent: Encrypted = isSealed(request) ? 'tls' : 'plaintext';
  if (caller.proxy) story.notes.assume(() => "the caller's own proxy passes the request on to the gateway as it is");
  const host = hostOf(authority);
  const sameHost = (name: string | undefined): boolean => hostOf(name ?? usualAuthority) === host;
  story.notes.inquire('host', 'is the one asked for', { kind: 'one', bound: true, accepts: sameHost, hints: [] }, true);
  if (isSealed(request)) askServerNames(entry, host);
  const entered = enter(gateway, request, host, port);
  if (entered.kind === 'closed') {
    const where = port === undefined ? `for ${isSealed(request) ? 'TLS' : 'plain traffic'}` : `on port ${port}`;
    log.add('gateway', `nothing listens ${where}`, { source: gateway.source });
    return answered({ decision: 'reset' }, sent);
  }
  if (entered.kind === 'unknownHost') {
    log.add('gateway', `no listener is for the host \`${host}\``, { source: gateway.source });
    return answered(nowhereToGo(entered.layer === 'http', 404), sent);
  }
  const { listener, layer, endsTls } = entered;
  const at = { rule: listener.name, source: listener.source ?? gateway.source };
  log.add('gateway', `the listener \`${listener.name}\` on port ${portAt(listener, entry)} takes it`, at);
  if (gateway.evidence === 'referenced') {
    story.notes.assume(() => `gateway \`${gateway.id}\` exists and takes what the routes say: only routes name it`);
  }
  if (listener.tls?.mode === 'mutual')
    story.notes.assume(() => 'the caller shows a certificate that the listener takes');
  const secured = secure(listener, entry);
  if (!secured) {
    log.add('encryption-mode', 'the listener takes callers of its own mesh only', at);
    return answered({ decision: 'reset' }, sent);
  }
  return throughListener({ entry, listener, layer, endsTls, secured, log });
};
