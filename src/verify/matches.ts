import { type CallerMatch, type ClaimMatch, hostMatches, type Match } from '../model/match.ts';
import type { PathNormalization } from '../model/mesh.ts';
import { type Labels, selects } from '../model/scope.ts';
import { bordersOf, inRange } from './addresses.ts';
import { askClaim, askHeaderMatch, askHost, askMethod, askPath, askQuery, askScheme } from './asking.ts';
import type { Notes } from './findings.ts';
import type { Touched } from './inquiry.ts';
import { hostOf } from './lookup/services.ts';
import { concreteHost } from './samples/text-values.ts';

/** All that a proxy can know of a request when it looks for the rule that takes it. */
export interface Sight {
  /** Whether the proxy reads HTTP here; otherwise only the connection is visible. */
  readonly http: boolean;
  readonly method: string;
  readonly scheme: string;
  /** Believed because `x-forwarded-proto` says so, or says nothing. */
  readonly schemeFromHeader?: boolean;
  /** The Host as sent. */
  readonly authority: string;
  /** The Host of a sender who chooses none. */
  readonly usualAuthority?: string;
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
  /** How the path was made tidy here. */
  readonly tidied?: PathNormalization;
  /** What is not as the sender wrote it. */
  readonly touched?: Touched;
  readonly caller: {
    readonly namespace?: string;
    readonly labels: Labels;
    readonly via: readonly string[];
    readonly address?: string;
  };
}

const claimMatches = (match: ClaimMatch, sight: Sight, notes: Notes | undefined): boolean =>
  askClaim(match.path, match.match, sight.claims, notes) !== match.inverted;

const callerMatches = (match: CallerMatch, { caller, touched }: Sight, notes: Notes | undefined): boolean => {
  const { namespaces, labels, via, addresses } = match;
  if (namespaces && (caller.namespace === undefined || !namespaces.includes(caller.namespace))) return false;
  if (labels && !selects(labels, caller.labels)) return false;
  if (via && !via.some(place => caller.via.includes(place))) return false;
  if (!addresses) return true;
  const accepts = (address: string | undefined): boolean =>
    address !== undefined && addresses.some(range => inRange(range, address));
  const holds = accepts(caller.address);
  if (!notes || touched?.address) return holds;
  return notes.inquire('address', addresses, { kind: 'one', accepts, hints: addresses.flatMap(bordersOf) }, holds);
};

/** The parts that only HTTP has; on a bare connection a match that asks for one of them takes nothing. */
const looksAtHttp = (match: Match): boolean =>
  Boolean(match.path || match.method || match.scheme || match.authority) ||
  Boolean(match.headers?.length || match.query?.length || match.claims?.length);

const httpMatches = (match: Match, sight: Sight, notes?: Notes): boolean =>
  (!match.path || askPath(match.path, sight, notes)) &&
  (!match.method || askMethod(match.method, sight, notes)) &&
  (!match.scheme || askScheme(match.scheme, sight, notes)) &&
  (!match.authority || askHost(match.authority, sight, notes)) &&
  (match.headers ?? []).every(header => askHeaderMatch(header, sight, notes)) &&
  (match.query ?? []).every(parameter => askQuery(parameter, sight, notes)) &&
  (match.claims ?? []).every(claim => claimMatches(claim, sight, notes));

/** The server name of a sender who chooses none: whoever dials a name over TLS sends that. */
export const unsaidName = ({ sni, authority }: Pick<Sight, 'sni' | 'authority'>): string | undefined =>
  sni === undefined ? undefined : hostOf(authority);

const serverNameMatches = (names: readonly string[], sight: Sight, notes: Notes | undefined): boolean => {
  const { sni } = sight;
  const accepts = (value = unsaidName(sight)): boolean =>
    value !== undefined && names.some(name => hostMatches(name, value));
  const holds = accepts(sni);
  return notes ? notes.inquire('sni', names, { kind: 'one', accepts, hints: names.map(concreteHost) }, holds) : holds;
};

const connectionMatches = (match: Match, sight: Sight, notes: Notes | undefined): boolean => {
  if (match.port !== undefined && match.port !== sight.port) return false;
  if (match.sni && !serverNameMatches(match.sni, sight, notes)) return false;
  if (match.addresses && !match.addresses.some(range => sight.addresses.some(ip => inRange(range, ip)))) return false;
  return !match.caller || callerMatches(match.caller, sight, notes);
};

/** Whether a match takes what a proxy sees. All parts must hold; none is everything. */
export const matches = (match: Match, sight: Sight, notes?: Notes): boolean =>
  connectionMatches(match, sight, notes) &&
  (looksAtHttp(match) ? sight.http && httpMatches(match, sight, notes) : true);
