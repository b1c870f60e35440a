import { isMapping } from '../ownership/parts.ts';

/** Deeper than any configuration, and far from what a call stack holds. */
const deepest = 200;

/** A value that JSON cannot hold, and where it stands. */
export class NotJson extends Error {
  readonly path: string;

  constructor(path: string, what: string) {
    super(what);
    this.path = path;
  }
}

/** A copy of a value, which is JSON from here on. Fields without a value are left out. Throws NotJson. */
export const plainJson = (value: unknown, path = '', depth = 0): unknown => {
  if (depth > deepest) throw new NotJson(path, `is nested more than ${deepest} deep`);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value;
    throw new NotJson(path, `is ${value}, which JSON does not know`);
  }
  if (Array.isArray(value)) return value.map((item, index) => plainJson(item, `${path}[${index}]`, depth + 1));
  if (!isMapping(value)) throw new NotJson(path, `is of the type ${typeof value}, which JSON does not know`);
  if (Object.prototype.toString.call(value) !== '[object Object]') throw new NotJson(path, 'is no plain object');
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([field, each]) => [field, plainJson(each, path === '' ? field : `${path}.${field}`, depth + 1)]),
  );
};
