import type { Field } from '../../../base/field.ts';
import type { CallerMatch, HeaderMatch, Match, QueryMatch } from '../../../model/match.ts';
import { readPathMatch, readTextMatch } from './text-match.ts';

/** Which proxies a rule is read for: the workloads' own (`mesh`), or one Istio Gateway. */
export interface Side {
  /** `mesh`, or the gateway as `namespace/name`. */
  readonly gateway: string;
  /** The namespace of the VirtualService, for short gateway names. */
  readonly namespace: string;
}

/** The `gateways` of a VirtualService or match as `mesh` or `namespace/name`; undefined if none are named. */
export const gatewayNames = (field: Field, namespace: string): string[] | undefined =>
  field.texts('gateways')?.map(name => (name === 'mesh' || name.includes('/') ? name : `${namespace}/${name}`));

/** Whether a match entry is for this side; entries without `gateways` are for all of the VirtualService's. */
export const isForSide = (match: Field, side: Side): boolean =>
  gatewayNames(match, side.namespace)?.includes(side.gateway) ?? true;

/** One entry of `http[].match[]`. All its parts must hold. */
export const readHttpMatch = (field: Field): Match => {
  const path = readPathMatch(field.at('uri'), field.boolean('ignoreUriCase') ?? false);
  const method = field.at('method');
  const scheme = field.at('scheme');
  const authority = field.at('authority');
  const headers = [
    ...field.entries('headers').flatMap(([name, value]) => (isClaim(name) ? [] : [readHeader(name, value, false)])),
    ...field
      .entries('withoutHeaders')
      .flatMap(([name, value]) => (isClaim(name) ? [] : [readHeader(name, value, true)])),
  ];
  const claims = [
    ...field.entries('headers').flatMap(([name, value]) => (isClaim(name) ? [readClaim(name, value, false)] : [])),
    ...field
      .entries('withoutHeaders')
      .flatMap(([name, value]) => (isClaim(name) ? [readClaim(name, value, true)] : [])),
  ];
  const query = field.entries('queryParams').map(
    ([name, value]): QueryMatch => ({
      name,
      match: readTextMatch(value),
      // Only the first value is seen, and nothing is decoded (observed, row 5.12).
      repeated: 'first',
      decoded: false,
      source: value,
    }),
  );
  const port = field.number('port');
  const caller = readCaller(field);
  field.at('statPrefix')?.leave('names a metric; no effect on traffic');
  return {
    ...(path ? { path } : {}),
    ...(method ? { method: readTextMatch(method) } : {}),
    ...(scheme ? { scheme: readTextMatch(scheme) } : {}),
    ...(authority ? { authority: readTextMatch(authority) } : {}),
    ...(headers.length > 0 ? { headers } : {}),
    ...(query.length > 0 ? { query } : {}),
    ...(claims.length > 0 ? { claims } : {}),
    ...(port === undefined ? {} : { port }),
    ...(caller ? { caller } : {}),
    source: field,
  };
};

/**
 * Headers: names without regard to case, any of several lines is enough (observed, row 5.2). `withoutHeaders` takes
 * what does not match, and compares an absent header as an empty one unless it only asks for presence (rows 5.6–5.9).
 */
const readHeader = (name: string, value: Field, inverted: boolean): HeaderMatch => {
  const match = readTextMatch(value);
  return {
    name: name.toLowerCase(),
    match,
    inverted,
    missing: inverted && match.kind !== 'present' ? 'empty' : 'noMatch',
    repeated: 'any',
    source: value,
  };
};

const claimPrefix = '@request.auth.claims';
const isClaim = (name: string): boolean => name.startsWith(claimPrefix);

/** `@request.auth.claims.a.b` or `@request.auth.claims[a][b]`. */
const readClaim = (name: string, value: Field, inverted: boolean): NonNullable<Match['claims']>[number] => {
  const rest = name.slice(claimPrefix.length);
  const bracketed = [...rest.matchAll(/\[([^\]]*)\]/g)].map(part => part[1] ?? '');
  const path = bracketed.length > 0 ? bracketed : rest.split('.').filter(step => step !== '');
  return { path, match: readTextMatch(value), inverted, source: value };
};

/**
 * Source labels and namespace are looked at when the client's proxy is configured. In an entry whose `gateways` name
 * `mesh` they are ignored (observed, row 5.16), and then the entry takes every caller.
 */
const readCaller = (field: Field): CallerMatch | undefined => {
  const labels = field.textMap('sourceLabels');
  const namespace = field.text('sourceNamespace');
  if (!labels && !namespace) return undefined;
  if (field.texts('gateways')?.includes('mesh')) {
    field.at('sourceLabels')?.leave('ignored by the proxy: the same match names the gateway `mesh`');
    field.at('sourceNamespace')?.leave('ignored by the proxy: the same match names the gateway `mesh`');
    return undefined;
  }
  return {
    ...(labels ? { labels } : {}),
    ...(namespace ? { namespaces: [namespace] } : {}),
    source: field.at('sourceLabels') ?? field.at('sourceNamespace') ?? field,
  };
};
