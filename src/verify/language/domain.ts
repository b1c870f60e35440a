import type { Regex } from '../../model/match.ts';
import type { PathNormalization } from '../../model/mesh.ts';
import { compile } from './compile.ts';
import { accepts, mayBegin, type Table } from './table.ts';

/**
 * Absolute paths (RFC 3986 §3.3), without the query, in the form that a normalisation leaves alone, from the strictest:
 * - `path`: no empty segments, no encoded slashes or backslashes, and what is said of the next two. Every normalisation
 *   leaves it alone.
 * - `mergedPath`: no empty segments.
 * - `basePath`: no dot segments, no encoded unreserved characters or zero.
 * - `rawPath`: any.
 */
export type PathDomain = 'path' | 'mergedPath' | 'basePath' | 'rawPath';

/**
 * Which texts exist at all, all of ASCII:
 * - a `PathDomain`: a path.
 * - `method`: a token (RFC 9110 §5.6.2).
 * - `header`: a field value (RFC 9110 §5.5): no blanks around it; it may be empty.
 * - `host`: a DNS name in lower case (RFC 1123 §2.1; the lengths of names and labels are not limited here), or an IPv4
 *   address, with or without a port.
 * - `query`: the value of a parameter as it is sent (RFC 3986 §3.4), without `&`; of encoded characters only printable
 *   ones; it may be empty.
 * - `text`: any printable characters; it may be empty.
 */
export type Domain = PathDomain | 'method' | 'header' | 'host' | 'query' | 'text';

/** The widest domain of paths that all these normalisations leave alone. */
export const pathDomainFor = (normalizations: readonly PathNormalization[]): PathDomain => {
  if (normalizations.includes('decodeAndMergeSlashes')) return 'path';
  if (normalizations.includes('mergeSlashes')) return 'mergedPath';
  return normalizations.includes('base') ? 'basePath' : 'rawPath';
};

/** Encoded bytes but for some, as a pattern. */
const encoded = (except: RegExp): string => {
  const stays = (byte: number): boolean => !except.test(String.fromCharCode(byte));
  const digits = [...'0123456789abcdef'];
  const hex = (values: readonly string[]): string => `[${values.join('')}${values.join('').toUpperCase()}]`;
  return digits
    .map((high, first) => [high, digits.filter((_, second) => stays(first * 16 + second))] as const)
    .filter(([, low]) => low.length > 0)
    .map(([high, low]) => `%${hex([high])}${hex(low)}`)
    .join('|');
};

/** What stands in a segment beside the dot: `pchar`. */
const besideDot = (except: RegExp): string => `(?:[A-Za-z0-9_~!$&'()*+,;=:@-]|${encoded(except)})`;

/** A segment that is neither empty nor a dot segment. */
const segment = (except: RegExp): string => {
  const other = besideDot(except);
  const any = `(?:\\.|${other})`;
  return `(?:${other}${any}*|\\.${other}${any}*|\\.\\.${any}+)`;
};

/** Empty segments only at the end. */
const mergedPattern = (except: RegExp): string => `/(?:${segment(except)}(?:/${segment(except)})*/?)?`;

const hostPattern = (): string => {
  const label = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
  const port = '6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}';
  return `${label}(?:\\.${label})*(?::(?:${port}))?`;
};

const patterns: Readonly<Record<Domain, () => string>> = {
  path: () => mergedPattern(/[\0/\\A-Za-z0-9._~-]/),
  mergedPath: () => mergedPattern(/[\0A-Za-z0-9._~-]/),
  basePath: () => `(?:/${segment(/[\0A-Za-z0-9._~-]/)}?)+`,
  rawPath: () => `/(?:[./]|${besideDot(/[^\s\S]/)})*`,
  method: () => "[!#$%&'*+.^_`|~0-9A-Za-z-]+",
  header: () => '(?:[!-~](?:[\\t -~]*[!-~])?)?',
  host: hostPattern,
  query: () => "(?:[A-Za-z0-9._~!$'()*+,;=:@/?-]|%(?:[2-6][0-9A-Fa-f]|7[0-9A-Ea-e]))*",
  text: () => '[ -~]*',
};

const usualPaths = ['/', '/a', '/b'];

/** Texts of a domain as one meets them, which are tried first. */
export const usual: Readonly<Record<Domain, readonly string[]>> = {
  path: usualPaths,
  mergedPath: usualPaths,
  basePath: usualPaths,
  rawPath: usualPaths,
  method: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'],
  header: ['a', 'b'],
  host: ['a', 'b'],
  query: ['a', 'b'],
  text: ['a', 'b'],
};

const tables = new Map<Domain, Table>();

export const domainTable = (domain: Domain): Table => {
  const known = tables.get(domain);
  if (known) return known;
  const regex: Regex = { pattern: patterns[domain](), dialect: 're2', anchoring: 'full' };
  const table = compile({ test: { kind: 'regex', regex } })!;
  tables.set(domain, table);
  return table;
};

/** Whether a text is one of the domain. */
export const isIn = (domain: Domain, text: string): boolean => accepts(domainTable(domain), text);

/** Whether some text of the domain begins so. */
export const beginsOne = (domain: Domain, beginning: string): boolean => mayBegin(domainTable(domain), beginning);

export const isPath = (domain: Domain): domain is PathDomain => domain === 'path' || domain.endsWith('Path');
