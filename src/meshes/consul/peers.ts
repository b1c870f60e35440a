import { groupBy, unique } from '../../base/order.ts';
import type { JoinedMesh } from '../../model/mesh.ts';
import type { EntryField } from './entry-field.ts';
import { type Destination, everyone } from './intentions/intention.ts';
import { meshGatewayName, throughMeshGateway } from './mesh.ts';
import { entriesOf, type Reading, report } from './reading.ts';
import { type Realm, spiffeOf } from './services.ts';

/** A service that callers of other clusters may reach, and whose. */
export interface Export {
  /** The name of a service, or `*`. */
  readonly name: string;
  readonly peers: readonly string[];
  readonly source: EntryField;
}

/** What is open to other clusters. What happens in these is not in the input. */
export interface Peers {
  readonly exports: readonly Export[];
  /** Peers with which a peering is in the input. */
  readonly joined: ReadonlySet<string>;
}

/** A cluster for itself. */
export const noPeers: Peers = { exports: [], joined: new Set() };

/** Exports, and the peerings through which others come; each is told, for what it joins is not in the input. */
export const readPeers = (reading: Reading): Peers => {
  const exports = entriesOf(reading, 'ExportedServices').flatMap(({ spec }) =>
    (spec?.list('services') ?? []).flatMap(service => readExport(service, reading)),
  );
  const joined = new Set<string>();
  for (const kind of ['PeeringAcceptor', 'PeeringDialer']) {
    for (const { object, name, spec } of entriesOf(reading, kind)) {
      joined.add(name);
      spec?.field.leave('what is in other clusters is not in the input');
      report(reading, 'CONSUL006', object.ref, `${kind} \`${name}\`: what it joins is not in the input`);
    }
  }
  for (const { object, name, spec } of entriesOf(reading, 'SamenessGroup')) {
    spec?.field.leave('sameness groups belong to the Enterprise edition');
    report(
      reading,
      'CONSUL005',
      object.ref,
      `SamenessGroup \`${name}\`: sameness groups belong to the Enterprise edition`,
    );
  }
  return { exports, joined };
};

const readExport = (service: EntryField, reading: Reading): readonly Export[] => {
  const name = service.text('name');
  if (name === undefined) return [];
  const consumers = service.list('consumers').flatMap(consumerIn);
  service.leave('namespace', 'namespaces belong to the Enterprise edition');
  const to = consumers.map(({ text }) => text).join(', ');
  report(reading, 'CONSUL006', service, `\`${name}\` is exported to ${to}`);
  return [{ name, peers: consumers.flatMap(({ peer }) => peer ?? []), source: service }];
};

interface Consumer {
  readonly text: string;
  readonly peer?: string;
}

const consumerIn = (field: EntryField): readonly Consumer[] => {
  const peer = field.text('peer');
  if (peer !== undefined) return [{ text: `peer \`${peer}\``, peer }];
  const key = ['partition', 'samenessGroup'].find(name => field.text(name) !== undefined);
  return key === undefined ? [] : [{ text: `${key} \`${field.text(key)}\`` }];
};

/**
 * Where the callers of a peer have their identities. Its trust domain and its datacenter are known to the servers only, so
 * that the name of the peer stands for both.
 */
export const realmOf = (peer: string): Realm & { readonly mesh: { readonly trustDomain: string } } => ({
  mesh: { id: peer, trustDomain: `${peer}.consul` },
  datacenter: peer,
});

/** The peers whose callers reach a service. */
export const exportedTo = ({ exports }: Peers, service: string): readonly string[] =>
  unique(exports.flatMap(({ name, peers }) => (name === service || name === everyone ? peers : [])));

/**
 * The clusters whose callers come in, and what they reach. A name without instances is exported if some entry says where it
 * leads, and yet no mesh gateway leads to it (observed, 1.21.0; `MeshGatewayValidExportedServices`, agent/proxycfg).
 */
export const joinedMeshes = (
  { services, directory }: Reading,
  { exports }: Peers,
  isLed: (name: string) => boolean,
): readonly JoinedMesh[] => {
  const idsOf = (name: string): readonly string[] => {
    const known = services.named(name);
    if (known.length > 0 || directory.isWhole) return known.map(({ id }) => id);
    return [services.resolve(name, 'default')].flatMap(service => service?.id ?? []);
  };
  const isThere = (name: string): boolean => !directory.isWhole || services.instances(name).length > 0;
  const all = exports.flatMap(({ name, peers, source }) => peers.map(peer => ({ name, peer, source })));
  return [...groupBy(all, ({ peer }) => peer)].map(([peer, own]) => {
    const isAll = own.some(({ name }) => name === everyone);
    const names = isAll ? services.allNames() : unique(own.map(({ name }) => name));
    const missing = names.filter(name => !isThere(name) && isLed(name)).flatMap(idsOf);
    return {
      name: peer,
      identities: spiffeOf(realmOf(peer), '{name}'),
      mode: throughMeshGateway,
      gateway: meshGatewayName,
      reaches: isAll && !directory.isWhole ? [everyone] : names.filter(isThere).flatMap(idsOf),
      ...(missing.length > 0 ? { missing } : {}),
      ...(own[0] ? { source: own[0].source } : {}),
    };
  });
};

/**
 * Whether the proxies of a service take certificates of the two clusters alone: they do once it is exported and the peering
 * stands, so that an identity of another system under the same root is refused (observed, row 0.9).
 */
export const takesOwnRootsOnly = ({ exports, joined }: Peers, service: string): boolean =>
  exports.some(({ name, peers }) => (name === service || name === everyone) && peers.some(peer => joined.has(peer)));

/** Who of other clusters gets in, as far as it can be told from this side. */
export const tellExports = (
  reading: Reading,
  { exports, joined }: Peers,
  destinations: ReadonlyMap<string, Destination>,
): void => {
  const { directory, services, mesh } = reading;
  for (const { name, peers, source } of exports) {
    if (directory.isWhole && name !== everyone && services.instances(name).length === 0) {
      const isKnown = services.named(name).length > 0;
      const what = isKnown ? 'has no instance in the mesh' : 'is no service of the cluster';
      report(reading, 'CONSUL215', source, `\`${name}\` is exported, and ${what}`);
    }
    for (const peer of peers) {
      const isNamed = [name, everyone].some(one => destinations.get(one)?.peers.includes(peer));
      if (isNamed) continue;
      if (mesh.defaults.access.value === 'allow') {
        report(reading, 'CONSUL212', source, `every caller of peer \`${peer}\` may call \`${name}\``);
      } else {
        report(
          reading,
          'CONSUL216',
          source,
          `\`${name}\` is exported to peer \`${peer}\`, and no intention lets its callers in`,
        );
      }
    }
  }
  if (!directory.isWhole) return;
  const asked = [...exports, ...destinations.values()].flatMap(({ peers }) => peers);
  for (const peer of unique(asked).filter(one => !joined.has(one))) {
    const at = exports.find(({ peers }) => peers.includes(peer))?.source;
    const entry = [...destinations.values()].find(({ peers }) => peers.includes(peer))?.entry;
    report(reading, 'CONSUL217', at ?? entry?.object.ref, `no peering with \`${peer}\` is in the input`);
  }
};
