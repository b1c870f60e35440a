import type { AccessPolicy } from './capabilities/access.ts';
import type { DestinationSettings } from './capabilities/destination.ts';
import type { PeerEncryption } from './capabilities/encryption.ts';
import type { RateLimit } from './capabilities/rate-limit.ts';
import type { RequestAuthentication } from './capabilities/request-authentication.ts';
import type { Telemetry } from './capabilities/telemetry.ts';
import type { EgressDefault, ServiceExposure, Visibility } from './capabilities/visibility.ts';
import type { Frontend } from './frontend.ts';
import type { Inventory } from './inventory.ts';
import type { Mesh } from './mesh.ts';

/**
 * Everything that is known about traffic, in no mesh's own words. Adapters read native configuration into it and write
 * it back out; `verify` asks it questions. Plain data: no functions, no cycles; every value carries its source.
 */
export interface Model {
  readonly inventory: Inventory;
  readonly meshes: readonly Mesh[];
  readonly frontends: readonly Frontend[];
  readonly destinations: readonly DestinationSettings[];
  readonly encryption: readonly PeerEncryption[];
  readonly access: readonly AccessPolicy[];
  readonly requestAuthentication: readonly RequestAuthentication[];
  readonly rateLimits: readonly RateLimit[];
  readonly visibility: readonly Visibility[];
  readonly exposures: readonly ServiceExposure[];
  readonly egress: readonly EgressDefault[];
  readonly telemetry: readonly Telemetry[];
  /** What was seen and is known to act on traffic, but cannot be understood (proxy patches, plug-ins). */
  readonly opaque: readonly Opaque[];
}

/** Something that may change any answer for the traffic in its scope; questions that touch it say so. */
export interface Opaque {
  readonly id: string;
  readonly what: string;
  readonly namespaces?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly gateway?: string;
  readonly source: import('../base/source.ts').Source;
}

export const emptyInventory: Inventory = {
  clusters: [],
  namespaces: [],
  workloads: [],
  services: [],
  gateways: [],
  serviceAccounts: [],
};

export const emptyModel: Model = {
  inventory: emptyInventory,
  meshes: [],
  frontends: [],
  destinations: [],
  encryption: [],
  access: [],
  requestAuthentication: [],
  rateLimits: [],
  visibility: [],
  exposures: [],
  egress: [],
  telemetry: [],
  opaque: [],
};

/** The parts of a model that adapters contribute, one after the other, over one shared inventory. */
export type ModelPart = Partial<Omit<Model, 'inventory'>>;

/** Puts the parts of several adapters together; each keeps its own order, scopes keep them apart. */
export const assemble = (inventory: Inventory, parts: readonly ModelPart[]): Model => {
  const all = <K extends keyof ModelPart>(key: K): NonNullable<ModelPart[K]>[number][] =>
    parts.flatMap(part => [...(part[key] ?? [])] as NonNullable<ModelPart[K]>[number][]);
  return {
    inventory,
    meshes: all('meshes'),
    frontends: all('frontends'),
    destinations: all('destinations'),
    encryption: all('encryption'),
    access: all('access'),
    requestAuthentication: all('requestAuthentication'),
    rateLimits: all('rateLimits'),
    visibility: all('visibility'),
    exposures: all('exposures'),
    egress: all('egress'),
    telemetry: all('telemetry'),
    opaque: all('opaque'),
  };
};
