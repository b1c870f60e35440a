import type { Identity } from '../model/identity.ts';
import type { Gateway, Membership, Service, Workload } from '../model/inventory.ts';
import { type DataPlane, type JoinedMesh, joinedIdentity, type Mesh } from '../model/mesh.ts';
import type { Labels } from '../model/scope.ts';
import type { Notes } from './findings.ts';
import { Kept, storeFor } from './kept.ts';
import type { Lookup } from './lookup/lookup.ts';
import type { Caller } from './request.ts';

/** One end of a connection: an application with the proxy before it, if there is one, or a gateway. */
export interface Party {
  readonly at: 'client' | 'gateway' | 'waypoint' | 'server';
  /** `namespace/name`, if known. */
  readonly id?: string;
  readonly namespace?: string;
  readonly labels: Labels;
  readonly gateway?: string;
  /** A machine outside the cluster. */
  readonly isMachine?: boolean;
  readonly identity: Identity;
  /** Absent: no proxy of a mesh stands here. */
  readonly proxy?: MeshProxy;
  /** The mesh that callers come from who come in here from another one. */
  readonly joined?: JoinedMesh;
  /** The id of a mesh whose mTLS is taken here, though no proxy of it stands here. */
  readonly joinedWith?: string;
}

export interface MeshProxy {
  readonly mesh: Mesh;
  readonly mode: string;
  readonly dataPlane: DataPlane;
}

const unauthenticated: Identity = { kind: 'unauthenticated' };

const proxyOf = (lookup: Lookup, membership: Pick<Membership, 'mesh' | 'mode'>): MeshProxy | undefined => {
  const mesh = lookup.mesh(membership.mesh);
  const dataPlane = mesh?.dataPlanes[membership.mode];
  return mesh && dataPlane ? { mesh, mode: membership.mode, dataPlane } : undefined;
};

/** The identity that a workload's proxy shows; without a proxy nobody proves anything. */
const identityOf = (proxy: MeshProxy | undefined, namespace: string, account: string | undefined): Identity => {
  if (!proxy) return unauthenticated;
  if (!account) return { kind: 'unknown', namespace };
  return { kind: 'serviceAccount', trustDomain: proxy.mesh.trustDomain, namespace, name: account };
};

/** As `identityOf`, for a workload that may have an identity of its own. */
const shownBy = (
  proxy: MeshProxy | undefined,
  { namespace, serviceAccount, identity }: Pick<Workload, 'namespace' | 'identity'> & { serviceAccount?: string },
): Identity => (proxy && identity ? identity : identityOf(proxy, namespace, serviceAccount));

/** The proxy of a workload, by what is known of its memberships. */
const proxyOfMember = (
  lookup: Lookup,
  who: string,
  memberships: readonly Membership[],
  notes: Notes,
): MeshProxy | undefined => {
  const proxies = memberships.flatMap(membership => proxyOf(lookup, membership) ?? []);
  if (new Set(proxies.map(({ mesh }) => mesh.id)).size > 1) {
    notes.caveat('VERIFY008', `\`${who}\` is in ${proxies.map(({ mesh }) => `\`${mesh.id}\``).join(' and ')}`);
  }
  if (memberships.some(({ certainty }) => certainty === 'assumed')) {
    notes.assume(() => `${who} is in the mesh; nothing in the input tells who is`);
  }
  return proxies[0];
};

/**
 * How somebody unknown in a namespace takes part: as the known workloads there do; else, where the input holds no
 * workloads at all, in the only mesh, in the way its workloads usually do. Somebody in a namespace whose workloads are
 * in no mesh is in none either.
 */
const usualProxy = (lookup: Lookup, namespace: string, who: string, notes: Notes): MeshProxy | undefined => {
  const neighbours = lookup.services.workloadsIn(namespace);
  if (neighbours.length > 0) {
    const memberships = neighbours.find(({ memberships }) => memberships.length > 0)?.memberships ?? [];
    notes.assume(() => `${who} takes part in a mesh as the other workloads of \`${namespace}\` do`);
    return memberships.flatMap(membership => proxyOf(lookup, membership) ?? [])[0];
  }
  const { proxy } = onlyProxy(lookup);
  if (proxy) notes.assume(() => `${who} is in \`${proxy.mesh.id}\`; the input does not tell`);
  return proxy;
};

/** The proxy of the only mesh, in the way its workloads usually take part. */
const onlyProxy = storeFor<Lookup, { readonly proxy?: MeshProxy | undefined }>(lookup => {
  const [mesh, ...others] = lookup.model.meshes;
  if (!mesh || others.length > 0) return {};
  const mode =
    lookup.services.usualMode(mesh.id) ??
    Object.keys(mesh.dataPlanes).find(name => (mesh.dataPlanes[name]?.asServer.length ?? 0) > 0);
  return mode === undefined ? {} : { proxy: proxyOf(lookup, { mesh: mesh.id, mode }) };
});

const callers = storeFor<Lookup, Kept<Caller, Party>>(() => new Kept());

/** The sending end. */
export const callerParty = (lookup: Lookup, caller: Caller, notes: Notes): Party =>
  callers(lookup).get(caller, [], notes, own => sending(lookup, caller, own));

const sending = (lookup: Lookup, caller: Caller, notes: Notes): Party => {
  if (caller.kind === 'outside') return { at: 'client', labels: {}, identity: unauthenticated };
  if (caller.kind === 'joined') return comingIn(lookup, caller);
  const { namespace, name } = caller;
  if (caller.kind === 'serviceAccount') {
    const proxy = usualProxy(lookup, namespace, `the caller`, notes);
    const identity = identityOf(proxy, namespace, name);
    return { at: 'client', namespace, labels: {}, identity, ...(proxy ? { proxy } : {}) };
  }
  const id = `${namespace}/${name}`;
  const known = lookup.services.workload(id);
  const memberships = caller.memberships ?? known?.memberships;
  const proxy = memberships
    ? proxyOfMember(lookup, id, memberships, notes)
    : usualProxy(lookup, namespace, `\`${id}\``, notes);
  const identity = shownBy(proxy, { ...caller, ...(known?.identity ? { identity: known.identity } : {}) });
  return { at: 'client', id, namespace, labels: caller.labels, identity, ...(proxy ? { proxy } : {}) };
};

/** Where callers of a joined mesh come in: a proxy of this mesh sends on what they ask for. */
const comingIn = (lookup: Lookup, { mesh: id, from, name }: Extract<Caller, { kind: 'joined' }>): Party => {
  const mesh = lookup.mesh(id);
  const joined = mesh?.joined?.find(one => one.name === from);
  const proxy = joined && proxyOf(lookup, { mesh: id, mode: joined.mode });
  if (!joined || !proxy) return { at: 'client', labels: {}, identity: unauthenticated };
  return { at: 'gateway', gateway: joined.gateway, labels: {}, identity: joinedIdentity(joined, name), proxy, joined };
};

const servers = storeFor<Lookup, Kept<Workload, Party>>(() => new Kept());

/** A workload that is known to receive. */
export const serverParty = (lookup: Lookup, workload: Workload, notes: Notes): Party =>
  servers(lookup).get(workload, [], notes, own => receiving(lookup, workload, own));

const receiving = (lookup: Lookup, workload: Workload, notes: Notes): Party => {
  const { id, namespace, labels, isMachine } = workload;
  const proxy = proxyOfMember(lookup, id, workload.memberships, notes);
  const identity = shownBy(proxy, workload);
  const place = isMachine ? { isMachine } : {};
  return { at: 'server', id, namespace, labels, ...place, identity, ...(proxy ? { proxy } : {}) };
};

/** The pods behind a service of which the input shows none: what selects them is all that is known of their labels. */
export const supposedServer = (lookup: Lookup, service: Service, labels: Labels, notes: Notes): Party => {
  const { namespace } = service;
  const proxy = usualProxy(lookup, namespace, `what runs behind \`${service.id}\``, notes);
  return {
    at: 'server',
    namespace,
    labels,
    identity: identityOf(proxy, namespace, undefined),
    ...(proxy ? { proxy } : {}),
  };
};

/** An end beyond every mesh of the input. */
export const outsideServer = (id: string, { joinedWith }: Pick<Service, 'joinedWith'> = {}): Party => ({
  at: 'server',
  id,
  labels: {},
  identity: unauthenticated,
  ...(joinedWith === undefined ? {} : { joinedWith }),
});

/** Where the pods of a gateway are. */
const podNamespaceOf = ({ podNamespace, namespace }: Gateway): string => podNamespace ?? namespace;

/**
 * The mode of a gateway's proxy, by what its mesh calls it: the mode of the pods that run it, else the one named after
 * its purpose, else `gateway`.
 */
const gatewayProxy = (lookup: Lookup, gateway: Gateway): MeshProxy | undefined => {
  const mesh = lookup.mesh(gateway.mesh);
  if (!mesh) return undefined;
  const pods =
    Object.keys(gateway.labels).length > 0
      ? lookup.services.workloadsOf({ kind: 'pods', namespace: podNamespaceOf(gateway), labels: gateway.labels })
      : [];
  const memberships = pods.flatMap(pod => pod.memberships).filter(membership => membership.mesh === mesh.id);
  const modes = [...memberships.map(({ mode }) => mode), gateway.purpose, 'gateway'];
  return modes.flatMap(mode => proxyOf(lookup, { mesh: mesh.id, mode }) ?? [])[0];
};

const gateways = storeFor<Lookup, Map<Gateway, Party>>(() => new Map());

export const gatewayParty = (lookup: Lookup, gateway: Gateway): Party => {
  const known = gateways(lookup).get(gateway);
  if (known) return known;
  const party = atGateway(lookup, gateway);
  gateways(lookup).set(gateway, party);
  return party;
};

const atGateway = (lookup: Lookup, gateway: Gateway): Party => {
  const { id, labels } = gateway;
  const namespace = podNamespaceOf(gateway);
  const proxy = gatewayProxy(lookup, gateway);
  return {
    at: gateway.purpose === 'waypoint' ? 'waypoint' : 'gateway',
    id,
    namespace,
    labels,
    gateway: id,
    identity: proxy && gateway.identity ? gateway.identity : identityOf(proxy, namespace, gateway.serviceAccount),
    ...(proxy ? { proxy } : {}),
  };
};
