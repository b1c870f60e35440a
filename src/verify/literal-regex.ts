import type { Regex, TextMatch } from '../model/match.ts';

/** Plain characters, and others behind a backslash that make them plain. */
const plainCharacter = String.raw`(?:[^\\^$.*+?()[\]{}|]|\\[^A-Za-z0-9])`;

/** Only those, and perhaps anything behind. */
const literal = new RegExp(String.raw`^\^?(${plainCharacter}*)(\.\*)?\$?$`);

const unescaped = (pattern: string): string => pattern.replace(/\\(.)/gu, '$1');

/**
 * The exact text or prefix that an expression asks for, if it asks for no more: meshes without prefixes of texts write
 * `/api/v1/` as `/api/v1/.*`. Among texts without line breaks both take the same.
 */
export const asLiteral = ({ pattern, anchoring }: Regex): Extract<TextMatch, { value: string }> | undefined => {
  if (anchoring !== 'full') return undefined;
  const [found, text = '', rest] = literal.exec(pattern) ?? [];
  if (found === undefined) return undefined;
  return { kind: rest === undefined ? 'exact' : 'prefix', value: unescaped(text) };
};

/** Perhaps a group, then plain characters of which the last is not repeated, and what follows. */
const beginning = new RegExp(String.raw`^\^?(\(\?:)?(${plainCharacter}+)(?![*+?{])([\s\S]+)$`, 'u');

/** A class, something behind a backslash, or one character. */
const token = /\[\^?\]?(?:\\[\s\S]|\[:\^?\w+:\]|[^\]\\])*\]|\\?[\s\S]/gu;

/** Looks at what stands before it, or may hold any of the characters that mean something. */
const looksBack = /^(?:\^|\\[AbBQ])$/;

/**
 * Whether an expression means the same behind a text as by itself. `outermost`: how deep in groups the text stands; such
 * a group is the first thing of the expression.
 */
const meansSameBehind = (pattern: string, outermost: 0 | 1): boolean => {
  let depth = 0;
  let closed = false;
  for (const [part] of pattern.matchAll(token)) {
    const isRepeated = closed && /^[*+?{]$/.test(part);
    if (looksBack.test(part) || isRepeated || (part === '|' && depth <= outermost)) return false;
    if (part === '(') depth += 1;
    if (part === ')') depth -= 1;
    closed = part === ')' && depth < outermost;
  }
  return true;
};

const known = new Map<string, Regex | undefined>();

/** The expression behind a text, each as one object, so that what is worked out for it is worked out once. */
const behind = ({ dialect, anchoring }: Regex, group: string, tail: string): Regex | undefined => {
  const key = `${dialect} ${group} ${tail}`;
  if (known.has(key)) return known.get(key);
  const pattern = group + tail;
  const found = meansSameBehind(pattern, group === '' ? 0 : 1) ? { pattern, dialect, anchoring } : undefined;
  known.set(key, found);
  return found;
};

/**
 * An expression as the text that all it takes begins with, and an expression for what follows. Many expressions of a
 * configuration differ by that text only: `/orders/` and `/users/`, with the same long tail. Undefined: it begins with
 * no text, or what follows cannot be told apart from it.
 */
export const splitText = (regex: Regex): { readonly text: string; readonly rest: Regex } | undefined => {
  if (regex.anchoring !== 'full') return undefined;
  const [, group = '', text, tail] = beginning.exec(regex.pattern) ?? [];
  if (text === undefined || tail === undefined) return undefined;
  const rest = behind(regex, group, tail);
  return rest && { text: unescaped(text), rest };
};
