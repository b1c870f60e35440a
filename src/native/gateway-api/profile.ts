import type { Regex, Repeated } from '../../model/match.ts';
import type { Ranking } from './ranking.ts';

/** Every filter type of HTTPRoute and GRPCRoute, in any channel. */
export const filterTypes = [
  'RequestHeaderModifier',
  'ResponseHeaderModifier',
  'RequestMirror',
  'RequestRedirect',
  'URLRewrite',
  'CORS',
  'ExtensionRef',
  'ExternalAuth',
] as const;

export type FilterType = (typeof filterTypes)[number];

/**
 * What an implementation of Gateway API does where the specification leaves room, or where it departs from it. Facts
 * only; the adapter that states a profile documents where each one comes from.
 */
export interface GatewayApiProfile {
  /** How the matches of all routes on one parent are put in order. */
  readonly ranking: Ranking;
  /** The language of `RegularExpression` matches. */
  readonly regex: Pick<Regex, 'dialect' | 'anchoring'>;
  /** How several header lines, or several query parameters, of one name are seen. */
  readonly repeatedHeaders: Repeated;
  readonly repeatedQuery: Repeated;
  /** Whether query values are percent-decoded before they are compared. */
  readonly decodesQuery: boolean;
  /** Filters that are honoured, on rules and on single backends. */
  readonly filters: readonly FilterType[];
  readonly backendFilters: readonly FilterType[];
  /** What becomes of a rule with a filter that is not honoured: it answers 500, the whole route is not taken over, or nothing. */
  readonly unsupportedFilter: 'ruleFails' | 'routeFails' | 'ignored';
  /** A prefix takes whatever text begins with it; absent: it takes whole segments, as the API says. */
  readonly prefixes?: 'text';
  /** Whether the experimental `retry` of a rule is honoured. */
  readonly retries: boolean;
  /** Whether `timeouts.backendRequest` is honoured. */
  readonly backendRequestTimeout: boolean;
  /** What a rule without backends does: answers `invalidBackendStatus`, or goes to the service it is attached to. */
  readonly withoutBackends: 'fails' | 'parentService';
  /** Whether a single backend takes everything although its weight is zero; absent: it takes nothing. */
  readonly soleBackendTakesAll?: boolean;
  /** The status of requests whose share leads nowhere: an invalid reference, no backends, only zero weights. */
  readonly invalidBackendStatus: number;
  /** The status of requests that no rule of a parent takes. */
  readonly noMatchStatus: number;
  /** Whether a route on a Service that lives in the client's namespace hides the routes of the service's namespace. */
  readonly consumerRoutes: 'replace' | 'merge';
  /** Whether a route for one port of a Service shares that port with the routes for all ports, or one hides the other. */
  readonly portRoutes: 'share' | 'apart';
  /** Whether the hostnames of a route on a Service narrow it. */
  readonly serviceHostnames: 'honoured' | 'ignored';
  /** Whether a request that no rule of the most specific host name takes is tried with less specific ones. */
  readonly hostFallThrough: boolean;
  /** Whether a route on a Service needs a ReferenceGrant for a backend in another namespace. */
  readonly grantsForServiceRoutes: boolean;
  /** What happens when route kinds meet on one Service port. */
  readonly mixedKinds: 'mostSpecificKind' | 'merge';
}

/**
 * Gateway API as it is written (v1.6), with the commonest behaviour where it says "implementation-specific": Envoy's
 * view of regular expressions, repeated headers and query parameters.
 */
export const specificationProfile: GatewayApiProfile = {
  ranking: { kind: 'specification', regex: 'belowPrefixes', regexSpecified: false, regexTies: 'listOrder' },
  regex: { dialect: 're2', anchoring: 'full' },
  repeatedHeaders: 'any',
  repeatedQuery: 'first',
  decodesQuery: false,
  filters: [
    'RequestHeaderModifier',
    'ResponseHeaderModifier',
    'RequestMirror',
    'RequestRedirect',
    'URLRewrite',
    'CORS',
  ],
  backendFilters: [
    'RequestHeaderModifier',
    'ResponseHeaderModifier',
    'RequestMirror',
    'RequestRedirect',
    'URLRewrite',
    'CORS',
  ],
  unsupportedFilter: 'ruleFails',
  retries: true,
  backendRequestTimeout: true,
  withoutBackends: 'fails',
  invalidBackendStatus: 500,
  noMatchStatus: 404,
  consumerRoutes: 'replace',
  portRoutes: 'share',
  serviceHostnames: 'ignored',
  hostFallThrough: true,
  grantsForServiceRoutes: false,
  mixedKinds: 'mostSpecificKind',
};
