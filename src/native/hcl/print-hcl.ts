type Json = Readonly<Record<string, unknown>>;

/**
 * A value as a text in the first version of HCL that reads back as the same: one attribute on a line, in the given order;
 * maps in braces, lists in brackets. What is undefined is left out.
 */
export const printHcl = (value: Json): string => `${attributes(value, '').join('\n')}\n`;

const attributes = (value: Json, indent: string): readonly string[] =>
  Object.entries(value).flatMap(([key, inner]) =>
    inner === undefined ? [] : [`${indent}${keyText(key)} = ${valueText(inner, indent)}`],
  );

/** A name that reads as one without quotes; `true` and the like are values. */
const isName = (key: string): boolean => /^[A-Za-z_][A-Za-z0-9_-]*$/.test(key) && !/^(?:true|false|null)$/.test(key);

const keyText = (key: string): string => (isName(key) ? key : quoted(key));

const valueText = (value: unknown, indent: string): string => {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value as readonly unknown[];
    if (items.every(item => typeof item !== 'object'))
      return `[${items.map(item => valueText(item, inner)).join(', ')}]`;
    return `[\n${items.map(item => `${inner}${valueText(item, inner)},\n`).join('')}${indent}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const lines = attributes(value as Json, inner);
    return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${indent}}`;
  }
  return typeof value === 'string' ? quoted(value) : String(value);
};

/** JSON's escapes are HCL's; `${` would begin an expression. */
const quoted = (text: string): string =>
  JSON.stringify(text).replaceAll('${', '\\u0024{').replaceAll('\u007f', '\\u007f');
