import type { Regex } from '../../model/match.ts';

/** Text as an expression that takes exactly that text, in RE2 and in Rust alike. */
export const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** An expression as Linkerd's proxy reads it. */
export const rustRegex = (pattern: string): Regex => ({ pattern, dialect: 'rust', anchoring: 'full' });
