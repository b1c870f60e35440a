/** Values without where they come from. */
import { Recent } from '../recent.ts';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const origins: readonly unknown[] = ['written', 'meshDefault', 'proxyDefault'];

const isSetting = (value: object): value is { readonly value: unknown } =>
  'value' in value && 'origin' in value && origins.includes(value.origin);

/** Told by their shape and not by their key alone: a label or a header may well be called `source`. */
const isProvenance = (key: string, value: unknown): boolean =>
  (key === 'source' && isRecord(value) && isRecord(value.object) && typeof value.path === 'string') ||
  (key === 'evidence' && Array.isArray(value));

/**
 * A value without where it was written and how it came about: settings become what they are set to, and what is absent
 * is left out. Two plain values that are equal as text mean the same.
 */
export const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  if (isSetting(value)) return plain(value.value);
  const said = Object.keys(value).filter(key => value[key] !== undefined && !isProvenance(key, value[key]));
  return Object.fromEntries(said.sort().map(key => [key, plain(value[key])]));
};

/** Whether two values mean the same: whether they are the same when made plain. */
export const meansSame = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (isRecord(a) && isSetting(a)) return meansSame(a.value, b);
  if (isRecord(b) && isSetting(b)) return meansSame(a, b.value);
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => meansSame(item, b[index]));
  }
  if (!isRecord(a) || !isRecord(b)) return false;
  const said = (of: Readonly<Record<string, unknown>>, key: string): unknown =>
    isProvenance(key, of[key]) ? undefined : of[key];
  for (const key in a) if (!meansSame(said(a, key), said(b, key))) return false;
  for (const key in b) if (!(key in a) && said(b, key) !== undefined) return false;
  return true;
};

/** Asks whether two things are the same, and remembers it of the last that each was held against. */
export const pairwise = <T extends object>(areSame: (a: T, b: T) => boolean): ((a: T, b: T) => boolean) => {
  const known = new Recent<T, { readonly as: T; readonly same: boolean }>(100);
  return (a, b) => {
    if (a === b) return true;
    const before = known.get(a);
    if (before?.as === b) return before.same;
    const same = areSame(a, b);
    known.set(a, { as: b, same });
    return same;
  };
};

/** As `plain`, without the keys that name a statement or say whom it is about. */
export const plainWithout = (value: object, ...keys: readonly string[]): unknown =>
  plain(Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key))));
