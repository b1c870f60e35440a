import type { Regex } from '../../model/match.ts';
import { regexTakes } from '../../native/gateway-api/intersect.ts';

/** Text as an expression that takes exactly that text, in RE2 and in Rust alike. */
export const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** An expression as Linkerd's proxy reads it. */
export const rustRegex = (pattern: string): Regex => ({ pattern, dialect: 'rust', anchoring: 'full' });

/** Whether the proxy can compile an expression, as far as the dialects agree. */
export const isExpression = (pattern: string): boolean => regexTakes(rustRegex(pattern), '') !== undefined;
