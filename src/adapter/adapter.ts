/**
 * The adapter contract. An adapter is data and pure functions: no client, clock, logger or registry inside. What it
 * knows about its mesh it says here or puts into the model; nothing else in the program names a mesh.
 */
import type { Unread } from '../base/field.ts';
import type { Finding, FindingKinds } from '../base/finding.ts';
import type { CapabilityId } from '../model/capability.ts';
import type { Inventory } from '../model/inventory.ts';
import type { Mesh } from '../model/mesh.ts';
import type { Model, ModelPart } from '../model/model.ts';
import type { NativeObject, Snapshot } from '../native/snapshot.ts';
import type { Disposition } from './disposition.ts';

export interface Adapter {
  /** The name on the command line, which is the folder's name: `istio`. */
  readonly id: string;
  readonly title: string;
  /** Written and never read: nothing in a snapshot is its configuration, and `read` adds nothing (decision 0008). */
  readonly isTargetOnly?: true;
  /** Services of one name are one service to the mesh, whatever their namespaces. */
  readonly hasGlobalNames?: true;
  readonly resources: readonly Resource[];
  readonly findings: FindingKinds;
  readonly capabilities: CapabilityTable;
  /** The regular expressions this mesh understands. */
  readonly regex: { readonly dialect: 're2' | 'rust' | 'pcre'; readonly anchoring: 'full' | 'partial' };
  /** Which meshes of this kind there are, and why we think so. An empty list: no sign of this mesh. */
  readonly detect: (snapshot: Snapshot, inventory: Inventory) => readonly Mesh[];
  /** Reads the objects of this mesh's kinds. `meshes` is what `detect` found, or `[assume()]` if the user named the mesh. */
  readonly read: (input: ReadInput) => ReadResult;
  /** The mesh as it is right after a default installation, for a target that is not there yet. */
  readonly assume: () => Mesh;
  readonly write: (model: Model, target: WriteTarget) => WriteResult;
  /** Other forms than a manifest of Kubernetes in which what is written can be handed over, by name. */
  readonly forms?: Readonly<Record<string, Form>>;
  /** Objects that the mesh's own validation refuses. Errors only where the mesh refuses too, or the finding says why not. */
  readonly validate?: (snapshot: Snapshot) => readonly Finding[] | Promise<readonly Finding[]>;
}

/** A form of what is written, for control planes that take something else than objects of Kubernetes. */
export interface Form {
  /** The ending of its files, without the dot. */
  readonly extension: string;
  /** Undefined: the object has no such form, and stays a manifest. `beside`: all that is written with it. */
  readonly print: (manifest: Manifest, beside: readonly Manifest[]) => string | undefined;
  /** Objects that are part of what is printed for others; absent: there are none. */
  readonly omits?: (manifest: Manifest) => boolean;
}

/** A native kind, and every apiVersion of it that clusters serve or files hold. */
export interface Resource {
  readonly group: string;
  readonly kind: string;
  readonly versions: readonly string[];
  /** `read`: changes the model. `report`: accounted for and reported, never guessed. */
  readonly role: 'read' | 'report';
  /** Written by this adapter. */
  readonly writes?: boolean;
  /** It says who may come in: what is not read of it may be a restriction, and a conversion may not lose it in passing. */
  readonly guards?: boolean;
  /** Top-level keys that hold configuration; `['spec']` if absent. */
  readonly body?: readonly string[];
}

export type Support =
  | { readonly level: 'full' }
  | { readonly level: 'partial'; readonly limits: string; readonly source: string }
  | { readonly level: 'none'; readonly reason: string; readonly source: string };

export type CapabilityTable = Readonly<Record<CapabilityId, Support>>;

export interface ReadInput {
  readonly snapshot: Snapshot;
  /** What Kubernetes' own objects say, and what adapters that ran before added. */
  readonly inventory: Inventory;
  readonly meshes: readonly Mesh[];
  /** Meshes of other kinds in the same snapshot: they read the routes that several meshes share (Gateway API on Services). */
  readonly others: readonly Mesh[];
}

export interface ReadResult {
  /** The given inventory with this mesh's memberships, gateways and outside services added. */
  readonly inventory: Inventory;
  readonly part: ModelPart;
  readonly findings: readonly Finding[];
  /** Objects this adapter read; their unread fields are asked of the snapshot's fields afterwards. */
  readonly objects: readonly ReadObject[];
}

export interface ReadObject {
  readonly object: NativeObject;
  /** Which top-level keys hold configuration. */
  readonly body: readonly string[];
  /** Parts of the metadata that act as configuration (annotations), read through the same field. */
  readonly unread?: readonly Unread[];
  /** The object as a whole was refused, and why. */
  readonly refused?: string;
}

export interface WriteTarget {
  readonly mesh: Mesh;
  /** What exists beside the mesh's own objects: services to point at, CRDs that are there. */
  readonly snapshot: Snapshot;
}

/** A native object ready to be applied. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
}

export interface WriteResult {
  readonly objects: readonly Manifest[];
  /** Exactly one per intent leaf of the model. */
  readonly dispositions: readonly Disposition[];
  /** The model with the effects of all dispositions: what reading `objects` back must give. */
  readonly expected: Model;
  readonly findings: readonly Finding[];
}

/** The label that marks what SuperGloo made; nothing without it is ever changed or deleted (law 8). */
export const ownershipLabel = { 'app.kubernetes.io/managed-by': 'supergloo' } as const;
