import type { FieldFact } from '../../support/fields.ts';

/**
 * Other values that a field could have: of its type, within its bounds, and of the form that the present value has,
 * so that nobody can refuse them. The likeliest to matter come first.
 */
export const otherValues = (fact: FieldFact, value: unknown): readonly unknown[] => {
  const others = fact.values.length > 0 ? listed(fact, value) : made(fact, value);
  return others.filter(other => JSON.stringify(other) !== JSON.stringify(value));
};

const listed = ({ values, type }: FieldFact, value: unknown): readonly unknown[] =>
  values.map(text => (type === 'integer' || typeof value === 'number' ? Number(text) : text));

const made = (fact: FieldFact, value: unknown): readonly unknown[] => {
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'number') return numbers(fact, value);
  if (typeof value === 'string') return texts(fact, value);
  return containers(value);
};

const numbers = ({ bounds, type }: FieldFact, value: number): readonly number[] => {
  const step = type === 'number' && !Number.isInteger(value) ? 0.5 : 1;
  const { minimum = -(2 ** 31), maximum = 2 ** 31 - 1 } = bounds;
  return [value + step, value - step, value * 2, 0].filter(n => n >= minimum && n <= maximum);
};

const texts = ({ bounds }: FieldFact, value: string): readonly string[] =>
  rewritten(value).filter(text => text.length <= (bounds.maxLength ?? Number.POSITIVE_INFINITY));

const rewritten = (value: string): readonly string[] => {
  if (/^\d+$/.test(value)) return [String(Number(value) + 1), '1'];
  const duration = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(value);
  if (duration) return [`${Number(duration[1]) + 1}${duration[2]}`];
  const address = /^(\d+\.\d+\.\d+)\.(\d+)(\/\d+)?$/.exec(value);
  if (address) return [`198.51.100.${address[2]}${address[3] ?? ''}`, '198.51.100.0/24'];
  if (value.startsWith('/')) return [`${value}-other`, '/other'];
  if (/^https?:/.test(value)) return [`${value}/other`];
  if (value.startsWith('*.')) return [`*.other${value.slice(1)}`];
  if (value === '*' || value === '') return ['other'];
  return [`other-${value}`, `${value}other`, 'other'];
};

/** Objects that no schema describes: one of their leaves becomes another, or a leaf is added. */
const containers = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value.length === 0 ? [['other']] : [value.slice(1)];
  const entries = Object.entries((value ?? {}) as Record<string, unknown>);
  if (entries.length === 0) return [{ other: 'other' }];
  return entries.flatMap(([key, inner]) =>
    (typeof inner === 'string' ? rewritten(inner) : containersOrNumber(inner)).map(other => ({
      ...(value as object),
      [key]: other,
    })),
  );
};

const containersOrNumber = (value: unknown): readonly unknown[] =>
  typeof value === 'number' ? [value + 1] : typeof value === 'boolean' ? [!value] : containers(value);
