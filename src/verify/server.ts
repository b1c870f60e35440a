import type { DestinationSettings } from '../model/capabilities/destination.ts';
import { type Identity, identityTitle } from '../model/identity.ts';
import type { Service } from '../model/inventory.ts';
import { type AccessVerdict, callerTitle, decideAccess } from './access.ts';
import { acceptedBy, connect } from './connection.ts';
import { forwardedFor } from './forwarded-for.ts';
import type { Receiver } from './lookup/coverage.ts';
import type { Guards, Lookup } from './lookup/lookup.ts';
import type { Sight } from './matches.ts';
import type { Encrypted, Result } from './outcome.ts';
import type { Party } from './party.ts';
import type { Request, Token } from './request.ts';
import { sightOf, type Traffic, targetText } from './sight.ts';
import { enforcedBy, type HopLog, type Story } from './story.ts';
import { askToken, type TokenVerdict, verifyToken } from './tokens.ts';

/** What a receiving proxy makes of the traffic: taken in, or turned away. */
export interface Admission {
  readonly decision: Extract<Result, 'forwarded' | 'denied' | 'reset' | 'responded'>;
  readonly status?: number;
  readonly encrypted: Encrypted;
  /** Who the receiver takes the sender for; absent without proof. */
  readonly identitySeen?: string;
  readonly token?: Token;
  /** The request as it goes on: to the application, or to the next hop. */
  readonly request: Request;
}

export interface Arrival {
  readonly lookup: Lookup;
  readonly sender: Party;
  readonly receiver: Party;
  /** What is said about it. */
  readonly guards: Guards;
  readonly traffic: Traffic;
  /** The container port. */
  readonly port?: number;
  /** The service the traffic was sent to. */
  readonly service?: Service;
  /** What the sender's settings for the destination say. */
  readonly settings?: DestinationSettings;
  /** The sender's proxy sends it on as it came. */
  readonly passthrough?: boolean;
  readonly log: HopLog;
  readonly story: Story;
}

/** A party as scopes see it when it receives. */
export const receiverOf = ({ receiver, port, service }: Pick<Arrival, 'receiver' | 'port' | 'service'>): Receiver => ({
  labels: receiver.labels,
  ...(receiver.namespace === undefined ? {} : { namespace: receiver.namespace }),
  ...(receiver.gateway === undefined ? {} : { gateway: receiver.gateway }),
  ...(receiver.proxy ? { mesh: receiver.proxy.mesh.id } : {}),
  ...(port === undefined ? {} : { port }),
  ...(receiver.isMachine ? { isMachine: true } : {}),
  ...(service ? { service: service.id } : {}),
  isWaypoint: receiver.at === 'waypoint',
});

/** Rules that would cover the server if a proxy stood there: someone believes that they protect it. */
const warnOfBareServer = (arrival: Arrival): void => {
  const { lookup, receiver, story } = arrival;
  if (receiver.proxy || receiver.namespace === undefined) return;
  const meshes = [undefined, ...lookup.model.meshes.map(({ id }) => id)];
  const covering = meshes.flatMap(mesh =>
    lookup.access({ ...receiverOf(arrival), ...(mesh === undefined ? {} : { mesh }) }),
  );
  for (const policy of new Set(covering)) {
    const who = receiver.id === undefined ? 'the server' : `\`${receiver.id}\``;
    story.notes.caveat('VERIFY006', `\`${policy.id}\` covers ${who}, where no proxy enforces it`, policy.source);
  }
};

interface Refusal {
  readonly decision: 'denied' | 'reset';
  readonly status?: number;
}

/** Where HTTP is read a denial is an answer, else the connection is closed. */
const refusal = (layer: 'l4' | 'l7', status: number): Refusal =>
  layer === 'l7' ? { decision: 'denied', status } : { decision: 'denied' };

const judgeAccess = (
  arrival: Arrival,
  sight: Sight | undefined,
  seen: { identity: Identity; layer: 'l4' | 'l7'; seesRequests: boolean; token: Token | undefined },
): AccessVerdict | undefined => {
  const { receiver, traffic, port, log, story } = arrival;
  const { proxy } = receiver;
  if (!proxy || !sight) return undefined;
  const { peerAddress } = traffic;
  const { trustsForwardedFor: believed, hidesPeerAddress } = proxy.dataPlane;
  const client = (believed ? forwardedFor(sight) : undefined) ?? peerAddress;
  const verdict = decideAccess(
    arrival.guards.access,
    {
      layer: seen.layer,
      seesRequests: seen.seesRequests,
      sight,
      identity: seen.identity,
      ...(peerAddress === undefined ? {} : { peerAddress }),
      ...(hidesPeerAddress ? { hidesPeerAddress } : {}),
      ...(client === undefined ? {} : { clientAddress: client }),
      believesForwarding: believed,
      ...(seen.token ? { token: seen.token } : {}),
      destination: port === undefined ? {} : { port },
      mesh: proxy.mesh,
    },
    story.notes,
  );
  log.add('access', verdict.why, {
    ...(verdict.rule === undefined ? {} : { rule: verdict.rule }),
    source: verdict.source,
  });
  return verdict;
};

const tellRateLimits = (arrival: Arrival): void => {
  for (const { id, total, perIdentity, status, source } of arrival.guards.rateLimits) {
    const limits = [
      ...(total === undefined ? [] : [`${total} requests a second`]),
      ...(perIdentity === undefined ? [] : [`${perIdentity} from one caller`]),
    ];
    const result = `beyond ${limits.join(' and ') || 'its limits'} the answer is ${status}`;
    arrival.log.add('rate-limit', result, { rule: id, source });
  }
};

const isOn = (arrival: Arrival, what: ReturnType<typeof enforcedBy>[number]): boolean =>
  enforcedBy(arrival.receiver, 'server').includes(what);

const checkToken = (arrival: Arrival): TokenVerdict => {
  const { traffic, log } = arrival;
  if (traffic.layer !== 'http' || !isOn(arrival, 'request-authentication')) return { kind: 'none' };
  const { requestAuthentication } = arrival.guards;
  const { request, touched } = traffic;
  const failed = arrival.receiver.proxy?.dataPlane.failedTokenCountsAs;
  const verdict = touched?.token
    ? verifyToken(requestAuthentication, request.token, failed)
    : askToken(requestAuthentication, request.token, arrival.story.notes, failed);
  if (verdict.kind === 'refused') {
    log.add('access-token', `refused with ${verdict.status}: ${verdict.why}`, { source: verdict.source });
  } else if (verdict.kind === 'verified') {
    log.add('access-token', `the token of \`${verdict.token.issuer}\` is in order`, { source: verdict.source });
  }
  return verdict;
};

/** Undefined: nothing keeps the request out. */
const checkAccess = (
  arrival: Arrival,
  sight: Sight | undefined,
  identity: Identity,
  token: Token | undefined,
): Refusal | undefined => {
  const seesRequests = isOn(arrival, 'access-l7');
  if (!seesRequests && !isOn(arrival, 'access-l4')) {
    const { id, joinedWith } = arrival.receiver;
    if (joinedWith !== undefined)
      arrival.story.notes.assume(() => `\`${id}\` lets the caller in: its rules are not in the input`);
    else arrival.log.add('access', `${callerTitle(identity)} gets in: no proxy checks access here`);
    return undefined;
  }
  const layer = arrival.traffic.layer === 'http' && seesRequests ? 'l7' : 'l4';
  const verdict = judgeAccess(arrival, sight, { identity, layer, seesRequests, token });
  return verdict && !verdict.allowed ? refusal(layer, verdict.status) : undefined;
};

const withoutToken = ({ token: _, ...request }: Request): Request => request;

/** Looks at the token, then at access: what happens to a connection that is open. */
export const screen = (arrival: Arrival, encrypted: Encrypted, identity: Identity): Admission => {
  const { receiver, traffic, story } = arrival;
  const { request, layer } = traffic;
  story.tellOpaque(arrival.guards.opaque);
  warnOfBareServer(arrival);
  const isProven = identity.kind !== 'unauthenticated' && (receiver.proxy ?? receiver.joinedWith) !== undefined;
  const seen = { encrypted, ...(isProven ? { identitySeen: identityTitle(identity) } : {}) };
  const verdict = checkToken(arrival);
  if (verdict.kind === 'refused') return { decision: 'denied', status: verdict.status, ...seen, request };
  const token = verdict.kind === 'verified' ? verdict.token : undefined;
  const sight = sightOf(traffic, receiver);
  const refused = checkAccess(arrival, sight, identity, token);
  if (refused) return { ...refused, ...seen, request };
  if (isOn(arrival, 'rate-limit')) tellRateLimits(arrival);
  if (layer === 'http' && !sight) return { decision: 'responded', status: 400, ...seen, request };
  const kept = verdict.kind === 'verified' && !verdict.isForwarded ? withoutToken(request) : request;
  const received = layer === 'http' && sight && receiver.proxy ? { ...kept, path: targetText(sight) } : kept;
  return { decision: 'forwarded', ...seen, ...(token ? { token } : {}), request: received };
};

/** The story of a connection at its receiving end: encryption, then the token, then access. */
export const admit = (arrival: Arrival): Admission => {
  const { sender, receiver, traffic, settings, passthrough, log } = arrival;
  const connection = connect({
    sender,
    receiver,
    accepts: isOn(arrival, 'encryption') ? acceptedBy(arrival.guards) : undefined,
    tls: settings?.tls,
    sealed: traffic.sealed,
    passthrough: passthrough ?? false,
    http: traffic.layer === 'http',
  });
  const at = { source: connection.source };
  if (connection.kind !== 'open') {
    const isReset = connection.kind === 'refused';
    log.add('encryption-mode', `${isReset ? 'no connection' : 'denied'}: ${connection.why}`, at);
    const status = connection.status === undefined ? {} : { status: connection.status };
    const { request } = traffic;
    if (isReset) return { decision: 'reset', ...status, encrypted: 'plaintext', request };
    return { decision: 'denied', ...status, encrypted: connection.encrypted, request };
  }
  const { encrypted } = connection;
  log.add('encryption-mode', `${encrypted}: ${connection.why}`, at);
  return screen(arrival, encrypted, encrypted === 'mtls' ? sender.identity : { kind: 'unauthenticated' });
};
