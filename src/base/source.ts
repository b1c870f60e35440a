/** Where a value was written. A source names an object and a path inside it; line and column are found on demand. */

/** The identity of a native object, shared by every source that points into it. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  /** The cluster it was read from; absent for files. */
  readonly cluster?: string;
  /** The file it was read from, as the user named it; absent for clusters. */
  readonly file?: string;
  /** Which document of the file it is, from 0, and which element if that document is a `List`. */
  readonly document?: number;
  readonly item?: number;
}

/** A place inside a native object, e.g. `spec.http[0].timeout`. The path is empty for the object as a whole. */
export interface Source {
  readonly object: ObjectRef;
  readonly path: string;
}

/** A position in a file, for a person to open: lines and columns count from 1, columns in UTF-16 units. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * How a value came about. `written`: a user wrote it. `meshDefault`: mesh-wide configuration gave it.
 * `proxyDefault`: nobody said anything and the data plane behaves so.
 */
export type Origin = 'written' | 'meshDefault' | 'proxyDefault';

/** A value together with how it came about; defaults have no source. */
export interface Setting<T> {
  readonly value: T;
  readonly origin: Origin;
  readonly source?: Source;
}

export const written = <T>(value: T, source?: Source): Setting<T> =>
  source ? { value, origin: 'written', source } : { value, origin: 'written' };
export const meshDefault = <T>(value: T, source?: Source): Setting<T> =>
  source ? { value, origin: 'meshDefault', source } : { value, origin: 'meshDefault' };
export const proxyDefault = <T>(value: T): Setting<T> => ({ value, origin: 'proxyDefault' });

/** `VirtualService shop/reviews`, the way people name an object. */
export const objectTitle = (object: ObjectRef): string =>
  `${object.kind} ${object.namespace ? `${object.namespace}/` : ''}${object.name}`;

/** A key that is equal for equal objects of one snapshot. */
export const objectKey = (object: ObjectRef): string =>
  `${object.cluster ?? ''}|${object.apiVersion.split('/')[0]}|${object.kind}|${object.namespace ?? ''}|${object.name}`;
