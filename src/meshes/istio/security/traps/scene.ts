import type { AccessPolicy } from '../../../../model/capabilities/access.ts';
import type { DestinationSettings } from '../../../../model/capabilities/destination.ts';
import type { EncryptionMode, PeerEncryption } from '../../../../model/capabilities/encryption.ts';
import type { RequestAuthentication } from '../../../../model/capabilities/request-authentication.ts';
import {
  containerPort,
  type Gateway,
  type Service,
  type ServicePort,
  type Workload,
} from '../../../../model/inventory.ts';
import { type Labels, type ServerScope, selects } from '../../../../model/scope.ts';
import type { Reading } from '../../reading.ts';

/** What was read of security, and what clients do about encryption. */
export interface SecurityParts {
  readonly encryption: readonly PeerEncryption[];
  readonly access: readonly AccessPolicy[];
  readonly requestAuthentication: readonly RequestAuthentication[];
  readonly destinations: readonly DestinationSettings[];
}

/** Somebody who receives: a workload, or what a policy selects where the input shows no workloads. */
export interface Server {
  readonly namespace: string | undefined;
  readonly labels: Labels;
  readonly workload?: Workload;
}

interface Scoped {
  readonly scope: ServerScope;
}

const anywhere = '';

/** Scoped statements by namespace, in their order. */
class ByNamespace<T extends Scoped> {
  private readonly lists = new Map<string, { readonly place: number; readonly item: T }[]>();

  constructor(items: readonly T[]) {
    for (const [place, item] of items.entries()) {
      for (const namespace of item.scope.namespaces ?? [anywhere]) {
        const list = this.lists.get(namespace);
        if (list) list.push({ place, item });
        else this.lists.set(namespace, [{ place, item }]);
      }
    }
  }

  /** Those that hold at a workload's own proxy. */
  at({ namespace, labels }: Server): T[] {
    const own = namespace === undefined ? [] : (this.lists.get(namespace) ?? []);
    return [...own, ...(this.lists.get(anywhere) ?? [])]
      .sort((a, b) => a.place - b.place)
      .map(({ item }) => item)
      .filter(({ scope }) => !scope.services && scope.gateway === undefined && selects(scope.labels, labels));
  }
}

/** The whole of what was read, asked from the side of a server. */
export class Scene {
  readonly reading: Reading;
  readonly parts: SecurityParts;
  private readonly encryption: ByNamespace<PeerEncryption>;
  private readonly access: ByNamespace<AccessPolicy>;
  private readonly tokens: ByNamespace<RequestAuthentication>;

  constructor(reading: Reading, parts: SecurityParts) {
    this.reading = reading;
    this.parts = parts;
    this.encryption = new ByNamespace(parts.encryption);
    this.access = new ByNamespace(parts.access);
    this.tokens = new ByNamespace(parts.requestAuthentication);
  }

  /** How a workload takes part in this mesh; undefined: it does not. */
  modeOf(workload: Workload): string | undefined {
    return workload.memberships.find(({ mesh }) => mesh === this.reading.mesh.id)?.mode;
  }

  /** The known members of the mesh that a scope covers at their own proxies. */
  members({ namespaces, labels, services, gateway }: ServerScope): readonly Workload[] {
    if (services || gateway !== undefined) return [];
    const { directory, inventory } = this.reading;
    const covered = namespaces
      ? namespaces.flatMap(namespace => directory.workloadsOf({ kind: 'pods', namespace, labels: labels ?? {} }))
      : inventory.workloads.filter(workload => selects(labels, workload.labels));
    return covered.filter(workload => this.modeOf(workload) !== undefined);
  }

  /** Who a scope is about. Files may leave the workloads out; then whatever it selects is supposed to be there. */
  servers(scope: ServerScope): readonly Server[] {
    const members = this.members(scope);
    if (members.length > 0) {
      return members.map(workload => ({ namespace: workload.namespace, labels: workload.labels, workload }));
    }
    if (this.reading.snapshot.extent === 'whole' || scope.services || scope.gateway !== undefined) return [];
    return (scope.namespaces ?? [undefined]).map(namespace => ({ namespace, labels: scope.labels ?? {} }));
  }

  /** What a server accepts on one of its container ports. */
  acceptedOn(server: Server, port: number): EncryptionMode {
    const decides = this.encryption.at(server).find(({ scope }) => scope.ports?.includes(port) ?? true);
    return decides?.mode.value ?? 'permissive';
  }

  /** Whether any port takes callers without an identity. */
  takesPlaintext(server: Server): boolean {
    for (const { scope, mode } of this.encryption.at(server)) {
      if (mode.value !== 'strict') return true;
      if (!scope.ports) return false;
    }
    return true;
  }

  policiesAt(server: Server): readonly AccessPolicy[] {
    return this.access.at(server);
  }

  verifiesTokens(server: Server): boolean {
    return this.tokens.at(server).length > 0;
  }

  /** The services that lead to a workload, each with its ports. */
  portsTo(
    workload: Workload,
  ): readonly { readonly service: Service; readonly port: ServicePort; readonly leadsTo: number }[] {
    return this.reading.directory.servicesOf(workload).flatMap(service =>
      service.ports.flatMap(port => {
        const leadsTo = containerPort(port, workload);
        return leadsTo === undefined ? [] : [{ service, port, leadsTo }];
      }),
    );
  }

  /** The gateway that a workload, or what is known of one, belongs to. */
  gatewayOf(server: Server): Gateway | undefined {
    return this.reading.inventory.gateways.find(
      ({ namespace, labels }) =>
        Object.keys(labels).length > 0 && namespace === server.namespace && selects(labels, server.labels),
    );
  }
}

/** How pods of gateways are usually labelled, where the input shows no gateway. */
export const looksLikeGateway = ({ labels }: Server): boolean =>
  'gateway.networking.k8s.io/gateway-name' in labels || /gateway$/.test(labels.istio ?? labels.app ?? '');
