const nothing: ReadonlySet<string> = new Set();

/**
 * Whether two plain values say the same, apart from what stands under some keys at any depth. A key that is absent is
 * like one without a value, and the order of keys means nothing.
 */
export const isSame = (a: unknown, b: unknown, apartFrom: ReadonlySet<string> = nothing): boolean => {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    for (let index = 0; index < a.length; index += 1) if (!isSame(a[index], b[index], apartFrom)) return false;
    return true;
  }
  return saysAlike(a as Mapping, b as Mapping, apartFrom);
};

type Mapping = Readonly<Record<string, unknown>>;

const saysAlike = (a: Mapping, b: Mapping, apartFrom: ReadonlySet<string>): boolean => {
  for (const key in a) if (!apartFrom.has(key) && !isSame(a[key], b[key], apartFrom)) return false;
  for (const key in b) if (b[key] !== undefined && !(key in a) && !apartFrom.has(key)) return false;
  return true;
};

/** As `isSame`, for two mappings and apart from what stands under some keys of these themselves. */
export const isSameBut = (a: object, b: object, apartFrom: ReadonlySet<string>): boolean => {
  if (a === b) return true;
  const [one, other] = [a as Mapping, b as Mapping];
  for (const key in one) if (!apartFrom.has(key) && !isSame(one[key], other[key])) return false;
  for (const key in other) if (other[key] !== undefined && !(key in one) && !apartFrom.has(key)) return false;
  return true;
};
