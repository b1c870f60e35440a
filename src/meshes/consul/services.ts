import { byKey, groupBy, unique } from '../../base/order.ts';
import type { AccessValue } from '../../model/capabilities/access.ts';
import type { ServiceDirectory } from '../../model/directory.ts';
import type { Identity } from '../../model/identity.ts';
import type { Inventory, Service, Workload } from '../../model/inventory.ts';
import type { Mesh } from '../../model/mesh.ts';
import { virtualHost } from './gateways/registrations.ts';
import { serviceAnnotation } from './sidecar.ts';

/** What is needed of a mesh to know the identities in it. */
export interface Realm {
  readonly mesh: Pick<Mesh, 'id' | 'trustDomain'>;
  readonly datacenter: string;
}

/** `spiffe://<trust domain>/ns/default/dc/<datacenter>/svc/<name>`: all that a sidecar proves is the name of its service. */
export const spiffeOf = ({ mesh, datacenter }: Realm, name: string): string =>
  `spiffe://${mesh.trustDomain}/ns/default/dc/${datacenter}/svc/${name}`;

/** The service that an identity of the above form names; undefined for any other. */
export const serviceOfSpiffe = (id: string): string | undefined =>
  /^spiffe:\/\/[^/]+\/ns\/[^/]+\/dc\/[^/]+\/svc\/([^/]+)$/.exec(id)?.[1];

/**
 * Consul's services and those of Kubernetes. To the community edition a Service is known by its bare name: of two with
 * one name in different namespaces it makes one service. `connect-service` on the pods gives another name.
 */
export class ConsulServices {
  private readonly directory: ServiceDirectory;
  private readonly byName: ReadonlyMap<string, readonly Service[]>;
  private readonly names = new Map<string, string>();
  private readonly ofWorkload = new Map<string, string>();
  private readonly members = new Map<string, Workload[]>();
  private readonly byAccount = new Map<string, Set<string>>();

  constructor(inventory: Inventory, directory: ServiceDirectory, mesh: Pick<Mesh, 'id'>) {
    this.directory = directory;
    for (const service of inventory.services) this.names.set(service.id, this.registeredName(service));
    this.byName = groupBy(
      inventory.services.filter(service => !service.external || isRegistered(service)),
      ({ id }) => this.names.get(id)!,
    );
    for (const workload of inventory.workloads) {
      if (workload.memberships.some(membership => membership.mesh === mesh.id)) this.enrol(workload);
    }
  }

  /** The name under which Consul knows a service. */
  nameOf(service: Pick<Service, 'id'>): string {
    return this.names.get(service.id) ?? service.id.slice(service.id.indexOf('/') + 1);
  }

  /** The Kubernetes Services of that name; several, if several namespaces have one. */
  named(name: string): readonly Service[] {
    return this.byName.get(name) ?? [];
  }

  /**
   * The service that a name means in an entry of some namespace: that of the same namespace first. One that the input
   * does not hold is taken to be there, unless the input is whole.
   */
  resolve(name: string, namespace: string): Service | undefined {
    const known = this.named(name);
    return (
      known.find(service => service.namespace === namespace) ?? known[0] ?? this.directory.resolve(namespace, name)
    );
  }

  /** The service that a member of the mesh is an instance of; undefined where no Service leads to it. */
  serviceOf(workload: Pick<Workload, 'id'>): string | undefined {
    return this.ofWorkload.get(workload.id);
  }

  /** The members of the mesh that are instances of a service. */
  instances(name: string): readonly Workload[] {
    return this.members.get(name) ?? [];
  }

  /** Every name that some Service has. */
  allNames(): readonly string[] {
    return [...this.byName.keys()].sort();
  }

  /** Every name that has instances in the mesh. */
  all(): readonly string[] {
    return [...this.members.keys()].sort();
  }

  /**
   * What the sidecars of a workload show. A service account that belongs to one service and to nobody else says the
   * same as the name of the service, and is how other meshes know the workload; else the name it is.
   */
  identityOf(workload: Workload, realm: Realm): Identity | undefined {
    const name = this.serviceOf(workload);
    if (name === undefined || this.hasOwnAccount(name)) return undefined;
    return { kind: 'spiffe', id: spiffeOf(realm, name) };
  }

  /** Takes the callers that are instances of a service. */
  callersOf(name: string, realm: Realm): AccessValue {
    const [first] = this.instances(name);
    if (!first || !this.hasOwnAccount(name)) return { kind: 'spiffe', id: spiffeOf(realm, name) };
    const trustDomains = [realm.mesh.trustDomain];
    return { kind: 'serviceAccount', namespace: first.namespace, name: first.serviceAccount, trustDomains };
  }

  private hasOwnAccount(name: string): boolean {
    const accounts = unique(this.instances(name).map(accountOf));
    const [account] = accounts;
    return accounts.length === 1 && account !== undefined && this.byAccount.get(account)?.size === 1;
  }

  private registeredName(service: Service): string {
    const written = unique(
      this.directory.workloadsOf(service.endpoints).flatMap(({ annotations }) => annotations[serviceAnnotation] ?? []),
    );
    const [only, ...more] = written;
    return only === undefined || more.length > 0 || only.includes(',') ? service.name : only;
  }

  /** A pod is an instance of one service: by its annotation, else of the Service that selects it with the fewest labels. */
  private enrol(workload: Workload): void {
    const selecting = this.directory
      .servicesOf(workload)
      .filter(({ external }) => !external)
      .toSorted((a, b) => labelCount(a) - labelCount(b) || byKey<Service>(({ id }) => id)(a, b));
    const name = selecting[0] ? this.nameOf(selecting[0]) : workload.annotations[serviceAnnotation];
    const account = accountOf(workload);
    const users = this.byAccount.get(account) ?? new Set();
    this.byAccount.set(account, users.add(name ?? workload.id));
    if (name === undefined) return;
    this.ofWorkload.set(workload.id, name);
    const instances = this.members.get(name);
    if (instances) instances.push(workload);
    else this.members.set(name, [workload]);
  }
}

/** Known by its name to Consul's DNS, and to nobody else. */
export const isRegistered = ({ id, name }: Service): boolean => id === virtualHost(name);

const accountOf = ({ namespace, serviceAccount }: Workload): string => `${namespace}/${serviceAccount}`;

const labelCount = ({ endpoints }: Service): number =>
  endpoints.kind === 'pods' ? Object.keys(endpoints.labels).length : 0;
