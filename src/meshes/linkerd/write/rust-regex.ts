import type { Regex } from '../../../model/match.ts';
import { regexTakes } from '../../../native/gateway-api/intersect.ts';
import { rustRegex } from '../regex.ts';

/** What RE2 and Perl understand and the Rust crate does not, or reads in another way. */
const foreign = /\\(?:[CQEZGK]|[1-9]|0\d)|\(\?[=!<>#|&R]|\(\?\(|[*+?}]\+/;

/** Text in which the leftmost match cannot stop early: plain characters, classes, and `.*` or `.+` at the end. */
const greedyToTheEnd = /^(?:[^\\.[\](){}*+?|^$]|\\[^A-Za-z0-9]|\.(?![*+?{])|\[[^\]\\[]+\](?![*?{]))*(?:\.[*+])?$/;

/**
 * An expression as Linkerd takes it. The proxy looks for the leftmost match, earlier alternatives first, and wants it to
 * span the value: `a|ab` does not take `ab`. An end anchor makes the search go on until it does. Undefined for what the
 * Rust crate does not know.
 */
export const toRust = (regex: Regex): Regex | undefined => {
  if (regex.dialect === 'rust' && regex.anchoring === 'full') return regex;
  if (foreign.test(regex.pattern) || regexTakes(regex, '') === undefined) return undefined;
  if (regex.anchoring === 'partial') return rustRegex(`(?s:.*)(?:${regex.pattern})(?s:.*)$`);
  return rustRegex(greedyToTheEnd.test(regex.pattern) ? regex.pattern : `(?:${regex.pattern})$`);
};
