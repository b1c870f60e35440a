/** `.key`, `[3]` or `["any key"]`, the steps that `Field.path` writes. */
const step = /\.?([A-Za-z0-9_-]+)|\[([0-9]+)\]|\["(.*?)"\]/gy;

/** `spec.http[0]` is `spec`, `http`, 0. */
export const stepsOf = (path: string): (string | number)[] =>
  [...path.matchAll(step)].map(([, plain, index, quoted]) => plain ?? quoted ?? Number(index));

/** What stands at a path of an object; undefined where nothing does. */
export const valueAt = (object: unknown, path: string): unknown =>
  stepsOf(path).reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined),
    object,
  );
