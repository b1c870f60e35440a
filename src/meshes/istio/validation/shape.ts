/** What the CRD of a kind says of a value at one place; `opaque` is an object that it does not describe. */
export interface Shape {
  readonly type: 'object' | 'list' | 'map' | 'opaque' | 'string' | 'integer' | 'number' | 'boolean' | 'int-or-string';
  /** The fields of an object, as places in the list of shapes. */
  readonly fields?: Readonly<Record<string, number>>;
  /** What each element of a list or each value of a map is. */
  readonly each?: number;
  /** Fields that must be there. */
  readonly required?: readonly string[];
  /** Groups of fields of which at most one may be there. */
  readonly oneOf?: readonly (readonly string[])[];
  /** The texts it may be; absent: any. */
  readonly values?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
}

export interface KindShape {
  /** The versions that clusters serve. */
  readonly versions: readonly string[];
  /** The shape of what an object has beside its identity and status. */
  readonly shape: number;
}
