/**
 * Values as lines of JSON in which what several have in common is said once: the first line tells how many parts are shared,
 * these follow with a line each, and then the values. `"$7"` stands for the eighth part; a text that begins so itself is
 * written with two `$`.
 */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Shorter than this, a part is not worth a name. */
const shortest = 10;

const isWhole = (value: Json): value is readonly Json[] | { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null;

const inside = (value: Json): readonly Json[] => (isWhole(value) ? Object.values(value) : []);

/** How often each part is met, by its text; what stands inside of a part is met as often as the part is written. */
const timesMet = (values: readonly Json[]): ReadonlyMap<string, number> => {
  const times = new Map<string, number>();
  const meet = (value: Json): void => {
    if (typeof value !== 'string' && !isWhole(value)) return;
    const text = JSON.stringify(value);
    if (text.length < shortest) return;
    const before = times.get(text) ?? 0;
    times.set(text, before + 1);
    if (before === 0) inside(value).forEach(meet);
  };
  values.flatMap(inside).forEach(meet);
  return times;
};

const escaped = (text: string): string => (text.startsWith('$') ? `$${text}` : text);

export const packed = (values: readonly Json[]): string => {
  const shared = [...timesMet(values)].filter(([, times]) => times > 1).sort(([, a], [, b]) => b - a);
  const numbers = new Map(shared.map(([text], index) => [text, index]));
  const named = (value: Json): Json => {
    if (typeof value !== 'string' && !isWhole(value)) return value;
    const number = numbers.get(JSON.stringify(value));
    return number === undefined ? written(value) : `$${number}`;
  };
  const written = (value: Json): Json => {
    if (typeof value === 'string') return escaped(value);
    if (Array.isArray(value)) return value.map(named);
    if (!isWhole(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, named(part)]));
  };
  const parts = shared.map(([text]) => written(JSON.parse(text)));
  return `${[{ shared: parts.length }, ...parts, ...values.map(written)].map(line => JSON.stringify(line)).join('\n')}\n`;
};

export const unpacked = (text: string): readonly Json[] => {
  const [head = '{}', ...lines] = text.trimEnd().split('\n');
  const { shared } = JSON.parse(head) as { readonly shared: number };
  const known = new Map<number, Json>();
  const part = (number: number): Json => {
    const found = known.get(number) ?? whole(JSON.parse(lines[number] ?? 'null'));
    known.set(number, found);
    return found;
  };
  const whole = (value: Json): Json => {
    if (typeof value === 'string')
      return /^\$\d/.test(value) ? part(Number(value.slice(1))) : value.replace(/^\$\$/, '$');
    if (Array.isArray(value)) return value.map(whole);
    if (!isWhole(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, whole(inner)]));
  };
  return lines.slice(shared).map(line => whole(JSON.parse(line)));
};
