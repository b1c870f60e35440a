import type { EgressDefault } from '../model/capabilities/visibility.ts';
import type { Frontend } from '../model/frontend.ts';
import { narrow } from '../model/frontend.ts';
import { answered, badPath, type Departure, nowhereToGo, senderOf } from './departure.ts';
import { declaredProtocol, hasPort, isSealed, layerOn, serviceFound, type Target } from './dial.ts';
import { type Leg, passthroughLeg, wholeLeg } from './leg.ts';
import type { Sender } from './lookup/coverage.ts';
import type { Dialled } from './lookup/frontends.ts';
import type { Lookup } from './lookup/lookup.ts';
import { hostOf } from './lookup/services.ts';
import type { Sight } from './matches.ts';
import type { MeshProxy, Party } from './party.ts';
import type { Request } from './request.ts';
import { route } from './route.ts';
import type { Routed } from './routing.ts';
import { sightOf, type Traffic, targetText } from './sight.ts';
import { enforcedBy, type HopLog, type Story } from './story.ts';
import { defaultTreatment, untreated } from './treatment/treatment.ts';

interface Leaving {
  readonly lookup: Lookup;
  readonly party: Party;
  readonly sender: Sender;
  readonly target: Target;
  readonly traffic: Traffic;
  readonly log: HopLog;
  readonly story: Story;
}

const trafficTo = (target: Target, request: Request): Traffic => ({
  request,
  layer: layerOn(declaredProtocol(target.service, target.port), request),
  authority: target.authority,
  usualAuthority: target.usualAuthority,
  port: target.port,
  addresses: target.addresses,
  sealed: isSealed(request),
  ...(request.sourceAddress === undefined ? {} : { peerAddress: request.sourceAddress }),
});

type Decided = Exclude<Routed, { kind: 'default' }>;

/** Unknown traffic that is led through a host of the mesh's own. */
const through = (egress: EgressDefault, { lookup, sender, target }: Leaving): Leg | undefined => {
  if (!egress.through) return undefined;
  const { host, port = target.port, subset } = egress.through;
  const service = lookup.services.named(host, sender.namespace);
  const { service: _, ...dialled } = target;
  if (!service) return passthroughLeg({ ...dialled, host, port, addresses: [] }, 'http');
  const leg = wholeLeg(service, port);
  return subset === undefined
    ? leg
    : { ...leg, subset: { name: subset }, endpoints: narrow(service.endpoints, { name: subset }) };
};

const tellHidden = ({ lookup, sender, target, log }: Leaving): void => {
  const hidden = target.service && lookup.services.hiddenBy(target.service, sender, target.port);
  if (!hidden) return;
  const rule = 'id' in hidden ? { rule: hidden.id } : {};
  log.add('visibility', `the client does not see \`${target.service?.id}\``, { ...rule, source: hidden.source });
};

/** Traffic to something that the client's proxy does not know, or takes for that. */
const leaveMesh = (
  leaving: Leaving,
  what = `\`${leaving.traffic.layer === 'http' ? leaving.target.authority : leaving.target.host}\` is not known to the client`,
): Decided => {
  const { lookup, sender, target, traffic, log } = leaving;
  tellHidden(leaving);
  const http = traffic.layer === 'http';
  const [egress] = lookup.egress(sender);
  const at = { ...(egress ? { rule: egress.id } : {}), source: egress?.mode.source ?? egress?.source };
  if (egress?.mode.value === 'deny') {
    log.add('egress-default', `${what}, and what is unknown is refused`, at);
    return { kind: 'answered', answer: nowhereToGo(http, egress.deniedStatus) };
  }
  const detour = egress && through(egress, leaving);
  log.add('egress-default', `${what}: it goes ${detour ? `through \`${detour.name}\`` : 'where it was dialled'}`, at);
  const leg = detour ?? passthroughLeg(target, http ? 'http' : 'nothing');
  return { kind: 'sent', legs: [leg], treatment: untreated };
};

/** Another Host is another place to speak to; other spellings of it are the same. */
const askMeaning = (named: string, { lookup, sender, target, story }: Leaving): void => {
  const meaning = (name: string): string => lookup.services.named(hostOf(name), sender.namespace)?.id ?? hostOf(name);
  const accepts = (name = target.host): boolean => meaning(name) === meaning(named);
  story.notes.inquire('host', 'means what was dialled', { kind: 'one', bound: true, accepts, hints: [] }, true);
};

/** What the proxy looks for in its tables: by the Host or by what was dialled, as its data plane does. */
const dialledBy = ({ dataPlane }: MeshProxy, leaving: Leaving, sight: Sight): Dialled => {
  const { lookup, sender, target, traffic, story } = leaving;
  const { layer } = traffic;
  const { port } = target;
  const service = serviceFound(lookup, target, sender, dataPlane.findsRoutesBy, layer);
  const named = layer === 'http' && dataPlane.findsRoutesBy === 'authority' ? target.authority : undefined;
  if (named !== undefined && story.notes.listens) askMeaning(named, leaving);
  const host = hostOf(named ?? sight.sni ?? target.host);
  return service ? { service, host, port, layer } : { host, port, layer };
};

/** Tables for what a port is declared to carry, also where something else comes there. */
const tablesOfPort = (lookup: Lookup, dialled: Dialled, sender: Sender): readonly Frontend[] => {
  const declared = declaredProtocol(dialled.service, dialled.port);
  const isForTls = declared === 'tls' || declared === 'https';
  return lookup.frontends.facing(isForTls ? { ...dialled, layer: 'tls' } : dialled, sender);
};

/** Tables by server name are there, and no rule of theirs has taken it, or it names none; only then is a connection closed. */
const isUnroutedTls = (routed: Routed, frontends: readonly Frontend[], { layer }: Traffic): boolean =>
  layer !== 'http' &&
  frontends.some(({ protocol, rules }) => protocol === 'tls' && rules.length > 0) &&
  (routed.kind === 'default' || (routed.kind === 'answered' && routed.answer.decision === 'reset'));

const routeAtProxy = (proxy: MeshProxy, leaving: Leaving, sight: Sight): Decided => {
  const { lookup, party, sender, target, traffic, log, story } = leaving;
  const dialled = dialledBy(proxy, leaving, sight);
  const frontends = lookup.frontends.facing(dialled, sender);
  const routed = route(frontends, { lookup, sender, sight, log, notes: story.notes });
  const isClosed = proxy.dataPlane.unroutedTlsCountsAs === 'unknown';
  if (isClosed && isUnroutedTls(routed, tablesOfPort(lookup, dialled, sender), traffic)) {
    const name = sight.sni === undefined ? 'what names no server' : `the server name \`${sight.sni}\``;
    return leaveMesh(leaving, `no route is for ${name}`);
  }
  if (routed.kind !== 'default') return routed;
  const { service } = dialled;
  if (!service) return leaveMesh(leaving);
  if (frontends.length === 0) {
    log.add('no-route', `no route table is in front of \`${service.id}\` for this client: it goes there`);
  }
  const treatment = defaultTreatment(party, traffic.layer === 'http');
  return { kind: 'sent', legs: [wholeLeg(service, target.port)], treatment };
};

/** The caller's own end: its application, and the proxy beside it if that routes. */
export const leaveCaller = (
  lookup: Lookup,
  party: Party,
  target: Target,
  request: Request,
  story: Story,
): Departure => {
  const log = story.hop(party);
  const sender = senderOf(party);
  const traffic = trafficTo(target, request);
  const { service, port } = target;
  if (party.proxy) story.tellOpaque(lookup.opaqueAt(sender));
  if (!party.proxy || !enforcedBy(party, 'client').includes('routing')) {
    log.add(
      'no-route',
      `${party.proxy ? 'the proxy here does not route' : 'no proxy here'}: it goes where it was dialled`,
    );
    const leg = service && hasPort(service, port) ? wholeLeg(service, port) : passthroughLeg(target, 'nothing');
    return { kind: 'sent', party, traffic, legs: [leg], treatment: untreated };
  }
  const sight = sightOf(traffic, party);
  if (!sight) return answered(badPath);
  const routed = routeAtProxy(party.proxy, { lookup, party, sender, target, traffic, log, story }, sight);
  if (routed.kind === 'answered') return answered(routed.answer);
  const path = traffic.layer === 'http' ? targetText(sight) : request.path;
  const tidy = path === request.path ? traffic : { ...traffic, request: { ...request, path } };
  const { legs, treatment } = routed;
  return { kind: 'sent', party, traffic: tidy, legs, treatment };
};
