import type { Regex, TextMatch } from '../model/match.ts';

/** Plain characters, and others behind a backslash that make them plain; perhaps anything behind. */
const literal = /^\^?((?:[^\\^$.*+?()[\]{}|]|\\[^A-Za-z0-9])*)(\.\*)?\$?$/;

/**
 * The exact text or prefix that an expression asks for, if it asks for no more: meshes without prefixes of texts write
 * `/api/v1/` as `/api/v1/.*`. Among texts without line breaks both take the same.
 */
export const asLiteral = ({ pattern, anchoring }: Regex): Extract<TextMatch, { value: string }> | undefined => {
  if (anchoring !== 'full') return undefined;
  const [found, text = '', rest] = literal.exec(pattern) ?? [];
  if (found === undefined) return undefined;
  return { kind: rest === undefined ? 'exact' : 'prefix', value: text.replace(/\\(.)/g, '$1') };
};
