import { re2, regexText } from '../../../adapter/re2.ts';
import type { Field } from '../../../base/field.ts';
import type { PathMatch, TextMatch } from '../../../model/match.ts';

/**
 * An Istio StringMatch: one of `exact`, `prefix`, `regex`; empty means present. The literal regex `*` is an older
 * spelling of "present" (meshes.md A.1.3); today's webhook refuses it (observed, row 1.9).
 */
export const readTextMatch = (field: Field): TextMatch => {
  const exact = field.text('exact');
  if (exact !== undefined) return { kind: 'exact', value: exact };
  const prefix = field.text('prefix');
  if (prefix !== undefined) return prefix === '' ? { kind: 'present' } : { kind: 'prefix', value: prefix };
  const regex = field.text('regex');
  if (regex !== undefined && regex !== '*') return { kind: 'regex', regex: re2(regex) };
  field.isEmptyObject();
  return { kind: 'present' };
};

/** The path part of a match. `ignoreUriCase` does nothing to a regex (observed, row 1.6). */
export const readPathMatch = (uri: Field | undefined, ignoreCase: boolean): PathMatch | undefined => {
  if (!uri) return undefined;
  const match = readTextMatch(uri);
  const folded = ignoreCase ? { ignoreCase: true } : {};
  if (match.kind === 'regex') return match;
  // An empty prefix takes every path (observed, row 1.9).
  if (match.kind === 'present') return { kind: 'prefix', value: '', ...folded };
  if (match.kind === 'exact' || match.kind === 'prefix') return { kind: match.kind, value: match.value, ...folded };
  return undefined;
};

/** A TextMatch as a StringMatch. An empty prefix is refused there, and takes what is present. */
export const writeTextMatch = (match: TextMatch): Record<string, string> => {
  if (match.kind === 'present') return {};
  if (match.kind === 'regex') return { regex: regexText(match.regex) };
  if (match.kind === 'prefix' && match.value === '') return {};
  const text = escapeRe2(match.value);
  if (match.kind === 'suffix') return { regex: `${match.ignoreCase ? '(?i)' : ''}.*${text}` };
  if (match.ignoreCase) return { regex: `(?i)${text}${match.kind === 'prefix' ? '.*' : ''}` };
  return { [match.kind]: match.value };
};

/** Text as a regular expression that takes exactly that text. */
export const escapeRe2 = (text: string): string =>
  text.replace(/[\\^$.*+?()[\]{}|/-]/g, c => (c === '/' || c === '-' ? c : `\\${c}`));
