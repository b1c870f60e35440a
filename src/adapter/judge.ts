/**
 * How a writer answers for every leaf of the model. A judge has one method per kind of leaf, so a new kind does not
 * compile until every mesh has answered; `fitModel` walks the model, asks, and applies the effects.
 */
import type { AccessPolicy, AccessRule } from '../model/capabilities/access.ts';
import type { ConnectionLimits } from '../model/capabilities/connection-limits.ts';
import type { Cors } from '../model/capabilities/cors.ts';
import type { DestinationSettings } from '../model/capabilities/destination.ts';
import type { DirectResponse } from '../model/capabilities/direct-response.ts';
import type { PeerEncryption } from '../model/capabilities/encryption.ts';
import type { Fault } from '../model/capabilities/fault.ts';
import type { HeaderEdits } from '../model/capabilities/header-edits.ts';
import type { LoadBalancing } from '../model/capabilities/load-balancing.ts';
import type { Locality } from '../model/capabilities/locality.ts';
import type { Mirror } from '../model/capabilities/mirror.ts';
import type { OutlierDetection } from '../model/capabilities/outlier-detection.ts';
import type { RateLimit } from '../model/capabilities/rate-limit.ts';
import type { Redirect } from '../model/capabilities/redirect.ts';
import type { RequestAuthentication, TokenIssuer } from '../model/capabilities/request-authentication.ts';
import type { Retries } from '../model/capabilities/retries.ts';
import type { Rewrite } from '../model/capabilities/rewrite.ts';
import type { Telemetry } from '../model/capabilities/telemetry.ts';
import type { Timeouts } from '../model/capabilities/timeouts.ts';
import type { UpstreamTls } from '../model/capabilities/upstream-tls.ts';
import type { EgressDefault, ServiceExposure, Visibility } from '../model/capabilities/visibility.ts';
import type { Action, Backend, Frontend, NoMatch, Rule } from '../model/frontend.ts';
import type { Gateway, Listener, Service, Workload } from '../model/inventory.ts';
import type { ClaimMatch, HeaderMatch, Match, PathMatch, QueryMatch, TextMatch } from '../model/match.ts';
import type { Mesh, MeshDefaults } from '../model/mesh.ts';
import type { Model } from '../model/model.ts';
import type { Verdict } from './disposition.ts';

/** Where a rule's leaf stands. */
export interface RuleContext {
  readonly frontend: Frontend;
  readonly rule: Rule;
}

/** Where an action's leaf stands. */
export interface ActionContext {
  readonly frontend: Frontend;
  readonly action: Action;
}

/** One field of a flat settings object, judged on its own. */
export type FieldOf<T> = {
  [K in Exclude<keyof T & string, 'source'>]: { readonly field: K; readonly value: NonNullable<T[K]> };
}[Exclude<keyof T & string, 'source'>];

export interface Judge {
  /** What the target does when nothing is said; a source default that differs is put to `meshDefault`. */
  readonly defaults: MeshDefaults;
  /** The frontend as such: what it listens on, for which clients, with which protocol. Refused: the whole table goes. */
  readonly frontend: (frontend: Frontend) => Verdict<Frontend>;
  readonly noMatch: (noMatch: NoMatch, frontend: Frontend) => Verdict<NoMatch>;
  /** Whether the order of the rules survives; the value is the rules in the order they will have. */
  readonly order: (rules: readonly Rule[], frontend: Frontend) => Verdict<readonly Rule[]>;

  // Parts of a match. Refused: the rule goes (it may narrow, never widen).
  readonly path: (path: PathMatch, at: RuleContext) => Verdict<PathMatch>;
  readonly method: (method: TextMatch, at: RuleContext) => Verdict<TextMatch>;
  readonly scheme: (scheme: TextMatch, at: RuleContext) => Verdict<TextMatch>;
  readonly authority: (authority: TextMatch, at: RuleContext) => Verdict<TextMatch>;
  readonly header: (header: HeaderMatch, at: RuleContext) => Verdict<HeaderMatch>;
  readonly query: (query: QueryMatch, at: RuleContext) => Verdict<QueryMatch>;
  readonly claim: (claim: ClaimMatch, at: RuleContext) => Verdict<ClaimMatch>;
  readonly port: (port: number, at: RuleContext) => Verdict<number>;
  readonly sni: (names: readonly string[], at: RuleContext) => Verdict<readonly string[]>;
  readonly addresses: (cidrs: readonly string[], at: RuleContext) => Verdict<readonly string[]>;
  readonly caller: (caller: NonNullable<Match['caller']>, at: RuleContext) => Verdict<NonNullable<Match['caller']>>;

  // Parts of an action. A refused target takes the action and its rules with it; anything else is left out.
  readonly backend: (backend: Backend, at: ActionContext) => Verdict<Backend>;
  readonly weights: (weights: readonly number[], at: ActionContext) => Verdict<readonly number[]>;
  readonly redirect: (redirect: Redirect, at: ActionContext) => Verdict<Redirect>;
  readonly directResponse: (response: DirectResponse, at: ActionContext) => Verdict<DirectResponse>;
  readonly timeout: (timeout: FieldOf<Timeouts>, at: ActionContext) => Verdict<FieldOf<Timeouts>>;
  readonly retry: (retry: FieldOf<Retries>, at: ActionContext) => Verdict<FieldOf<Retries>>;
  readonly faultDelay: (delay: NonNullable<Fault['delay']>, at: ActionContext) => Verdict<NonNullable<Fault['delay']>>;
  readonly faultAbort: (abort: NonNullable<Fault['abort']>, at: ActionContext) => Verdict<NonNullable<Fault['abort']>>;
  readonly mirror: (mirror: Mirror, at: ActionContext) => Verdict<Mirror>;
  readonly cors: (cors: Cors, at: ActionContext) => Verdict<Cors>;
  /** `where`: on the route or on one backend; of the request or of the response. */
  readonly headerEdits: (
    edits: HeaderEdits,
    at: ActionContext & { readonly where: 'route' | 'backend'; readonly of: 'request' | 'response' },
  ) => Verdict<HeaderEdits>;
  readonly rewriteHost: (host: string, at: ActionContext) => Verdict<string>;
  readonly rewritePath: (
    path: NonNullable<Rewrite['path']>,
    at: ActionContext,
  ) => Verdict<NonNullable<Rewrite['path']>>;

  // Destination settings, each on its own.
  /** The target and the clients of the settings. Refused: all of it goes. */
  readonly destination: (settings: DestinationSettings) => Verdict<DestinationSettings>;
  readonly loadBalancing: (value: LoadBalancing, at: DestinationSettings) => Verdict<LoadBalancing>;
  readonly locality: (value: Locality, at: DestinationSettings) => Verdict<Locality>;
  readonly connectionLimit: (
    limit: FieldOf<ConnectionLimits>,
    at: DestinationSettings,
  ) => Verdict<FieldOf<ConnectionLimits>>;
  readonly outlier: (setting: FieldOf<OutlierDetection>, at: DestinationSettings) => Verdict<FieldOf<OutlierDetection>>;
  readonly upstreamTls: (tls: UpstreamTls, at: DestinationSettings) => Verdict<UpstreamTls>;
  readonly retryBudget: (
    budget: NonNullable<DestinationSettings['retryBudget']>,
    at: DestinationSettings,
  ) => Verdict<NonNullable<DestinationSettings['retryBudget']>>;
  readonly tunnel: (
    tunnel: NonNullable<DestinationSettings['tunnel']>,
    at: DestinationSettings,
  ) => Verdict<NonNullable<DestinationSettings['tunnel']>>;
  readonly proxyProtocol: (version: string, at: DestinationSettings) => Verdict<string>;

  // Security.
  readonly encryption: (encryption: PeerEncryption, model: Model) => Verdict<PeerEncryption>;
  /** The policy's scope and what it means for everything else. Refused: the whole policy goes. */
  readonly accessPolicy: (policy: AccessPolicy, model: Model) => Verdict<AccessPolicy>;
  readonly accessRule: (rule: AccessRule, policy: AccessPolicy, model: Model) => Verdict<AccessRule>;
  readonly tokenIssuer: (issuer: TokenIssuer, at: RequestAuthentication) => Verdict<TokenIssuer>;
  readonly rateLimit: (limit: RateLimit, model: Model) => Verdict<RateLimit>;

  // Reach.
  readonly visibility: (visibility: Visibility) => Verdict<Visibility>;
  readonly exposure: (exposure: ServiceExposure) => Verdict<ServiceExposure>;
  readonly egress: (egress: EgressDefault, model: Model) => Verdict<EgressDefault>;
  readonly externalService: (service: Service) => Verdict<Service>;
  /** A machine as a member of the mesh. Refused: it is none, and no Service leads to it. */
  readonly machine: (machine: Workload) => Verdict<Workload>;
  readonly gateway: (gateway: Gateway) => Verdict<Gateway>;
  readonly listener: (listener: Listener, gateway: Gateway) => Verdict<Listener>;

  readonly telemetry: (telemetry: Telemetry) => Verdict<Telemetry>;
  /** The source mesh's behaviour of saying nothing, where the target's differs. */
  readonly meshDefault: (setting: FieldOf<MeshDefaults>, mesh: Mesh) => Verdict<FieldOf<MeshDefaults>>;
}

/** What is asked about a route table as a whole. */
export type TableJudge = Pick<Judge, 'frontend' | 'order' | 'noMatch'>;

/** What is asked about the conditions of a rule. */
export type MatchJudge = Pick<
  Judge,
  'path' | 'method' | 'scheme' | 'authority' | 'header' | 'query' | 'port' | 'caller' | 'addresses' | 'claim' | 'sni'
>;

/** What is asked about the parts of an action. */
export type ActionJudge = Pick<
  Judge,
  | 'backend'
  | 'weights'
  | 'redirect'
  | 'directResponse'
  | 'timeout'
  | 'retry'
  | 'faultDelay'
  | 'faultAbort'
  | 'mirror'
  | 'cors'
  | 'headerEdits'
  | 'rewriteHost'
  | 'rewritePath'
>;
