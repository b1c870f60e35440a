/**
 * Canonical YAML: block style, two spaces, keys in the order given (Kubernetes' customary order for objects), strings
 * quoted only where YAML 1.1 or 1.2 would read something else. The same value always gives the same bytes.
 */

/** Plain scalars that some YAML reader takes for another type, or that would end or open something. */
const needsQuotes = (text: string): boolean =>
  text === '' ||
  !/^[A-Za-z_/][A-Za-z0-9_./@%+~()^$<>=-]*(?:[ ,:][A-Za-z0-9_./@%+~()^$<>=-]+)*$/.test(text) ||
  /^(?:y|n|yes|no|on|off|true|false|null|~|nan|inf)$/i.test(text) ||
  /: /.test(text) ||
  text.endsWith(':');

const scalar = (value: unknown): string => {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = String(value);
  // JSON strings are YAML double-quoted strings; their escapes are a subset.
  return needsQuotes(text) ? JSON.stringify(text) : text;
};

const keyText = (key: string): string => (needsQuotes(key) ? JSON.stringify(key) : key);

const isEmpty = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : Object.keys(value as object).length === 0;

const writeValue = (value: unknown, indent: string, out: string[], lead: string): void => {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'string' && value.includes('\n') && /^[\t\n\x20-\x7e]*$/.test(value)) {
      writeBlockText(value, indent, out, lead);
      return;
    }
    out.push(`${lead} ${scalar(value)}`);
    return;
  }
  if (isEmpty(value)) {
    out.push(`${lead} ${Array.isArray(value) ? '[]' : '{}'}`);
    return;
  }
  out.push(lead);
  if (Array.isArray(value)) writeList(value, indent, out);
  else writeMapping(value as Record<string, unknown>, indent, out);
};

const writeBlockText = (text: string, indent: string, out: string[], lead: string): void => {
  const keep = text.endsWith('\n\n') ? '+' : text.endsWith('\n') ? '' : '-';
  const body = keep === '' || keep === '+' ? text.slice(0, -1) : text;
  if (/^[ \n]/.test(text) || /[ \t]\n/.test(text)) {
    out.push(`${lead} ${JSON.stringify(text)}`);
    return;
  }
  out.push(`${lead} |${keep}`);
  for (const line of body.split('\n')) out.push(line === '' ? '' : `${indent}${line}`);
};

const writeList = (items: readonly unknown[], indent: string, out: string[]): void => {
  for (const item of items) {
    if (typeof item === 'object' && item !== null && !Array.isArray(item) && !isEmpty(item)) {
      const start = out.length;
      writeMapping(item as Record<string, unknown>, `${indent}  `, out);
      out[start] = `${indent}- ${(out[start] ?? '').slice(indent.length + 2)}`;
    } else {
      writeValue(item, `${indent}  `, out, `${indent}-`);
    }
  }
};

const writeMapping = (mapping: Record<string, unknown>, indent: string, out: string[]): void => {
  for (const key in mapping) {
    const value = mapping[key];
    if (value === undefined) continue;
    const nested = Array.isArray(value) ? indent : `${indent}  `;
    const deeper = typeof value === 'string' ? `${indent}  ` : nested;
    writeValue(value, deeper, out, `${indent}${keyText(key)}:`);
  }
};

/** One YAML document, ending in a newline. */
export const toYaml = (value: unknown): string => {
  const out: string[] = [];
  if (typeof value === 'object' && value !== null && !isEmpty(value)) {
    if (Array.isArray(value)) writeList(value, '', out);
    else writeMapping(value as Record<string, unknown>, '', out);
  } else {
    writeValue(value, '', out, '');
    out[0] = (out[0] ?? '').trimStart();
  }
  return `${out.join('\n')}\n`;
};

/** A stream of documents. */
export const toYamlStream = (values: readonly unknown[]): string => values.map(toYaml).join('---\n');
