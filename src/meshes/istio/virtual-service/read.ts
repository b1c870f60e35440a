import { byAll, byKey, groupBy } from '../../../base/order.ts';
import type { Frontend, Listens } from '../../../model/frontend.ts';
import { hostRank } from '../../../model/match.ts';
import type { ClientScope, Labels } from '../../../model/scope.ts';
import type { Subsets } from '../destination-rule/subsets.ts';
import { objectsOf, type Reading, report } from '../reading.ts';
import { type FindSubset, serviceOf } from './destinations.ts';
import { readL4Rules } from './l4-rules.ts';
import { type Delegates, isDelegate, readHttpRules, type VirtualService, virtualServiceOf } from './rules.ts';

/** All VirtualServices of the input, older first, and a way to look delegates up. */
export const readVirtualServices = (reading: Reading): { all: readonly VirtualService[]; delegates: Delegates } => {
  const all = objectsOf(reading, 'networking.istio.io', 'VirtualService').flatMap(
    object => virtualServiceOf(reading, object) ?? [],
  );
  const byName = new Map(all.map(vs => [`${vs.namespace}/${vs.object.ref.name}`, vs]));
  return { all, delegates: (namespace, name) => byName.get(`${namespace}/${name}`) };
};

/** How a client sees a VirtualService: its own namespace's private ones come first, then those shown to it, then public ones. */
type Visibility = 'private' | 'shown' | 'public';

interface Placed {
  readonly vs: VirtualService;
  readonly host: string;
  readonly visibility: Visibility;
  readonly namespaces: readonly string[] | undefined;
}

const visibilityRank: Readonly<Record<Visibility, number>> = { private: 0, shown: 1, public: 2 };

const place = (vs: VirtualService, host: string): Placed[] => {
  const { exportTo, namespace } = vs;
  if (exportTo.length === 0 || exportTo.includes('*'))
    return [{ vs, host, visibility: 'public', namespaces: undefined }];
  const placed: Placed[] = [];
  if (exportTo.includes('.') || exportTo.includes(namespace))
    placed.push({ vs, host, visibility: 'private', namespaces: [namespace] });
  const others = exportTo.filter(name => name !== '.' && name !== '~' && name !== namespace);
  if (others.length > 0) placed.push({ vs, host, visibility: 'shown', namespaces: others });
  return placed;
};

/**
 * Route tables of the sidecars. A host belongs to one VirtualService: an exact host before a wildcard, the longest
 * wildcard first, then what the client's namespace keeps to itself before what is public, then the oldest object; an
 * unmatched request gets a 404, never the next object (observed, rows 2.3–2.10b, 3.1).
 */
export const meshFrontends = (
  reading: Reading,
  virtualServices: readonly VirtualService[],
  delegates: Delegates,
  subsets: Subsets,
): Frontend[] => {
  const placed = virtualServices
    .filter(vs => vs.gateways.includes('mesh') && !isDelegate(vs))
    .flatMap(vs => vs.hosts.flatMap(host => place(vs, host)));
  const age = new Map(virtualServices.map((vs, index) => [vs, index]));
  placed.sort(
    byAll<Placed>(
      (a, b) => hostRank(fullHost(reading, b)) - hostRank(fullHost(reading, a)) || 0,
      (a, b) => visibilityRank[a.visibility] - visibilityRank[b.visibility],
      (a, b) => (age.get(a.vs) ?? 0) - (age.get(b.vs) ?? 0),
      byKey(p => p.host),
    ),
  );
  reportRivals(reading, placed);
  return placed.flatMap(p => forEveryClient(reading, p, delegates, subsets));
};

/** Short and full names are one host, so the rank goes by kind only, not by spelling (observed, row 2.5). */
const fullHost = (_reading: Reading, placed: Placed): string => (placed.host.startsWith('*') ? placed.host : 'exact');

const listensOn = (reading: Reading, host: string, namespace: string): Listens => {
  if (host.startsWith('*')) return { kind: 'hosts', hosts: [host], servicesOnly: true };
  const service = serviceOf(reading, host, namespace);
  if (service) return { kind: 'service', service: service.id };
  // A host that is no service gets a virtual host on port 80 only (observed, row 16.8).
  return { kind: 'hosts', hosts: [host], port: 80 };
};

/**
 * Clients in a namespace with a DestinationRule of its own may know other subsets, or none (observed, row 16.4): for them
 * there is a table of their own, in front of the general one.
 */
const forEveryClient = (reading: Reading, placed: Placed, delegates: Delegates, subsets: Subsets): Frontend[] => {
  const { namespaces } = placed;
  const usual = namespaces?.length === 1 ? namespaces[0] : undefined;
  const apart = new Set<string>();
  const general = frontendsOf(reading, placed, delegates, (service, name) => {
    const labels = subsets.labelsOf(service, name, usual);
    for (const namespace of subsets.namespacesApart(service)) {
      const isReached = namespace !== usual && (namespaces?.includes(namespace) ?? true);
      if (isReached && !sameLabels(labels, subsets.labelsOf(service, name, namespace))) apart.add(namespace);
    }
    return labels;
  });
  const own = [...apart].sort().flatMap(namespace => {
    const findSubset: FindSubset = (service, name) => subsets.labelsOf(service, name, namespace);
    return frontendsOf(reading, { ...placed, namespaces: [namespace] }, delegates, findSubset);
  });
  return [...own, ...general];
};

const sameLabels = (a: Labels | undefined, b: Labels | undefined): boolean =>
  JSON.stringify(a && Object.entries(a).sort()) === JSON.stringify(b && Object.entries(b).sort());

const frontendsOf = (reading: Reading, placed: Placed, delegates: Delegates, findSubset: FindSubset): Frontend[] => {
  const { vs, host, namespaces } = placed;
  const listens = listensOn(reading, host, vs.namespace);
  const side = { gateway: 'mesh', namespace: vs.namespace };
  const seenAs = namespaces ? ` for ${namespaces.join(',')}` : '';
  const target = listens.kind === 'service' ? listens.service : host;
  const clients: ClientScope = { mesh: reading.mesh.id, ...(namespaces ? { namespaces } : {}) };
  const base = { listens, clients, source: vs.spec };
  const id = `${target} by ${vs.namespace}/${vs.object.ref.name}${seenAs}`;
  const frontends: Frontend[] = [];
  if (vs.spec.has('http')) {
    const rules = readHttpRules(reading, vs, side, findSubset, delegates);
    frontends.push({ ...base, id, protocol: 'http', rules, noMatch: { kind: 'respond', status: 404 } });
  }
  for (const protocol of ['tls', 'tcp'] as const) {
    if (!vs.spec.has(protocol)) continue;
    const rules = readL4Rules(reading, vs, protocol, side, findSubset);
    frontends.push({ ...base, id: `${id} ${protocol}`, protocol, rules, noMatch: { kind: 'passToService' } });
  }
  return frontends;
};

/** Several objects for one host, seen by the same clients: all but the first are ignored, and their authors should know. */
const reportRivals = (reading: Reading, placed: readonly Placed[]): void => {
  const owners = groupBy(placed, p => {
    const listens = listensOn(reading, p.host, p.vs.namespace);
    return `${listens.kind === 'service' ? listens.service : p.host} ${p.namespaces?.join() ?? ''}`;
  });
  for (const [owner, ...ignored] of owners.values()) {
    for (const { vs, host } of ignored) {
      if (!owner || owner.vs === vs) continue;
      const name = `${owner.vs.namespace}/${owner.vs.object.ref.name}`;
      report(
        reading,
        'ISTIO001',
        vs.spec.at('hosts') ?? vs.spec,
        `host \`${host}\` belongs to the older VirtualService \`${name}\`; this one is ignored for it`,
      );
      if (!owner.vs.creationTimestamp || !vs.creationTimestamp) {
        report(
          reading,
          'ISTIO008',
          vs.object.ref,
          `\`${name}\` and this object both claim \`${host}\`; \`${name}\` is taken to be the older`,
        );
      }
    }
  }
};
