/**
 * Canonical YAML: block style, two spaces, keys in the order given (Kubernetes' customary order for objects), strings
 * quoted only where YAML 1.1 or 1.2 would read something else. The same value always gives the same bytes.
 */

/** Texts that nobody takes for more than a text. A blank, comma or colon in them always has something behind it. */
const plain = /^[A-Za-z_/][A-Za-z0-9_./@%+~()^$<>=-]*(?:[ ,:][A-Za-z0-9_./@%+~()^$<>=-]+)*$/;

/** Words that some reader of YAML 1.1 or 1.2 takes for another type. */
const typedWord = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i;

const needsQuotes = (text: string): boolean => !plain.test(text) || (text.length <= 5 && typedWord.test(text));

/** Characters that JSON writes as they are, but that some YAML reader takes for a line break or does not take at all. */
const unsafe = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** JSON strings are YAML double-quoted strings; their escapes are a subset. */
const quoted = (text: string): string =>
  JSON.stringify(text).replace(unsafe, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** YAML 1.1 knows no exponent without a fraction: `1.0e+21`. */
const numberText = (value: number): string =>
  Number.isSafeInteger(value) ? String(value) : String(value).replace(/^(-?\d)e/, '$1.0e');

/** A value that fits on the line of its key: a scalar, or an empty list or mapping. */
const inline = (value: unknown): string => {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'object') return Array.isArray(value) ? '[]' : '{}';
  const text = String(value);
  return needsQuotes(text) ? quoted(text) : text;
};

type Mapping = Readonly<Record<string, unknown>>;

const isEmpty = (mapping: Mapping): boolean => {
  for (const key in mapping) if (mapping[key] !== undefined) return false;
  return true;
};

/** A list or mapping that takes lines of its own. */
const isContainer = (value: unknown): value is Mapping | readonly unknown[] =>
  typeof value === 'object' &&
  value !== null &&
  !(Array.isArray(value) ? value.length === 0 : isEmpty(value as Mapping));

const printable = /^[\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u;

/** Whether a text reads well as a literal block, and alike for everyone: no blanks where an editor would remove them. */
const fitsBlock = (text: string): boolean =>
  text.includes('\n') && !/^[ \t\n]|[ \t]\n/.test(text) && printable.test(text);

const writeValue = (value: unknown, indent: string, out: string[], lead: string): void => {
  if (isContainer(value)) {
    out.push(lead);
    if (Array.isArray(value)) writeList(value, indent, out);
    else writeMapping(value as Mapping, indent, out);
  } else if (typeof value === 'string' && fitsBlock(value)) writeBlock(value, indent, out, lead);
  else out.push(`${lead} ${inline(value)}`);
};

const writeBlock = (text: string, indent: string, out: string[], lead: string): void => {
  const chomp = text.endsWith('\n\n') ? '+' : text.endsWith('\n') ? '' : '-';
  out.push(`${lead} |${chomp}`);
  for (const line of text.replace(/\n$/, '').split('\n')) out.push(line === '' ? '' : `${indent}${line}`);
};

const writeList = (items: readonly unknown[], indent: string, out: string[]): void => {
  const deeper = `${indent}  `;
  for (const item of items) {
    if (isContainer(item) && !Array.isArray(item)) {
      const start = out.length;
      writeMapping(item as Mapping, deeper, out);
      out[start] = `${indent}- ${(out[start] ?? '').slice(deeper.length)}`;
    } else writeValue(item, deeper, out, `${indent}-`);
  }
};

/** No reader takes a longer key on the line of its value. */
const longestKey = 1000;

const writeMapping = (mapping: Mapping, indent: string, out: string[]): void => {
  for (const key in mapping) {
    const value = mapping[key];
    if (value === undefined) continue;
    const name = inline(key);
    if (name.length > longestKey) out.push(`${indent}? ${name}`);
    const lead = name.length > longestKey ? `${indent}:` : `${indent}${name}:`;
    writeValue(value, Array.isArray(value) ? indent : `${indent}  `, out, lead);
  }
};

/** One YAML document, ending in a newline. */
export const toYaml = (value: unknown): string => {
  const out: string[] = [];
  if (!isContainer(value)) return `${inline(value)}\n`;
  if (Array.isArray(value)) writeList(value, '', out);
  else writeMapping(value as Mapping, '', out);
  return `${out.join('\n')}\n`;
};

/** A stream of documents. */
export const toYamlStream = (values: readonly unknown[]): string => values.map(toYaml).join('---\n');
