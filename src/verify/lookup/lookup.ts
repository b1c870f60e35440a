import type { AccessPolicy } from '../../model/capabilities/access.ts';
import type { PeerEncryption } from '../../model/capabilities/encryption.ts';
import type { RateLimit } from '../../model/capabilities/rate-limit.ts';
import type { RequestAuthentication } from '../../model/capabilities/request-authentication.ts';
import type { Telemetry } from '../../model/capabilities/telemetry.ts';
import type { EgressDefault } from '../../model/capabilities/visibility.ts';
import type { Gateway } from '../../model/inventory.ts';
import type { Mesh } from '../../model/mesh.ts';
import type { Model, Opaque } from '../../model/model.ts';
import type { ClientScope, ServerScope } from '../../model/scope.ts';
import { mostKept } from '../kept.ts';
import { Recent } from '../recent.ts';
import { coversGuard, coversReceiver, coversSender, type Guard, type Receiver, type Sender } from './coverage.ts';
import { Destinations } from './destinations.ts';
import { Frontends } from './frontends.ts';
import { ScopeIndex, type Standing } from './scope-index.ts';
import { Services } from './services.ts';

/** Made when it is first asked for, and kept. */
export const lazily = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};

/** Statements about servers, and which of them hold for one. */
const receivers = <T extends { readonly scope: ServerScope }>(items: readonly T[]) => {
  const index = lazily(() => new ScopeIndex(items, item => item.scope));
  return {
    covering: (receiver: Receiver): T[] =>
      index()
        .near(receiver)
        .filter(item => coversReceiver(item.scope, receiver)),
    around: (guard: Guard): T[] =>
      index()
        .near(guard)
        .filter(item => coversGuard(item.scope, guard)),
  };
};

/** Receivers that every statement about servers takes alike have equal texts. */
const receiverText = (receiver: Receiver): string => {
  const { mesh, namespace, gateway, service, port, isWaypoint, isMachine, labels } = receiver;
  let text = `${mesh} ${namespace} ${gateway} ${service} ${port} ${isWaypoint} ${isMachine}`;
  for (const name in labels) text += ` ${name}=${labels[name]}`;
  return text;
};

/** All that is said about a receiver, each in the model's order. */
export interface Guards {
  readonly access: readonly AccessPolicy[];
  readonly encryption: readonly PeerEncryption[];
  readonly requestAuthentication: readonly RequestAuthentication[];
  readonly rateLimits: readonly RateLimit[];
  /** What acts there and cannot be understood. */
  readonly opaque: readonly Opaque[];
}

/** Nothing is said about a receiver. */
const unguarded: Guards = { access: [], encryption: [], requestAuthentication: [], rateLimits: [], opaque: [] };

const senders = <T extends { readonly clients: ClientScope }>(items: readonly T[]) => {
  const index = lazily(() => new ScopeIndex(items, item => item.clients));
  return (sender: Sender): T[] =>
    index()
      .near(sender)
      .filter(item => coversSender(item.clients, sender));
};

const isForSome = ({ clients }: { readonly clients: ClientScope }): boolean =>
  clients.namespaces !== undefined || clients.gateway !== undefined || Object.keys(clients.labels ?? {}).length > 0;

const namesCallers = ({ access, exposures, frontends, destinations, visibility, egress }: Model): boolean =>
  access.length + exposures.length > 0 ||
  [frontends, destinations, visibility, egress].some(statements => statements.some(isForSome)) ||
  frontends.some(({ rules }) => rules.some(({ match }) => match.caller !== undefined));

/**
 * An index over a model, built once and part by part, when first asked. Every answer is the one that a scan of the
 * whole model in its order would give.
 */
export class Lookup {
  readonly model: Model;
  private readonly lazyServices: () => Services;
  private readonly lazyFrontends: () => Frontends;
  private readonly lazyDestinations: () => Destinations;
  private readonly lazyGateways: () => ReadonlyMap<string, Gateway>;
  private readonly lazyOpaque: () => ScopeIndex<Opaque>;
  private readonly lazyHasWaypoints: () => boolean;
  private readonly lazyHasGuards: () => boolean;
  private readonly lazyNamesCallers: () => boolean;
  private readonly guarded = new Recent<string, Guards>(mostKept);
  /** Covering policies, in the model's order. */
  readonly access: (receiver: Receiver) => AccessPolicy[];
  /** Those that cover on some port and in some mesh. */
  readonly accessAround: (guard: Guard) => AccessPolicy[];
  readonly encryption: (receiver: Receiver) => PeerEncryption[];
  readonly requestAuthentication: (receiver: Receiver) => RequestAuthentication[];
  readonly requestAuthenticationAround: (guard: Guard) => RequestAuthentication[];
  readonly rateLimits: (receiver: Receiver) => RateLimit[];
  readonly telemetry: (receiver: Receiver) => Telemetry[];
  readonly egress: (sender: Sender) => EgressDefault[];

  private constructor(model: Model) {
    this.model = model;
    this.lazyServices = lazily(() => new Services(model));
    this.lazyFrontends = lazily(() => new Frontends(model.frontends));
    this.lazyDestinations = lazily(() => new Destinations(model.destinations));
    this.lazyGateways = lazily(() => new Map(model.inventory.gateways.map(gateway => [gateway.id, gateway])));
    this.lazyHasWaypoints = lazily(() => model.inventory.services.some(({ waypoint }) => waypoint !== undefined));
    this.lazyHasGuards = lazily(() =>
      [model.access, model.encryption, model.requestAuthentication, model.rateLimits, model.opaque].some(
        statements => statements.length > 0,
      ),
    );
    this.lazyNamesCallers = lazily(() => namesCallers(model));
    this.lazyOpaque = lazily(() => new ScopeIndex(model.opaque, item => item));
    const access = receivers(model.access);
    const requestAuthentication = receivers(model.requestAuthentication);
    this.access = access.covering;
    this.accessAround = access.around;
    this.encryption = receivers(model.encryption).covering;
    this.requestAuthentication = requestAuthentication.covering;
    this.requestAuthenticationAround = requestAuthentication.around;
    this.rateLimits = receivers(model.rateLimits).covering;
    this.telemetry = receivers(model.telemetry).covering;
    this.egress = senders(model.egress);
  }

  private static readonly made = new WeakMap<Model, Lookup>();

  /** Whether anything may stand between a sender and the servers. */
  get hasWaypoints(): boolean {
    return this.lazyHasWaypoints();
  }

  /** Whether anything is said about who receives. */
  get hasGuards(): boolean {
    return this.lazyHasGuards();
  }

  /** Whether anything tells callers apart by their namespaces, labels or identities, wherever they send. */
  get namesCallers(): boolean {
    return this.lazyNamesCallers();
  }

  static of(model: Model): Lookup {
    const existing = Lookup.made.get(model);
    if (existing) return existing;
    const lookup = new Lookup(model);
    Lookup.made.set(model, lookup);
    return lookup;
  }

  get services(): Services {
    return this.lazyServices();
  }

  get frontends(): Frontends {
    return this.lazyFrontends();
  }

  get destinations(): Destinations {
    return this.lazyDestinations();
  }

  gateway(id: string): Gateway | undefined {
    return this.lazyGateways().get(id);
  }

  mesh(id: string | undefined): Mesh | undefined {
    return this.model.meshes.find(mesh => mesh.id === id);
  }

  /** Looked up once for a receiver who is asked about again and again. */
  guards(made: () => Receiver): Guards {
    if (!this.lazyHasGuards()) return unguarded;
    const receiver = made();
    const text = receiverText(receiver);
    const known = this.guarded.get(text);
    if (known) return known;
    const guards: Guards = {
      access: this.access(receiver),
      encryption: this.encryption(receiver),
      requestAuthentication: this.requestAuthentication(receiver),
      rateLimits: this.rateLimits(receiver),
      opaque: this.opaqueAt(receiver),
    };
    this.guarded.set(text, guards);
    return guards;
  }

  /** What acts here and cannot be understood. */
  opaqueAt(standing: Standing): Opaque[] {
    return this.lazyOpaque()
      .near(standing)
      .filter(item => coversSender(item, standing));
  }
}
