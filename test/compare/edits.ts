/** Places in parsed documents, and copies of documents that differ in one place. */

export type Body = Readonly<Record<string, unknown>>;
export type Path = readonly (string | number)[];

export interface Place {
  readonly path: Path;
  /** The path as text, with `#` for every position in a list: `spec.http.#.timeout`. */
  readonly pattern: string;
  readonly value: unknown;
}

const isNode = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Every place below the root of a document, in its order. */
export const placesIn = function* (value: unknown, path: Path = []): Generator<Place> {
  if (path.length > 0) {
    yield { path, pattern: path.map(step => (typeof step === 'number' ? '#' : step)).join('.'), value };
  }
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* placesIn(item, [...path, index]);
  else if (isNode(value)) for (const [key, item] of Object.entries(value)) yield* placesIn(item, [...path, key]);
};

/** A copy with another value at a path; `undefined` takes the place away, and a list or map that it leaves empty. */
export const withValue = (node: unknown, [step, ...rest]: Path, value: unknown): unknown => {
  if (step === undefined) return value;
  if (Array.isArray(node)) {
    const inner = withValue(node[Number(step)], rest, value);
    const items = inner === undefined ? node.toSpliced(Number(step), 1) : node.with(Number(step), inner);
    return items.length === 0 ? undefined : items;
  }
  const { [step]: before, ...others } = (node ?? {}) as Record<string, unknown>;
  const inner = withValue(before, rest, value);
  if (inner !== undefined) return { ...(node as object), [step]: inner };
  return Object.keys(others).length === 0 ? undefined : others;
};
