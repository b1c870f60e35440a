import type { Manifest } from '../../../adapter/adapter.ts';
import { ownershipLabel } from '../../../adapter/adapter.ts';
import { byKey, groupBy } from '../../../base/order.ts';
import type { Frontend, Rule } from '../../../model/frontend.ts';
import type { Match, PathMatch } from '../../../model/match.ts';
import { emitAction } from './emit-action.ts';
import { writeTextMatch } from './text-match.ts';

/** How hosts, services and gateways of the model are named in the objects written. */
export interface Naming {
  /** The host of a service, and the namespace that owns it. */
  readonly hostOf: (service: string) => { readonly host: string; readonly namespace: string };
}

/**
 * One VirtualService per frontend and client scope, so that nothing depends on how Istio merges objects (it does not:
 * observed, row 2.3). HTTP, TLS and TCP tables of one service share an object.
 */
export const emitVirtualServices = (frontends: readonly Frontend[], naming: Naming): Manifest[] => {
  const inMesh = frontends.filter(frontend => frontend.listens.kind !== 'listener');
  const groups = groupBy(inMesh, frontend =>
    JSON.stringify([hostsOf(frontend, naming), frontend.clients.namespaces ?? null]),
  );
  return [...groups.values()]
    .map(group => emitOne(group, naming))
    .sort(byKey(m => `${m.metadata.namespace}/${m.metadata.name}`));
};

const hostsOf = (frontend: Frontend, naming: Naming): readonly string[] => {
  const { listens } = frontend;
  if (listens.kind === 'service') return [naming.hostOf(listens.service).host];
  return listens.kind === 'hosts' ? listens.hosts : [];
};

const emitOne = (group: readonly Frontend[], naming: Naming): Manifest => {
  const [first] = group as readonly [Frontend];
  const hosts = hostsOf(first, naming);
  const owner = first.listens.kind === 'service' ? naming.hostOf(first.listens.service).namespace : undefined;
  const scope = first.clients.namespaces;
  const namespace = scope?.[0] ?? owner ?? 'default';
  const isPrivate = scope !== undefined;
  const section = (protocol: 'http' | 'tls' | 'tcp') =>
    group.filter(f => (protocol === 'http' ? f.protocol !== 'tls' && f.protocol !== 'tcp' : f.protocol === protocol));
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: objectName(hosts[0] ?? 'routes'), namespace, labels: ownershipLabel },
    spec: {
      hosts,
      ...(isPrivate ? { exportTo: scope.length === 1 ? ['.'] : [...scope] } : {}),
      ...sectionOf(
        'http',
        section('http').flatMap(f => emitHttp(f, naming)),
      ),
      ...sectionOf(
        'tls',
        section('tls').flatMap(f => emitL4(f, naming)),
      ),
      ...sectionOf(
        'tcp',
        section('tcp').flatMap(f => emitL4(f, naming)),
      ),
    },
  };
};

const sectionOf = (key: string, rules: readonly unknown[]): Record<string, unknown> =>
  rules.length > 0 ? { [key]: rules } : {};

/** A name from a host: its labels, wildcards spelt out. */
export const objectName = (host: string): string =>
  host
    .replace(/\.svc\..*$/, '')
    .replace(/^\*\.?/, 'wildcard-')
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, '-')
    .slice(0, 253);

/** Rules in list order; neighbours that share an action become one rule with several matches. */
const emitHttp = (frontend: Frontend, naming: Naming): Record<string, unknown>[] => {
  const rules: { rule: Rule; matches: Record<string, unknown>[] }[] = [];
  for (const rule of frontend.rules) {
    const matches = httpMatches(rule.match);
    const last = rules.at(-1);
    const rewritesByPath = rule.action.rewrite?.path?.kind === 'segmentPrefix';
    if (last && last.rule.action === rule.action && last.matches.length > 0 && matches.length > 0 && !rewritesByPath) {
      last.matches.push(...matches);
    } else {
      rules.push({ rule, matches });
    }
  }
  const emitted = rules.flatMap(({ rule, matches }) => emitRule(rule, matches, naming));
  if (frontend.noMatch.kind === 'passToService' && frontend.listens.kind === 'service') {
    const { host } = naming.hostOf(frontend.listens.service);
    emitted.push({ route: [{ destination: { host } }] });
  }
  return emitted;
};

const emitRule = (
  rule: Rule,
  matches: readonly Record<string, unknown>[],
  naming: Naming,
): Record<string, unknown>[] => {
  const rewrite = rule.action.rewrite?.path;
  const prefix = rule.match.path;
  if (rewrite?.kind !== 'segmentPrefix' || prefix?.kind !== 'segmentPrefix') {
    return [{ ...(matches.length > 0 ? { match: matches } : {}), ...emitAction(rule.action, naming) }];
  }
  // By segments: the prefix alone and what lies below it are rewritten each in its own way (meshes.md A.10.3).
  const to = rewrite.value.replace(/\/+$/, '');
  return matches.map(match => {
    const exact = 'exact' in (match.uri as Record<string, unknown>);
    const value = exact ? to || '/' : `${to}/`;
    const action = { ...rule.action, rewrite: { ...rule.action.rewrite, path: { kind: 'prefix' as const, value } } };
    return { match: [match], ...emitAction(action, naming) };
  });
};

/** A match as HTTPMatchRequests; a segment prefix needs two (meshes.md A.1.5). No conditions: no entries. */
const httpMatches = (match: Match): Record<string, unknown>[] => {
  const rest = matchWithoutPath(match);
  const paths = match.path ? uriForms(match.path) : [];
  if (paths.length === 0) return Object.keys(rest).length === 0 ? [] : [rest];
  return paths.map(path => ({ ...path, ...rest }));
};

const uriForms = (path: PathMatch): Record<string, unknown>[] => {
  const folded = path.kind !== 'regex' && path.ignoreCase ? { ignoreUriCase: true } : {};
  if (path.kind === 'regex') return [{ uri: { regex: path.regex.pattern } }];
  if (path.kind === 'exact') return [{ uri: { exact: path.value }, ...folded }];
  if (path.value === '' || path.value === '/') return [{ uri: { prefix: '/' }, ...folded }];
  if (path.kind === 'prefix') return [{ uri: { prefix: path.value }, ...folded }];
  return [
    { uri: { exact: path.value }, ...folded },
    { uri: { prefix: `${path.value}/` }, ...folded },
  ];
};

const matchWithoutPath = (match: Match): Record<string, unknown> => {
  const headers: Record<string, unknown> = {};
  const withoutHeaders: Record<string, unknown> = {};
  for (const header of match.headers ?? []) {
    (header.inverted ? withoutHeaders : headers)[header.name] = writeTextMatch(header.match);
  }
  for (const claim of match.claims ?? []) {
    const name = `@request.auth.claims${claim.path.map(step => `[${step}]`).join('')}`;
    (claim.inverted ? withoutHeaders : headers)[name] = writeTextMatch(claim.match);
  }
  const queryParams = Object.fromEntries((match.query ?? []).map(q => [q.name, writeTextMatch(q.match)]));
  const namespace = match.caller?.namespaces?.[0];
  return {
    ...(match.method ? { method: writeTextMatch(match.method) } : {}),
    ...(match.scheme ? { scheme: writeTextMatch(match.scheme) } : {}),
    ...(match.authority ? { authority: writeTextMatch(match.authority) } : {}),
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    ...(Object.keys(withoutHeaders).length > 0 ? { withoutHeaders } : {}),
    ...(Object.keys(queryParams).length > 0 ? { queryParams } : {}),
    ...(match.port === undefined ? {} : { port: match.port }),
    ...(match.caller?.labels ? { sourceLabels: match.caller.labels } : {}),
    ...(namespace ? { sourceNamespace: namespace } : {}),
  };
};

const emitL4 = (frontend: Frontend, naming: Naming): Record<string, unknown>[] =>
  frontend.rules.map(({ match, action }) => {
    const [subnet] = match.caller?.addresses ?? [];
    const conditions = {
      ...(match.sni ? { sniHosts: match.sni } : {}),
      ...(match.addresses ? { destinationSubnets: match.addresses } : {}),
      ...(match.port === undefined ? {} : { port: match.port }),
      ...(match.caller?.labels ? { sourceLabels: match.caller.labels } : {}),
      ...(match.caller?.namespaces?.[0] ? { sourceNamespace: match.caller.namespaces[0] } : {}),
      ...(subnet ? { sourceSubnet: subnet } : {}),
    };
    const { route } = emitAction(action, naming);
    return { ...(Object.keys(conditions).length > 0 ? { match: [conditions] } : {}), route };
  });
