import type { Static, TObject } from '@sinclair/typebox';

export const apiGroup = 'supergloo.dev';
export const apiVersion = `${apiGroup}/v1alpha1`;

/** A column of `get`, which is one of `kubectl get` too. */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  /** Where the value stands: `.spec.action`. */
  readonly jsonPath: string;
  /** Only with `-o wide`. */
  readonly isWide?: boolean;
}

/**
 * A kind of `supergloo.dev`: the one definition of which types, CustomResourceDefinition, defaults, reference and the
 * schema for editors are made.
 */
export interface ApiKind<S extends TObject = TObject> {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly scope: 'Namespaced' | 'Cluster';
  /** What one object of this kind means, in a sentence or two. */
  readonly meaning: string;
  readonly spec: S;
  readonly columns: readonly Column[];
  /** One object that shows the usual use; it is valid, and stands in the reference. */
  readonly example: ApiObject<Static<S>>;
  /** Said of objects of a kind that is checked and kept, and on which nothing acts yet. */
  readonly isLater?: string;
}

export interface ApiObject<Spec = unknown> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: Spec;
}

export const age: Column = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

/** Whether what was last put into the object is accepted, as every kind of Gateway API tells it. */
export const accepted: Column = {
  name: 'Accepted',
  type: 'string',
  jsonPath: '.status.conditions[?(@.type=="Accepted")].status',
};

export const applied: Column = {
  name: 'Applied',
  type: 'string',
  jsonPath: '.status.conditions[?(@.type=="Applied")].reason',
};
