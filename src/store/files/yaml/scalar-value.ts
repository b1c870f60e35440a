/**
 * What an unquoted scalar means. kubectl reads YAML with go-yaml 2, which follows YAML 1.1 for words (`yes`, `on`) and
 * Go's own number syntax for numbers (`0777`, `0o777`, `0x1F`, `1_000`); sexagesimal numbers and dates stay text.
 * Each rule here was compared with sigs.k8s.io/yaml 1.6.0; the test holds the table.
 */
export type ScalarValue = string | number | boolean | null;

const words = new Map<string, ScalarValue>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(word => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(word => [word, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map(word => [word, null] as const),
  ...['.nan', '.NaN', '.NAN'].map(word => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map(word => [word, Number.POSITIVE_INFINITY] as const),
  ...['-.inf', '-.Inf', '-.INF'].map(word => [word, Number.NEGATIVE_INFINITY] as const),
]);

const longestWord = 5;

/** 1: a word of the table may begin so. 2: a number may. */
const beginnings = new Uint8Array(128);
for (const letter of 'yYnNtTfFoO~') beginnings[letter.charCodeAt(0)] = 1;
for (const letter of '0123456789+-.') beginnings[letter.charCodeAt(0)] = 2;

const based = /^[-+]?0(?:[xX][0-9a-fA-F]+|[oO]?[0-7]+|[bB][01]+)$/;
const decimal = /^[-+]?(?:0|[1-9][0-9]*)$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const pointFirst = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?$/;

const leastInt64 = -(2n ** 63n);
const greatestUint64 = 2n ** 64n - 1n;

/** The value of digits with a base prefix; Go's `0777` is octal like `0o777`. Undefined if no 64 bits hold it. */
const basedInteger = (text: string): number | undefined => {
  const isNegative = text.startsWith('-');
  const digits = text.replace(/^[-+]/, '');
  const magnitude = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const value = isNegative ? -magnitude : magnitude;
  // A sign makes Go read a signed number.
  const greatest = text === digits ? greatestUint64 : 2n ** 63n - 1n;
  return value < leastInt64 || value > greatest ? undefined : Number(value);
};

/** The value of a decimal number; undefined beyond what 64 bits hold, which Go leaves text. */
const finite = (text: string): number | undefined => {
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
};

const numberOrText = (text: string): number | string => {
  const plain = text.includes('_') ? text.replaceAll('_', '') : text;
  if (text.startsWith('.')) return (pointFirst.test(text) ? finite(plain) : undefined) ?? text;
  // Adding 0 makes `-0` the integer that it is in Go.
  if (decimal.test(plain)) return (finite(plain) ?? 0) + 0;
  const value = based.test(plain) ? basedInteger(plain) : undefined;
  return value ?? (float.test(plain) ? finite(plain) : undefined) ?? text;
};

/** The digits of a small number, without the detour over patterns; undefined for anything else. */
const smallInteger = (text: string): number | undefined => {
  const { length } = text;
  if (length > 9 || (length > 1 && text.charCodeAt(0) === 0x30)) return undefined;
  let value = 0;
  for (let i = 0; i < length; i += 1) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
};

/** The value of an unquoted scalar. It may be NaN or infinite, which no JSON holds. */
export const plainValue = (text: string): ScalarValue => {
  if (text === '') return null;
  const beginning = beginnings[text.charCodeAt(0)];
  if (!beginning) return text;
  if (beginning === 2) {
    const small = smallInteger(text);
    if (small !== undefined) return small;
  }
  if (text.length <= longestWord) {
    const word = words.get(text);
    if (word !== undefined) return word;
  }
  return beginning === 2 ? numberOrText(text) : text;
};

/** The JSON key for a key that is no text: `80: x` is `"80"`, `yes: x` is `"true"`. Undefined if kubectl takes none such. */
export const keyText = (value: ScalarValue): string | undefined => {
  if (typeof value !== 'number') return value === null ? undefined : String(value);
  // Go writes a key that is no integer in single precision; beyond six digits that is not what was written.
  if (Number.isInteger(value)) return Number.isSafeInteger(value) ? String(value) : undefined;
  const text = String(value);
  return /^-?[0-9]+\.[0-9]+$/.test(text) && text.length <= 7 ? text : undefined;
};

const coreTag = /^!!(\w+)$|^!<tag:yaml\.org,2002:(\w+)>$/;

/**
 * The value of a scalar with an explicit tag (`!!str 5`). Undefined if the text does not fit the tag. A tag that nobody
 * defined makes it text, as go-yaml does.
 */
export const taggedValue = (tag: string, text: string): ScalarValue | undefined => {
  const match = coreTag.exec(tag);
  const value = plainValue(text);
  switch (match?.[1] ?? match?.[2]) {
    case 'null':
      return value === null ? null : undefined;
    case 'bool':
      return typeof value === 'boolean' ? value : undefined;
    case 'int':
      return Number.isInteger(value) ? value : undefined;
    case 'float':
      return typeof value === 'number' ? value : undefined;
    case 'binary':
      return Buffer.from(text, 'base64').toString('utf8');
    default:
      return text;
  }
};
