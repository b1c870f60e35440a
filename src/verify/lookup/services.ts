import type { ServiceExposure, Visibility } from '../../model/capabilities/visibility.ts';
import type { Inventory, Service } from '../../model/inventory.ts';
import { hostMatches } from '../../model/match.ts';
import { isAddress } from '../addresses.ts';
import { coversSender, type Sender } from './coverage.ts';
import { HostIndex, inOrder } from './host-index.ts';
import { ScopeIndex } from './scope-index.ts';

/** `web.shop.svc.cluster.local` is `web` of `shop`: the names that mean it everywhere, by the cluster's DNS search. */
const shortNames = ({ hosts, namespace, name }: Service): string[] =>
  hosts[0]?.toLowerCase().startsWith(`${name}.${namespace}.svc.`)
    ? [`${name}.${namespace}`, `${name}.${namespace}.svc`]
    : [];

const isClusterName = ({ hosts, namespace, name }: Service): boolean =>
  Boolean(hosts[0]?.toLowerCase().startsWith(`${name}.${namespace}.svc.`));

/** A Host or `host:port` without its port, and without the brackets of an IPv6 address; lower case. */
export const hostOf = (authority: string): string => {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(authority);
  if (bracketed) return (bracketed[1] ?? '').toLowerCase();
  return isAddress(authority) ? authority.toLowerCase() : authority.replace(/:\d*$/, '').toLowerCase();
};

/** Services by every name and address, and who may know them. */
export class Services {
  private readonly byId = new Map<string, Service>();
  private readonly byHost = new HostIndex<Service>();
  /** Names that mean a service only in its own namespace. */
  private readonly byLocalName = new Map<string, Service>();
  private readonly exposures: ReadonlyMap<string, ServiceExposure>;
  private readonly visibility: ScopeIndex<Visibility>;

  constructor(inventory: Inventory, exposures: readonly ServiceExposure[], visibility: readonly Visibility[]) {
    inventory.services.forEach((service, rank) => {
      if (!this.byId.has(service.id)) this.byId.set(service.id, service);
      const names = new Set([...service.hosts, ...shortNames(service), ...service.addresses]);
      for (const name of names) this.byHost.add(name, rank, service);
      if (isClusterName(service)) this.byLocalName.set(`${service.namespace} ${service.name}`, service);
    });
    this.exposures = new Map(exposures.map(exposure => [exposure.service, exposure]));
    this.visibility = new ScopeIndex(visibility, statement => statement.clients);
  }

  find(id: string): Service | undefined {
    return this.byId.get(id);
  }

  /**
   * The first service, in the inventory's order, that the host or address means to somebody, whether or not they may
   * see it. A name that ends in a dot is known only if it is fully qualified (observed: `web.shop.` is unknown).
   */
  named(host: string, namespace: string | undefined): readonly Service[] {
    const folded = host.toLowerCase();
    const isRooted = folded.endsWith('.') && folded.length > 1;
    const bare = isRooted ? folded.slice(0, -1) : folded;
    const everywhere = inOrder(this.byHost.buckets(bare));
    if (isRooted) return everywhere.filter(service => service.hosts.some(name => name.toLowerCase() === bare));
    const local = namespace === undefined ? undefined : this.byLocalName.get(`${namespace} ${bare}`);
    // A full name is meant before a pattern that also takes it.
    const exact = everywhere.filter(
      service => !service.hosts.some(name => name.startsWith('*') && hostMatches(name, bare)),
    );
    const patterns = everywhere.filter(service => !exact.includes(service));
    return [...(local ? [local] : []), ...exact, ...patterns];
  }

  /** The statement that decides what somebody knows at all; undefined: they know everything that is exposed to them. */
  visibilityFor(sender: Sender): Visibility | undefined {
    return this.visibility.near(sender).find(statement => coversSender(statement.clients, sender));
  }

  /** Who may see a service, if not everyone. */
  exposureOf(service: Service): ServiceExposure | undefined {
    return this.exposures.get(service.id);
  }

  /** What hides a service from somebody, or undefined if they see it. */
  hiddenBy(service: Service, sender: Sender, port?: number): ServiceExposure | Visibility | undefined {
    const exposure = this.exposureOf(service);
    if (exposure && !exposure.namespaces.includes(sender.namespace ?? '')) return exposure;
    const visibility = this.visibilityFor(sender);
    if (!visibility) return undefined;
    const isExposed = visibility.exposes.some(
      entry =>
        (entry.port === undefined || port === undefined || entry.port === port) &&
        (entry.namespace === '*' ||
          service.namespace === (entry.namespace === '.' ? sender.namespace : entry.namespace)) &&
        service.hosts.some(host => hostMatches(entry.host, host)),
    );
    return isExposed ? undefined : visibility;
  }
}
