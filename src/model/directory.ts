import { InvariantError } from '../base/finding.ts';
import { byKey } from '../base/order.ts';
import { type Inventory, type Service, serviceHost, serviceId, type Workload } from './inventory.ts';
import { type EndpointSet, selects } from './scope.ts';

/**
 * Finds services by their names and the workloads behind them. Every lookup is a few steps in a map, whatever the
 * size of the inventory.
 *
 * Services that are only mentioned are added with `reference`, where the inventory is only a part of what exists; where
 * it is whole, what it does not hold does not exist.
 */
export class ServiceDirectory {
  /** Whether a service that is not found does not exist. */
  readonly isWhole: boolean;
  private readonly clusterDomain: string;
  private readonly byId = new Map<string, Service>();
  private readonly byHost = new Map<string, Service>();
  private readonly byAddress = new Map<string, Service>();
  private readonly referenced: Service[] = [];
  private readonly inventory: Inventory;
  private readonly workloads: WorkloadIndex;
  private selecting: Map<string, Service[]> | undefined;

  constructor(inventory: Inventory, clusterDomain = 'cluster.local') {
    this.inventory = inventory;
    this.clusterDomain = clusterDomain.toLowerCase();
    this.isWhole = inventory.clusters.length > 0 && inventory.clusters.every(({ extent }) => extent === 'whole');
    this.workloads = new WorkloadIndex(inventory.workloads);
    for (const service of inventory.services) this.add(service);
  }

  /** By id: `namespace/name`, or the host of a service that is no Kubernetes object. */
  find(id: string): Service | undefined {
    return this.byId.get(id);
  }

  /**
   * By a host name or address as a client in a namespace would resolve it: `reviews`, `reviews.shop`,
   * `reviews.shop.svc`, the full name (with or without the final dot), a host outside, one that a service's wildcard
   * covers, or a virtual address. Case does not matter. Without a namespace a single word means nothing.
   */
  findHost(host: string, fromNamespace?: string): Service | undefined {
    const isAbsolute = host.endsWith('.');
    const name = bareHost(host);
    const inCluster = this.clusterName(name, isAbsolute, fromNamespace);
    return (
      (inCluster && this.byId.get(serviceId(inCluster.namespace, inCluster.name))) ??
      this.byHost.get(name) ??
      this.byAddress.get(name) ??
      this.findWildcard(name)
    );
  }

  /** The service of that name; where it is unknown, it is added as one that is only mentioned. */
  reference(namespace: string, name: string): Service {
    const id = serviceId(namespace, name);
    const hosts = [serviceHost(namespace, name, this.clusterDomain)];
    return this.byId.get(id) ?? this.mention({ id, namespace, name, hosts, external: false });
  }

  /**
   * The service of that host; where it is unknown, it is added as one that is only mentioned: a service of the cluster
   * if its name has that form, else a host outside.
   */
  referenceHost(host: string, fromNamespace?: string): Service {
    const known = this.findHost(host, fromNamespace);
    if (known) return known;
    const name = bareHost(host);
    const inCluster = this.clusterName(name, host.endsWith('.'), fromNamespace);
    // `api.example` may be service `api` of a namespace `example`; unless it is known, it is a host like any other.
    const isAmbiguous = name.split('.').length === 2;
    if (inCluster && !isAmbiguous) return this.reference(inCluster.namespace, inCluster.name);
    return this.mention({ id: name, namespace: '', name, hosts: [name], external: true });
  }

  /** What a name means: the service, one that is only mentioned, or undefined where it cannot exist. */
  resolve(namespace: string, name: string): Service | undefined {
    return this.isWhole ? this.find(serviceId(namespace, name)) : this.reference(namespace, name);
  }

  /** As `resolve`, for a host name as seen from a namespace. */
  resolveHost(host: string, fromNamespace?: string): Service | undefined {
    return this.isWhole ? this.findHost(host, fromNamespace) : this.referenceHost(host, fromNamespace);
  }

  /** Those of the inventory in its order, then those only mentioned, by id. */
  services(): readonly Service[] {
    return [...this.inventory.services, ...this.referenced.toSorted(byKey(service => service.id))];
  }

  /** The known workloads behind a set of endpoints; empty also when it is not known which they are. */
  workloadsOf(endpoints: EndpointSet): readonly Workload[] {
    return this.workloads.behind(endpoints);
  }

  /** The services that lead to a workload. */
  servicesOf(workload: Pick<Workload, 'id'>): readonly Service[] {
    if (!this.selecting) {
      this.selecting = new Map();
      for (const service of this.inventory.services) {
        for (const { id } of this.workloadsOf(service.endpoints)) {
          const services = this.selecting.get(id);
          if (services) services.push(service);
          else this.selecting.set(id, [service]);
        }
      }
    }
    return this.selecting.get(workload.id) ?? [];
  }

  private add(service: Service): void {
    setOnce(this.byId, service.id, service);
    for (const host of service.hosts) {
      if (!this.isFoundById(service, host)) setOnce(this.byHost, bareHost(host), service);
    }
    for (const address of service.addresses) setOnce(this.byAddress, address.toLowerCase(), service);
  }

  /** The full name of a service of the cluster leads to its id, so that most hosts need no entry of their own. */
  private isFoundById({ id, namespace, name }: Service, host: string): boolean {
    return (
      host === serviceHost(namespace, name, this.clusterDomain) &&
      id === serviceId(namespace, name) &&
      id === id.toLowerCase()
    );
  }

  private mention(what: Pick<Service, 'id' | 'namespace' | 'name' | 'hosts' | 'external'>): Service {
    if (this.isWhole) throw new InvariantError(`service ${what.id} does not exist and was referenced`);
    const service: Service = {
      ...what,
      addresses: [],
      ports: [],
      endpoints: { kind: 'named', name: what.id, labels: {} },
      headless: false,
      evidence: 'referenced',
      labels: {},
      annotations: {},
    };
    this.referenced.push(service);
    this.add(service);
    return service;
  }

  /** The service of the cluster that a host name would mean, if it has such a form. */
  private clusterName(
    host: string,
    isAbsolute: boolean,
    fromNamespace: string | undefined,
  ): { namespace: string; name: string } | undefined {
    const dot = host.indexOf('.');
    if (dot < 0) return isAbsolute || !fromNamespace ? undefined : { namespace: fromNamespace, name: host };
    const name = host.slice(0, dot);
    const end = host.indexOf('.', dot + 1);
    if (end < 0) return isAbsolute ? undefined : { namespace: host.slice(dot + 1), name };
    const suffix = host.slice(end);
    const isInCluster = suffix === `.svc.${this.clusterDomain}` || (suffix === '.svc' && !isAbsolute);
    return isInCluster ? { namespace: host.slice(dot + 1, end), name } : undefined;
  }

  /** The closest wildcard that covers a host: `*.b.c` before `*.c` before `*`. */
  private findWildcard(host: string): Service | undefined {
    for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      const service = this.byHost.get(`*${host.slice(dot)}`);
      if (service) return service;
    }
    return this.byHost.get('*');
  }
}

/** Host names are compared without case and final dot. */
const bareHost = (host: string): string => (host.endsWith('.') ? host.slice(0, -1) : host).toLowerCase();

const setOnce = <K, V>(map: Map<K, V>, key: K, value: V): void => {
  if (!map.has(key)) map.set(key, value);
};

/** Workloads by namespace, by each of their labels and by the addresses of their pods. */
class WorkloadIndex {
  private readonly byNamespace = new Map<string, Workload[]>();
  private readonly byLabel = new Map<string, Workload[]>();
  private readonly byAddress = new Map<string, Workload>();

  constructor(workloads: readonly Workload[]) {
    const push = (map: Map<string, Workload[]>, key: string, workload: Workload): void => {
      const list = map.get(key);
      if (list) list.push(workload);
      else map.set(key, [workload]);
    };
    for (const workload of workloads) {
      push(this.byNamespace, workload.namespace, workload);
      for (const [name, value] of Object.entries(workload.labels)) {
        push(this.byLabel, labelKey(workload.namespace, name, value), workload);
      }
      for (const pod of workload.pods ?? []) {
        for (const address of pod.addresses) setOnce(this.byAddress, address, workload);
      }
    }
  }

  behind(endpoints: EndpointSet): readonly Workload[] {
    if (endpoints.kind === 'named') return [];
    if (endpoints.kind === 'addresses') {
      return [...new Set(endpoints.addresses.flatMap(address => this.byAddress.get(address) ?? []))];
    }
    const { namespace, labels } = endpoints;
    // The rarest of the labels leaves the fewest to look at.
    let fewest = this.byNamespace.get(namespace);
    if (!fewest) return [];
    for (const [name, value] of Object.entries(labels)) {
      const candidates = this.byLabel.get(labelKey(namespace, name, value)) ?? [];
      if (candidates.length < fewest.length) fewest = candidates;
    }
    return fewest.filter(workload => selects(labels, workload.labels));
  }
}

const labelKey = (namespace: string, name: string, value: string): string => `${namespace}/${name}=${value}`;
