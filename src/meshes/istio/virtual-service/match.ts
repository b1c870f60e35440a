import type { Field } from '../../../base/field.ts';
import type { CallerMatch, ClaimMatch, HeaderMatch, Match, QueryMatch } from '../../../model/match.ts';
import type { Entry } from './entry.ts';
import { readPathMatch, readTextMatch } from './text-match.ts';

/** Which proxies a rule is read for: the workloads' own (`mesh`), or one Istio Gateway. */
export interface Side {
  /** `mesh`, or the gateway as `namespace/name`. */
  readonly gateway: string;
  /** The namespace of the VirtualService, for short gateway names. */
  readonly namespace: string;
  /** They are waypoints, which do not look at the labels of callers: entries with some are never theirs. */
  readonly isWaypoint?: true;
}

/** What an entry takes at the proxies of one side; undefined if it is not for them. All its parts must hold. */
export const forSide = (entry: Entry, { gateway, isWaypoint }: Side): Match | undefined => {
  if (entry.gateways.length > 0 && !entry.gateways.includes(gateway)) return undefined;
  if (isWaypoint && Object.keys(entry.sourceLabels).length > 0) return undefined;
  const { field, uri, method, scheme, authority } = entry;
  for (const name of ['name', 'statPrefix']) field.at(name)?.leave('names things in the proxy; no effect on traffic');
  const path = readPathMatch(uri, entry.ignoresCase);
  const headers = [...readHeaders(entry.headers, false), ...readHeaders(entry.withoutHeaders, true)];
  const claims = [...readClaims(entry.headers, false), ...readClaims(entry.withoutHeaders, true)];
  const query = Object.entries(entry.queryParams).map(([name, value]) => readQuery(name, value));
  const port = entry.port?.asNumber();
  const caller = readCaller(entry);
  return {
    source: field,
    ...(path ? { path } : {}),
    ...(method ? { method: readTextMatch(method) } : {}),
    ...(scheme ? { scheme: readTextMatch(scheme) } : {}),
    ...(authority ? { authority: readTextMatch(authority) } : {}),
    ...(headers.length > 0 ? { headers } : {}),
    ...(query.length > 0 ? { query } : {}),
    ...(claims.length > 0 ? { claims } : {}),
    ...(port ? { port } : {}),
    ...(caller ? { caller } : {}),
  };
};

/**
 * Headers: names without regard to case, any of several lines is enough (observed, row 5.2). `withoutHeaders` takes
 * what does not match, and compares an absent header as an empty one unless it only asks for presence (rows 5.6–5.9).
 */
const readHeaders = (fields: Entry['headers'], inverted: boolean): HeaderMatch[] =>
  Object.entries(fields).flatMap(([name, value]): HeaderMatch[] => {
    if (isClaim(name)) return [];
    const match = readTextMatch(value);
    const missing = inverted && match.kind !== 'present' ? 'empty' : 'noMatch';
    return [{ name: name.toLowerCase(), match, inverted, missing, repeated: 'any', source: value }];
  });

/** Only the first value is seen, and nothing is decoded (observed, row 5.12). */
const readQuery = (name: string, value: Field): QueryMatch => ({
  name,
  match: readTextMatch(value),
  repeated: 'first',
  decoded: false,
  source: value,
});

const claimPrefix = '@request.auth.claims';
const isClaim = (name: string): boolean => name.startsWith(`${claimPrefix}.`) || name.startsWith(`${claimPrefix}[`);

/** `@request.auth.claims.a.b` or `@request.auth.claims[a][b]`, among the headers. */
const readClaims = (fields: Entry['headers'], inverted: boolean): ClaimMatch[] =>
  Object.entries(fields).flatMap(([name, value]): ClaimMatch[] => {
    if (!isClaim(name)) return [];
    const rest = name.slice(claimPrefix.length);
    const bracketed = [...rest.matchAll(/\[([^\]]*)\]/g)].map(part => part[1] ?? '');
    const path = bracketed.length > 0 ? bracketed : rest.split('.').filter(step => step !== '');
    return [{ path, match: readTextMatch(value), inverted, source: value }];
  });

/**
 * Source labels and namespace are looked at when the client's proxy is configured. In an entry that names gateways they
 * are ignored (observed for `mesh`, row 5.16), and then the entry takes every caller.
 */
const readCaller = ({ sourceLabels, sourceNamespace, gateways }: Entry): CallerMatch | undefined => {
  const fields = [...Object.values(sourceLabels), ...(sourceNamespace ? [sourceNamespace] : [])];
  if (gateways.length > 0) {
    for (const field of fields) field.leave('ignored by the proxy: the same match names gateways');
    return undefined;
  }
  const [first] = fields;
  const namespace = sourceNamespace?.asText();
  const labels = Object.entries(sourceLabels).flatMap(([name, label]) => {
    const text = label.asText();
    return text === undefined ? [] : [[name, text] as const];
  });
  if (!first || (labels.length === 0 && !namespace)) return undefined;
  return {
    ...(labels.length > 0 ? { labels: Object.fromEntries(labels) } : {}),
    ...(namespace ? { namespaces: [namespace] } : {}),
    source: first,
  };
};
