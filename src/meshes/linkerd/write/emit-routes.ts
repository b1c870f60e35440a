import { type Manifest, ownershipLabel } from '../../../adapter/adapter.ts';
import type { Action, Frontend, Rule } from '../../../model/frontend.ts';
import type { HeaderMatch, Match, QueryMatch } from '../../../model/match.ts';
import type { Model } from '../../../model/model.ts';
import { type RouteManifest, type RouteWriting, writeRoutes } from '../../../native/gateway-api/write-routes.ts';
import { gatewayProfile } from '../gateway-profile.ts';
import { rustRegex } from '../regex.ts';
import { isSameRule } from './judge-frontend.ts';
import type { Judging } from './judging.ts';
import { plainDuration, routeAnnotations, withoutAnnotated } from './route-annotations.ts';
import { isBytes, routePorts, sameService } from './route-ports.ts';
import { rulesInOrder, type Variant, variantsOf } from './variants.ts';

/** The tables of the expected model as routes of gateway.networking.k8s.io on Services. Nothing is lost here. */
export const emitRoutes = (model: Model, judging: Judging): readonly Manifest[] =>
  distinctNames(model.frontends.flatMap(frontend => tableRoutes(frontend, model, judging)));

const tableRoutes = (frontend: Frontend, model: Model, judging: Judging): readonly RouteManifest[] => {
  const { listens, clients } = frontend;
  if (listens.kind !== 'service') return [];
  const [home = '', service = ''] = listens.service.split('/');
  const rules = clients.namespaces ? ownRules(frontend, model) : frontend.rules;
  const ports = routePorts(frontend, rules, model.frontends, judging);
  const isOnly = ports.length === 1 && judging.portsOf(listens.service).length === 1;
  return (clients.namespaces ?? [home]).flatMap(namespace =>
    variantsOf(frontend, rules, ports).flatMap(variant => {
      const isConsumer = namespace !== home;
      const port = isOnly ? undefined : variant.port;
      const parent = {
        group: '',
        kind: 'Service',
        name: service,
        ...(isConsumer ? { namespace: home } : {}),
        ...(port === undefined ? {} : { port }),
      };
      const name = [isConsumer ? `${service}-${home}` : service, port, hostName(variant.host)]
        .filter(part => part !== undefined)
        .join('-');
      const place = {
        namespace,
        name,
        parents: [parent],
        ...(variant.host === undefined ? {} : { hostnames: [variant.host] }),
        dialled: variant.port,
      };
      return routesAt(frontend, variant, place, judging);
    }),
  );
};

const hostName = (host: string | undefined): string | undefined => host?.replace(/^\*/, 'any').toLowerCase();

/** What a namespace's table says beside what everyone's says: the two are joined there. */
const ownRules = (frontend: Frontend, model: Model): readonly Rule[] => {
  const general = model.frontends.find(
    other => sameService(other, frontend) && isBytes(other) === isBytes(frontend) && !other.clients.namespaces,
  );
  return general
    ? frontend.rules.filter(rule => !general.rules.some(other => isSameRule(other, rule)))
    : frontend.rules;
};

const routesAt = (
  frontend: Frontend,
  variant: Variant,
  place: Parameters<typeof writeRoutes>[1],
  judging: Judging,
): readonly RouteManifest[] => {
  const ordered = rulesInOrder(variant.rules, frontend);
  const unnamed = scattered(ordered);
  const originals = new Map<string, Action>();
  const plain = new Map<Action, Action>();
  const rules = ordered.map(rule => {
    const action = plain.get(rule.action) ?? withoutAnnotated(rule.action, frontend, !unnamed.has(rule.action));
    plain.set(rule.action, action);
    originals.set(action.id, rule.action);
    return { id: rule.id, match: written(rule.match), action };
  });
  const writing: RouteWriting = {
    profile: gatewayProfile,
    portsOf: judging.portsOf,
    labels: ownershipLabel,
    annotations: action => {
      const original = originals.get(action.id);
      return original ? routeAnnotations(original, frontend) : {};
    },
    referTo: (backend, dialled) => {
      if (backend.kind === 'nowhere') return undefined;
      const port = backend.port ?? dialled;
      const subset = judging.subsets.for(backend);
      if (port === undefined) return undefined;
      if (subset) return { namespace: subset.base.namespace, name: subset.name, port };
      const [namespace = '', name = ''] = backend.service.split('/');
      return { namespace, name, port };
    },
  };
  const table: Frontend = { ...frontend, rules, noMatch: { kind: 'respond', status: gatewayProfile.noMatchStatus } };
  const routes = writeRoutes(table, place, writing);
  return routes.map(route => withPlainTimeouts(withNamespaces(route, place.namespace)));
};

/** Actions that more than one rule of the route will have: a name stands for one rule only. */
const scattered = (rules: readonly Rule[]): ReadonlySet<Action> => {
  const seen = new Set<Action>();
  const twice = new Set<Action>();
  for (const [at, { action }] of rules.entries()) {
    if (rules[at - 1]?.action === action) continue;
    if (seen.has(action)) twice.add(action);
    seen.add(action);
  }
  return twice;
};

/** The rules of a route, each changed; the route itself if none is. */
const withRules = (route: RouteManifest, change: (rule: RouteRule) => RouteRule): RouteManifest => {
  const rules = route.spec.rules as readonly RouteRule[];
  const changed = rules.map(change);
  return changed.every((rule, index) => rule === rules[index])
    ? route
    : { ...route, spec: { ...route.spec, rules: changed } };
};

interface RouteRule {
  readonly backendRefs?: readonly object[];
  readonly timeouts?: { readonly request?: string };
}

const withPlainTimeouts = (route: RouteManifest): RouteManifest =>
  withRules(route, rule => {
    const { request } = rule.timeouts ?? {};
    if (request === undefined) return rule;
    const plain = plainDuration(request);
    return plain === request ? rule : { ...rule, timeouts: { ...rule.timeouts, request: plain } };
  });

/** References without a namespace look in that of the Service, not of the route: in a consumer's route all are spelled out. */
const withNamespaces = (route: RouteManifest, namespace: string): RouteManifest => {
  const [parent] = route.spec.parentRefs as readonly { readonly namespace?: string }[];
  if (parent?.namespace === undefined) return route;
  return withRules(route, rule =>
    rule.backendRefs ? { ...rule, backendRefs: rule.backendRefs.map(ref => ({ namespace, ...ref })) } : rule,
  );
};

/** Values as the API takes them: an empty value only as an expression. */
const written = (match: Match): Match =>
  match.headers?.some(isEmpty) || match.query?.some(isEmpty)
    ? {
        ...match,
        ...(match.headers ? { headers: match.headers.map(nonEmpty) } : {}),
        ...(match.query ? { query: match.query.map(nonEmpty) } : {}),
      }
    : match;

const isEmpty = ({ match }: HeaderMatch | QueryMatch): boolean => match.kind === 'exact' && match.value === '';

const nonEmpty = <T extends HeaderMatch | QueryMatch>(item: T): T =>
  isEmpty(item) ? { ...item, match: { kind: 'regex', regex: rustRegex('^$') } } : item;

/** Routes of one kind that came to one name are numbered in their order. */
const distinctNames = (routes: readonly RouteManifest[]): readonly Manifest[] => {
  const used = new Map<string, number>();
  return routes.map(({ apiVersion, kind, metadata, spec }) => {
    const key = `${kind} ${metadata.namespace}/${metadata.name}`;
    const count = (used.get(key) ?? 0) + 1;
    used.set(key, count);
    return {
      apiVersion,
      kind,
      metadata: count === 1 ? metadata : { ...metadata, name: `${metadata.name}.${count}` },
      spec,
    };
  });
};
