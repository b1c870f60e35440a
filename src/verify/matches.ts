import {
  type CallerMatch,
  type ClaimMatch,
  type HeaderMatch,
  hostMatches,
  type Match,
  type PathMatch,
  type QueryMatch,
  type Repeated,
  type TextMatch,
} from '../model/match.ts';
import { type Labels, selects } from '../model/scope.ts';
import { inRange } from './addresses.ts';
import type { Notes } from './findings.ts';
import { textMatches } from './text-match.ts';

/** All that a proxy can know of a request when it looks for the rule that takes it. */
export interface Sight {
  /** Whether the proxy reads HTTP here; otherwise only the connection is visible. */
  readonly http: boolean;
  readonly method: string;
  readonly scheme: string;
  /** The Host as sent. */
  readonly authority: string;
  /** Normalised, without the query. */
  readonly path: string;
  readonly query: string | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Claims of a token that this proxy has verified. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly sni?: string;
  /** The port that was dialled. */
  readonly port: number;
  /** Addresses that were, or may have been, dialled. */
  readonly addresses: readonly string[];
  /** Whose proxy looks: a workload's own (`via` is `mesh`), or a gateway's (`via` holds its id). */
  readonly caller: {
    readonly namespace?: string;
    readonly labels: Labels;
    readonly via: readonly string[];
    readonly address?: string;
  };
}

/** Whether a path, normalised and without the query, is taken. */
export const pathMatches = (match: PathMatch, path: string, notes?: Notes): boolean => {
  if (match.kind !== 'segmentPrefix') return textMatches(match, path, notes);
  const asked = match.ignoreCase ? path.toLowerCase() : path;
  const value = match.ignoreCase ? match.value.toLowerCase() : match.value;
  return value === '' || asked === value || asked.startsWith(`${value}/`);
};

/** The texts that a rule compares, of the values of one name. */
export const seen = (values: readonly string[], repeated: Repeated): readonly string[] => {
  if (values.length < 2 || repeated === 'any') return values;
  return repeated === 'first' ? values.slice(0, 1) : [values.join(',')];
};

const anyMatches = (values: readonly string[], match: TextMatch, notes?: Notes): boolean =>
  values.some(value => textMatches(match, value, notes));

/** The lines of a header, or the one value of a pseudo header. */
export const headerValues = (sight: Sight, name: string): readonly string[] => {
  switch (name) {
    case ':method':
      return [sight.method];
    case ':authority':
    case 'host':
      return [sight.authority];
    case ':scheme':
      return [sight.scheme];
    case ':path':
      return [sight.query === undefined ? sight.path : `${sight.path}?${sight.query}`];
    default:
      return sight.headers.filter(([header]) => header === name).map(([, value]) => value.trim());
  }
};

const headerMatches = (match: HeaderMatch, sight: Sight, notes?: Notes): boolean => {
  const values = seen(headerValues(sight, match.name), match.repeated);
  const comparedAsEmpty = match.missing === 'empty' && match.match.kind !== 'present';
  const compared = values.length === 0 && comparedAsEmpty ? [''] : values;
  return anyMatches(compared, match.match, notes) !== match.inverted;
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
};

/** The values of a query parameter, in order. `;` separates nothing (observed). */
export const queryValues = (query: string | undefined, name: string, decode: boolean): readonly string[] => {
  const text = decode ? decoded : (value: string) => value;
  return (query ?? '').split('&').flatMap(parameter => {
    const equals = parameter.indexOf('=');
    const key = equals < 0 ? parameter : parameter.slice(0, equals);
    if (parameter === '' || text(key) !== name) return [];
    return [equals < 0 ? '' : text(parameter.slice(equals + 1))];
  });
};

const queryMatches = (match: QueryMatch, sight: Sight, notes?: Notes): boolean =>
  anyMatches(seen(queryValues(sight.query, match.name, match.decoded), match.repeated), match.match, notes);

/** The texts at a claim path; a list stands for each of its elements. */
export const claimValues = (claims: Sight['claims'], path: readonly string[]): readonly string[] => {
  let value: unknown = claims;
  for (const step of path) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined;
  }
  const values = Array.isArray(value) ? value : [value];
  return values.flatMap(item => (item === undefined || item === null || typeof item === 'object' ? [] : String(item)));
};

const claimMatches = (match: ClaimMatch, sight: Sight, notes?: Notes): boolean =>
  anyMatches(claimValues(sight.claims, match.path), match.match, notes) !== match.inverted;

const callerMatches = (match: CallerMatch, { caller }: Sight): boolean => {
  const { namespaces, labels, via, addresses } = match;
  if (namespaces && (caller.namespace === undefined || !namespaces.includes(caller.namespace))) return false;
  if (labels && !selects(labels, caller.labels)) return false;
  if (via && !via.some(place => caller.via.includes(place))) return false;
  const { address } = caller;
  return !addresses || (address !== undefined && addresses.some(range => inRange(range, address)));
};

/** The parts that only HTTP has; on a bare connection a match that asks for one of them takes nothing. */
const looksAtHttp = (match: Match): boolean =>
  Boolean(match.path || match.method || match.scheme || match.authority) ||
  Boolean(match.headers?.length || match.query?.length || match.claims?.length);

const httpMatches = (match: Match, sight: Sight, notes?: Notes): boolean =>
  (!match.path || pathMatches(match.path, sight.path, notes)) &&
  (!match.method || textMatches(match.method, sight.method, notes)) &&
  (!match.scheme || textMatches(match.scheme, sight.scheme, notes)) &&
  (!match.authority || textMatches(match.authority, sight.authority, notes)) &&
  (match.headers ?? []).every(header => headerMatches(header, sight, notes)) &&
  (match.query ?? []).every(parameter => queryMatches(parameter, sight, notes)) &&
  (match.claims ?? []).every(claim => claimMatches(claim, sight, notes));

const connectionMatches = (match: Match, sight: Sight): boolean => {
  const { sni } = sight;
  if (match.port !== undefined && match.port !== sight.port) return false;
  if (match.sni && !(sni !== undefined && match.sni.some(name => hostMatches(name, sni)))) return false;
  if (match.addresses && !match.addresses.some(range => sight.addresses.some(ip => inRange(range, ip)))) return false;
  return !match.caller || callerMatches(match.caller, sight);
};

/** Whether a match takes what a proxy sees. All parts must hold; none is everything. */
export const matches = (match: Match, sight: Sight, notes?: Notes): boolean =>
  connectionMatches(match, sight) && (looksAtHttp(match) ? sight.http && httpMatches(match, sight, notes) : true);
