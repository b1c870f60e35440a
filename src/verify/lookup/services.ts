import type { ServiceExposure, Visibility } from '../../model/capabilities/visibility.ts';
import { ServiceDirectory } from '../../model/directory.ts';
import { identityTitle } from '../../model/identity.ts';
import type { Service, Workload } from '../../model/inventory.ts';
import { hostMatches } from '../../model/match.ts';
import type { Model } from '../../model/model.ts';
import type { EndpointSet } from '../../model/scope.ts';
import { isAddress } from '../addresses.ts';
import { Recent } from '../recent.ts';
import { coversSender, type Sender } from './coverage.ts';
import { ScopeIndex } from './scope-index.ts';

const bareHostOf = (authority: string): string => {
  if (!authority.includes(':')) return authority.toLowerCase();
  const bracketed = authority.startsWith('[') ? /^\[([^\]]*)\](?::\d+)?$/.exec(authority) : undefined;
  if (bracketed) return (bracketed[1] ?? '').toLowerCase();
  return isAddress(authority) ? authority.toLowerCase() : authority.replace(/:\d*$/, '').toLowerCase();
};

/** The same few are asked for again and again on one way. */
const bare = new Recent<string, string>(100);

/** A Host or `host:port` without its port, and without the brackets of an IPv6 address; lower case. */
export const hostOf = (authority: string): string => {
  const known = bare.get(authority);
  if (known !== undefined) return known;
  const host = bareHostOf(authority);
  bare.set(authority, host);
  return host;
};

const nobody: readonly Workload[] = [];

/** When so many meanings of hosts are kept, all are forgotten. */
const mostKept = 1000;

/** Services by every name and address, the workloads behind them, and who may know them. */
export class Services {
  private readonly directory: ServiceDirectory;
  private readonly exposures: ReadonlyMap<string, ServiceExposure>;
  private readonly visibility: ScopeIndex<Visibility>;
  private readonly meant = new Recent<string, Service | undefined>(mostKept);
  private readonly modes = new Map<string, string>();
  private readonly classes = new Map<string, Workload>();
  private readonly workloads = new Map<string, Workload>();

  constructor({ inventory, exposures, visibility }: Pick<Model, 'inventory' | 'exposures' | 'visibility'>) {
    this.directory = new ServiceDirectory(inventory);
    this.exposures = new Map(exposures.map(exposure => [exposure.service, exposure]));
    this.visibility = new ScopeIndex(visibility, statement => statement.clients);
    for (const workload of inventory.workloads) {
      this.workloads.set(workload.id, workload);
      const { memberships, identity } = workload;
      const shown = identity === undefined ? '' : ` as ${identityTitle(identity)}`;
      const ways = memberships.map(({ mesh, mode }) => `${mesh} ${mode}${shown}`).join();
      if (!this.classes.has(ways)) this.classes.set(ways, workload);
      for (const { mesh, mode } of workload.memberships) if (!this.modes.has(mesh)) this.modes.set(mesh, mode);
    }
  }

  /** Whether a workload that is not found does not exist. */
  get isWhole(): boolean {
    return this.directory.isWhole;
  }

  find(id: string): Service | undefined {
    return this.directory.find(id);
  }

  /** The service that a host or address means to somebody, whether or not they may see it. */
  named(host: string, namespace: string | undefined): Service | undefined {
    const key = `${host} ${namespace}`;
    const known = this.meant.get(key);
    if (known !== undefined || this.meant.has(key)) return known;
    const service = this.directory.findHost(host, namespace);
    this.meant.set(key, service);
    return service;
  }

  workload(id: string): Workload | undefined {
    return this.workloads.get(id);
  }

  /** The known workloads behind a set of endpoints; empty also where it is not known which they are. */
  workloadsOf(endpoints: EndpointSet): readonly Workload[] {
    return this.directory.workloadsOf(endpoints);
  }

  workloadsIn(namespace: string): readonly Workload[] {
    if (this.workloads.size === 0) return nobody;
    return this.directory.workloadsOf({ kind: 'pods', namespace, labels: {} });
  }

  /** The mode in which the first known workload of a mesh takes part. */
  usualMode(mesh: string): string | undefined {
    return this.modes.get(mesh);
  }

  /** The statement that decides what somebody knows at all; undefined: they know everything that is exposed to them. */
  visibilityFor(sender: Sender): Visibility | undefined {
    return this.visibility.near(sender).find(statement => coversSender(statement.clients, sender));
  }

  /** The client namespaces that may see a service; undefined: all. */
  exposedTo(service: Service): readonly string[] | undefined {
    return this.exposures.get(service.id)?.namespaces;
  }

  /** One workload for each way to take part in meshes, and each that shows an identity of its own. */
  membershipClasses(): readonly Workload[] {
    return [...this.classes.values()];
  }

  /** What hides a service from somebody, or undefined if they see it. */
  hiddenBy(service: Service, sender: Sender, port?: number): ServiceExposure | Visibility | undefined {
    const exposure = this.exposures.get(service.id);
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
