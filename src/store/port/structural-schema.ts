/**
 * The part of a structural schema that decides who can own what: where a list is a list of things with keys, where it is
 * a set, and where a value is only ever written as a whole. A schema of a CustomResourceDefinition (`openAPIV3Schema`) is
 * one as it stands.
 */
export interface StructuralSchema {
  readonly properties?: { readonly [field: string]: StructuralSchema };
  readonly additionalProperties?: StructuralSchema | boolean;
  readonly items?: StructuralSchema;
  /** Absent: `atomic`, a list is written as a whole. */
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  /** For a list of type `map`: the fields that tell its items apart. */
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  /** Absent: `granular`, each field has an owner of its own. */
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
  /** For a key of a list item: what it is where it is not written. */
  readonly default?: unknown;
}
