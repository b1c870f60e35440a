import type { HeaderEdits } from '../../model/capabilities/header-edits.ts';
import type { Redirect } from '../../model/capabilities/redirect.ts';
import type { Retries } from '../../model/capabilities/retries.ts';
import type { PathRewrite } from '../../model/capabilities/rewrite.ts';
import type { Timeouts } from '../../model/capabilities/timeouts.ts';
import type { Action, Backend, Rule, WeightedBackend } from '../../model/frontend.ts';
import type { PathMatch } from '../../model/match.ts';
import type { MeshDefaults } from '../../model/mesh.ts';
import type { Clusters } from './clusters.ts';
import { corsNode, faultNode } from './filters.ts';
import { usualPorts } from './judge-action.ts';
import { statusCodes } from './judge-retries.ts';
import { routeMatch } from './match.ts';
import { duration, fraction, literal, literalSubstitution, type Node, said, withoutCommands } from './text.ts';

/** What a route needs to know of where it stands. */
export interface RoutePlace {
  readonly clusters: Clusters;
  /** The port that was dialled. */
  readonly port: number;
  /** How requests come in. */
  readonly scheme: 'http' | 'https';
}

/** One rule as a Route. */
export const routeNode = ({ match, action }: Rule, place: RoutePlace): Node => ({
  match: routeMatch(match),
  ...actionNode(action, match.path, place),
});

const actionNode = (action: Action, path: PathMatch | undefined, place: RoutePlace): Node => {
  const { target, cors, fault } = action;
  const filters = { ...(cors ? corsNode(cors) : {}), ...(fault ? faultNode(fault) : {}) };
  const perFilter = Object.keys(filters).length > 0 ? { typed_per_filter_config: filters } : {};
  if (target.kind === 'redirect') {
    return {
      redirect: redirectNode(target.redirect, path, place),
      ...responseEdits(action.responseHeaders),
      ...perFilter,
    };
  }
  if (target.kind === 'respond') {
    const { status, body } = target.response;
    return {
      direct_response: said({ status, body: body === undefined ? undefined : { inline_string: body } }),
      ...responseEdits(action.responseHeaders),
      ...perFilter,
    };
  }
  const [only] = target.backends;
  const isSplit = target.backends.length !== 1 || only === undefined;
  return {
    route: said({
      ...(isSplit
        ? { weighted_clusters: { clusters: target.backends.map(share => shareNode(share, action, place)) } }
        : { cluster: place.clusters.of(only.backend, place.port) }),
      ...treatmentNode(action.timeouts, action.retries),
      ...rewriteNode(action.rewrite?.path, path),
      host_rewrite_literal: action.rewrite?.host,
      request_mirror_policies: action.mirrors?.map(({ backend, percent }) => ({
        cluster: place.clusters.of(backend, place.port),
        runtime_fraction: { default_value: fraction(percent.value) },
      })),
    }),
    ...(isSplit ? {} : bothEdits(action, only)),
    ...perFilter,
  };
};

const shareNode = (share: WeightedBackend, action: Action, { clusters, port }: RoutePlace): Node => ({
  name: clusters.of(share.backend, port),
  weight: share.weight.value,
  ...bothEdits(action, share),
});

/** Everything to one service, as if there were no route table. */
export const wholeNode = (
  backend: Backend,
  { retries, timeouts }: MeshDefaults,
  { clusters, port }: RoutePlace,
): Node => ({
  match: { prefix: '/' },
  route: said({ cluster: clusters.of(backend, port), ...treatmentNode(timeouts, retries) }),
});

/** An answer to whatever is left. */
export const answerNode = (status: number): Node => ({ match: { prefix: '/' }, direct_response: { status } });

/** Plain requests are sent to where TLS is spoken. */
export const httpsNode: Node = {
  match: { prefix: '/' },
  redirect: { https_redirect: true, response_code: 'MOVED_PERMANENTLY' },
};

/** Without a word Envoy gives up after 15 s (RouteAction.timeout), so that none is written where there is none. */
const treatmentNode = (timeouts: Timeouts | undefined, retries: Retries | undefined): Node => {
  const perTry = timeouts?.perTry?.value;
  const tries = retryNode(retries, perTry);
  return {
    timeout: duration(timeouts?.request?.value ?? 0),
    idle_timeout: timeouts?.idle && duration(timeouts.idle.value),
    retry_policy: tries,
  };
};

const retryNode = (retries: Retries | undefined, perTryMs: number | undefined): Node | undefined => {
  const isRetried = retries !== undefined && retries.max.value > 0 && retries.on.value.length > 0;
  if (!isRetried && !perTryMs) return undefined;
  const conditions = isRetried ? retries.on.value : [];
  const codes = [...new Set(conditions.flatMap(statusCodes))];
  const words = conditions
    .filter(condition => !condition.startsWith('status:'))
    .map(condition => condition.replace(/^grpc:/, ''));
  const backoff = retries?.backoff?.value;
  return said({
    retry_on: [...words, ...(codes.length > 0 ? ['retriable-status-codes'] : [])].join(',') || undefined,
    num_retries: isRetried ? retries.max.value : 0,
    per_try_timeout: perTryMs ? duration(perTryMs) : undefined,
    retriable_status_codes: codes.length > 0 ? codes : undefined,
    retry_back_off:
      isRetried && backoff
        ? said({
            base_interval: duration(backoff.baseMs),
            max_interval: backoff.maxMs === undefined ? undefined : duration(backoff.maxMs),
          })
        : undefined,
    ...(isRetried && retries.avoidPreviousHosts?.value
      ? {
          retry_host_predicate: [
            {
              name: 'envoy.retry_host_predicates.previous_hosts',
              typed_config: {
                '@type': 'type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate',
              },
            },
          ],
          host_selection_retry_max_attempts: 5,
        }
      : {}),
  });
};

/** How the path is changed: the same words for a rewrite and for a redirect, but for a whole path. */
const rewriteNode = (rewrite: PathRewrite | undefined, path: PathMatch | undefined): Node => {
  if (!rewrite) return {};
  const regex = (pattern: string, substitution: string): Node => ({
    regex_rewrite: { pattern: { regex: pattern }, substitution },
  });
  if (rewrite.kind === 'regex') return regex(rewrite.pattern, rewrite.substitution);
  if (rewrite.kind === 'full') return regex('^.*$', literalSubstitution(rewrite.value));
  const length = path?.kind === 'prefix' || path?.kind === 'segmentPrefix' ? path.value.length : undefined;
  if (rewrite.kind === 'prefix') {
    if (length !== 0) return rewrite.value === '' ? regex(takenPattern(path), '') : { prefix_rewrite: rewrite.value };
    return regex('^', literalSubstitution(rewrite.value));
  }
  // By segments no slash is doubled, and none is missing.
  const value = rewrite.value.replace(/\/$/, '');
  if (path && length === undefined) return regex('^.*$', literalSubstitution(value || '/'));
  if (!path || length === 0) return regex('^(.*)$', `${literalSubstitution(value)}\\1`);
  const taken = takenPattern(path);
  return value === '' ? regex(`${taken}/?(.*)$`, '/\\1') : regex(`${taken}(.*)$`, `${literalSubstitution(value)}\\1`);
};

/** The beginning of a path that a match took. */
const takenPattern = (path: PathMatch | undefined): string => {
  if (!path) return '^/';
  if (path.kind !== 'prefix' && path.kind !== 'segmentPrefix') return '^.*$';
  return `${path.ignoreCase ? '(?i)' : ''}^${literal(path.value)}`;
};

const statusNames: Readonly<Record<number, string>> = {
  301: 'MOVED_PERMANENTLY',
  302: 'FOUND',
  303: 'SEE_OTHER',
  307: 'TEMPORARY_REDIRECT',
  308: 'PERMANENT_REDIRECT',
};

const redirectNode = (redirect: Redirect, match: PathMatch | undefined, place: RoutePlace): Node => {
  const { status, scheme, hostname, path } = redirect;
  // A new host goes without the port that was asked; an old one keeps it, unless another is named.
  const usual = hostname === undefined ? usualPorts[scheme ?? place.scheme] : undefined;
  const wanted =
    redirect.port ??
    (redirect.portFrom === 'scheme' ? usual : redirect.portFrom === 'request' ? place.port : undefined);
  return said({
    response_code: statusNames[status.value],
    scheme_redirect: scheme,
    host_redirect: hostname,
    port_redirect: wanted,
    ...(path?.kind === 'full' ? { path_redirect: path.value } : rewriteNode(path, match)),
  });
};

/** Edits of the rule and of one backend together: what both remove goes first, and what the backend sets counts. */
const bothEdits = (action: Action, share: WeightedBackend): Node => ({
  ...editsNode('request', combined(action.requestHeaders, share.requestHeaders)),
  ...editsNode('response', combined(action.responseHeaders, share.responseHeaders)),
});

const responseEdits = (edits: HeaderEdits | undefined): Node => editsNode('response', edits);

const combined = (rule: HeaderEdits | undefined, backend: HeaderEdits | undefined): HeaderEdits | undefined => {
  if (!rule || !backend) return rule ?? backend;
  const add: Record<string, string> = { ...rule.add };
  for (const [name, value] of Object.entries(backend.add ?? {})) {
    add[name] = add[name] === undefined ? value : `${add[name]},${value}`;
  }
  return {
    set: { ...rule.set, ...backend.set },
    add,
    remove: [...new Set([...(rule.remove ?? []), ...(backend.remove ?? [])])],
  };
};

const editsNode = (of: 'request' | 'response', edits: HeaderEdits | undefined): Node => {
  if (!edits) return {};
  const line =
    (append_action: string) =>
    ([key, value]: [string, string]): Node => ({
      header: { key, value: withoutCommands(value) },
      append_action,
      ...(value === '' ? { keep_empty_value: true } : {}),
    });
  const lines = [
    ...Object.entries(edits.set ?? {}).map(line('OVERWRITE_IF_EXISTS_OR_ADD')),
    ...Object.entries(edits.add ?? {}).map(line('APPEND_IF_EXISTS_OR_ADD')),
  ];
  return {
    ...(lines.length > 0 ? { [`${of}_headers_to_add`]: lines } : {}),
    ...(edits.remove?.length ? { [`${of}_headers_to_remove`]: edits.remove } : {}),
  };
};
