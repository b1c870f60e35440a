import type { Regex } from '../../model/match.ts';
import { compile } from './compile.ts';
import { accepts, mayBegin, type Table } from './table.ts';

/**
 * Which texts exist at all, all of ASCII:
 * - `path`: an absolute path (RFC 3986 §3.3) in normal form, which every normalisation leaves alone: no empty or dot
 *   segments, no encoded unreserved characters, no encoded slash, backslash or zero.
 * - `method`: a token (RFC 9110 §5.6.2).
 * - `header`: a field value (RFC 9110 §5.5): no blanks around it; it may be empty.
 * - `host`: a DNS name in lower case (RFC 1123 §2.1; the lengths of names and labels are not limited here), or an IPv4
 *   address, with or without a port.
 * - `query`: the value of a parameter as it is sent (RFC 3986 §3.4), without `&`; of encoded characters only printable
 *   ones; it may be empty.
 * - `text`: any printable characters; it may be empty.
 */
export type Domain = 'path' | 'method' | 'header' | 'host' | 'query' | 'text';

/** Bytes that stay encoded in a normal path: neither unreserved nor zero, slash or backslash. */
const encodedBytes = (): string => {
  const stays = (byte: number): boolean => !/[\0/\\A-Za-z0-9._~-]/.test(String.fromCharCode(byte));
  const digits = [...'0123456789abcdef'];
  const hex = (values: readonly string[]): string => `[${values.join('')}${values.join('').toUpperCase()}]`;
  return digits
    .map((high, first) => [high, digits.filter((_, second) => stays(first * 16 + second))] as const)
    .filter(([, low]) => low.length > 0)
    .map(([high, low]) => `%${hex([high])}${hex(low)}`)
    .join('|');
};

const pathPattern = (): string => {
  const other = `(?:[A-Za-z0-9_~!$&'()*+,;=:@-]|${encodedBytes()})`;
  const any = `(?:\\.|${other})`;
  const segment = `(?:${other}${any}*|\\.${other}${any}*|\\.\\.${any}+)`;
  return `/(?:${segment}(?:/${segment})*/?)?`;
};

const hostPattern = (): string => {
  const label = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
  const port = '6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}';
  return `${label}(?:\\.${label})*(?::(?:${port}))?`;
};

const patterns: Readonly<Record<Domain, () => string>> = {
  path: pathPattern,
  method: () => "[!#$%&'*+.^_`|~0-9A-Za-z-]+",
  header: () => '(?:[!-~](?:[\\t -~]*[!-~])?)?',
  host: hostPattern,
  query: () => "(?:[A-Za-z0-9._~!$'()*+,;=:@/?-]|%(?:[2-6][0-9A-Fa-f]|7[0-9A-Ea-e]))*",
  text: () => '[ -~]*',
};

/** Texts of a domain as one meets them, which are tried first. */
export const usual: Readonly<Record<Domain, readonly string[]>> = {
  path: ['/', '/a', '/b'],
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
