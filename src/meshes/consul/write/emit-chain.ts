import { type Manifest, ownershipLabel } from '../../../adapter/adapter.ts';
import { isSame } from '../../../base/same.ts';
import { formatDuration } from '../../../base/units.ts';
import type { HeaderEdits } from '../../../model/capabilities/header-edits.ts';
import type { Action, Backend, Frontend, Rule, WeightedBackend } from '../../../model/frontend.ts';
import type { Model } from '../../../model/model.ts';
import type { Labels } from '../../../model/scope.ts';
import { splitName } from '../chain/split-names.ts';
import { filterFor } from '../chain/subset-filter.ts';
import { usualTimeoutMs } from '../mesh.ts';
import type { Judging } from './judging.ts';
import { retryWords } from './retry-words.ts';
import { matchVariants } from './route-matches.ts';
import { pathVariants } from './route-paths.ts';
import { shares } from './shares.ts';

type Spec = Readonly<Record<string, unknown>>;

/** What the entries of one model are made of; each is written once, under the name of its service. */
export interface ChainPlan {
  readonly routers: Map<string, readonly Spec[]>;
  readonly splitters: Map<string, readonly Spec[]>;
  /** By service: the subsets that some route names, with their labels. */
  readonly subsets: Map<string, Map<string, Labels>>;
  /** Names that only splits lead to. */
  readonly inner: Set<string>;
  /** Where each name lies in Kubernetes. */
  readonly homes: Map<string, string>;
  /** Some route waits longer than the server's own proxy does. */
  waitsLong: boolean;
}

/** The tables of the expected model as entries of Consul. Nothing is lost here. */
export const planChain = (model: Model, judging: Judging): ChainPlan => {
  const plan: ChainPlan = {
    routers: new Map(),
    splitters: new Map(),
    subsets: new Map(),
    inner: new Set(),
    homes: new Map(),
    waitsLong: false,
  };
  const wholes = routesToWhole(model);
  for (const frontend of model.frontends) new TableWriter(frontend, wholes, judging, plan).write();
  return plan;
};

interface Place {
  readonly frontend: Frontend;
  readonly action: Action;
}

/** By service: the actions that send to all of it. */
const routesToWhole = ({ frontends }: Model): ReadonlyMap<string, readonly Place[]> => {
  const found = new Map<string, Place[]>();
  for (const frontend of frontends) {
    for (const { action } of reached(frontend.rules)) {
      const backends = action.target.kind === 'forward' ? action.target.backends : [];
      for (const { backend } of backends) {
        if (backend.kind !== 'service' || backend.subset) continue;
        const places = found.get(backend.service);
        if (places) places.push({ frontend, action });
        else found.set(backend.service, [{ frontend, action }]);
      }
    }
  }
  return found;
};

/** Puts one table into the plan. */
class TableWriter {
  private readonly frontend: Frontend;
  private readonly wholes: ReadonlyMap<string, readonly Place[]>;
  private readonly judging: Judging;
  private readonly plan: ChainPlan;
  private readonly name: string;
  private readonly service: string;
  /** The shares of all that no other route takes, as text, if they may be those of the service itself. */
  private readonly own: string | undefined;

  constructor(frontend: Frontend, wholes: ReadonlyMap<string, readonly Place[]>, judging: Judging, plan: ChainPlan) {
    this.frontend = frontend;
    this.wholes = wholes;
    this.judging = judging;
    this.plan = plan;
    this.service = frontend.listens.kind === 'service' ? frontend.listens.service : '';
    this.name = judging.names.nameOf({ id: this.service });
    const rest = reached(frontend.rules).at(-1);
    this.own = rest && takesAll(rest) ? this.ownShares(rest.action) : undefined;
  }

  write(): void {
    const { frontend, plan, name } = this;
    plan.homes.set(name, this.service.split('/')[0] ?? 'default');
    const rules = reached(frontend.rules);
    const routes = rules.flatMap(rule => this.routesOf(rule));
    // What falls through to the service needs no route, unless it is all there is.
    while (routes.length > 1 && Object.keys(routes.at(-1)!).length === 0) routes.pop();
    const [only, ...more] = routes;
    const isPlain = only !== undefined && more.length === 0 && Object.keys(only).length === 0;
    // Its split says it all; without one, that the table is there is said by where it leads.
    if (isPlain && plan.splitters.has(name)) return;
    if (only) plan.routers.set(name, isPlain ? [{ destination: { service: name } }] : routes);
  }

  private routesOf(rule: Rule): readonly Spec[] {
    const destination = this.destination(rule.action);
    const paths = pathVariants(rule.match.path, rule.action.rewrite?.path) ?? [];
    return paths.flatMap(({ http: path, prefixRewrite }) =>
      matchVariants(rule.match).map(other => {
        const http = { ...path, ...other };
        const to = { ...destination, ...(prefixRewrite === undefined ? {} : { prefixRewrite }) };
        return {
          ...(Object.keys(http).length > 0 ? { match: { http } } : {}),
          ...(Object.keys(to).length > 0 ? { destination: to } : {}),
        };
      }),
    );
  }

  private destination(action: Action): Spec {
    const backends = action.target.kind === 'forward' ? action.target.backends : [];
    const [only, ...more] = backends;
    if (!only) return {};
    if (more.length === 0) {
      const requestHeaders = joined(action.requestHeaders, only.requestHeaders);
      const responseHeaders = joined(action.responseHeaders, only.responseHeaders);
      return {
        ...this.reference(only.backend),
        ...this.treatment(action),
        ...headers(requestHeaders, responseHeaders),
      };
    }
    const { splits, apart } = this.splits(action, backends);
    const common = apart ? {} : headers(action.requestHeaders, action.responseHeaders);
    const name = JSON.stringify(splits) === this.own ? this.name : splitName(this.name, splits);
    this.plan.splitters.set(name, splits);
    if (name !== this.name) {
      this.plan.inner.add(name);
      this.plan.homes.set(name, this.service.split('/')[0] ?? 'default');
    }
    return { ...(name === this.name ? {} : { service: name }), ...this.treatment(action), ...common };
  }

  /** The shares of an action; `apart`: its own header edits are among theirs. */
  private splits(
    action: Action,
    backends: readonly WeightedBackend[],
  ): { readonly splits: readonly Spec[]; readonly apart: boolean } {
    const apart = backends.some(
      ({ requestHeaders, responseHeaders }) =>
        collide(action.requestHeaders, requestHeaders) || collide(action.responseHeaders, responseHeaders),
    );
    const parts = shares(backends.map(({ weight }) => weight.value));
    const splits = backends.map((share, index) => ({
      service: this.name,
      ...this.reference(share.backend),
      ...headers(
        apart ? joined(action.requestHeaders, share.requestHeaders) : share.requestHeaders,
        apart ? joined(action.responseHeaders, share.responseHeaders) : share.responseHeaders,
      ),
      weight: parts[index]! / 100,
    }));
    return { splits: merged(splits), apart };
  }

  /**
   * A split under the service's own name is found by every route to all of the service: nobody may mean that otherwise.
   */
  private ownShares(action: Action): string | undefined {
    const shared = this.sharesText(action);
    if (action.rewrite || shared === undefined) return undefined;
    const isFree = (this.wholes.get(this.service) ?? []).every(
      ({ frontend, action: other }) => frontend === this.frontend && this.sharesText(other) === shared,
    );
    return isFree ? shared : undefined;
  }

  private sharesText(action: Action): string | undefined {
    const backends = action.target.kind === 'forward' ? action.target.backends : [];
    return backends.length < 2 ? undefined : JSON.stringify(this.splits(action, backends).splits);
  }

  /** Nothing for the service that was dialled. */
  private reference(backend: Backend): Spec {
    if (backend.kind !== 'service') return {};
    const { names, subsets } = this.judging;
    const name = names.nameOf({ id: backend.service });
    const subset = backend.subset && subsets.nameOf(backend.service, backend.subset);
    if (subset !== undefined) this.noteSubset(backend.service, name, subset, backend.subset?.labels ?? {});
    return {
      ...(backend.service === this.service ? {} : { service: name }),
      ...(subset === undefined ? {} : { serviceSubset: subset }),
    };
  }

  private noteSubset(service: string, name: string, subset: string, labels: Labels): void {
    const { subsets, homes } = this.plan;
    const known = subsets.get(name) ?? new Map<string, Labels>();
    subsets.set(name, known.set(subset, labels));
    homes.set(name, service.split('/')[0] ?? 'default');
  }

  private treatment(action: Action): Spec {
    const { timeouts, retries } = action;
    const request = timeouts?.request?.value ?? 0;
    const idle = timeouts?.idle?.value ?? 0;
    if (request === 0 || request > usualTimeoutMs) this.plan.waitsLong = true;
    const isUsual = request === usualTimeoutMs && timeouts?.request?.origin !== 'written';
    const words = retryWords(retries?.on.value ?? []);
    const isRetried = (retries?.max.value ?? 0) > 0 && words.kept.size > 0;
    return {
      ...(isUsual ? {} : { requestTimeout: request === 0 ? '-1s' : formatDuration(request) }),
      ...(idle > 0 ? { idleTimeout: formatDuration(idle) } : {}),
      ...(isRetried ? { numRetries: retries?.max.value } : {}),
      ...(isRetried && words.retryOn.length > 0 ? { retryOn: words.retryOn } : {}),
      ...(isRetried && words.retryOnStatusCodes.length > 0 ? { retryOnStatusCodes: words.retryOnStatusCodes } : {}),
    };
  }
}

/** Up to the first rule that takes everything. */
const reached = (rules: readonly Rule[]): readonly Rule[] => {
  const last = rules.findIndex(takesAll);
  return last < 0 ? rules : rules.slice(0, last + 1);
};

const takesAll = ({ match: { source: _, path, ...rest } }: Rule): boolean =>
  Object.keys(rest).length === 0 && (!path || (path.kind !== 'regex' && path.kind !== 'exact' && path.value === ''));

/** Two shares of one destination with the same edits are one; Consul takes each destination once. */
const merged = (
  splits: readonly (Spec & { readonly weight: number })[],
): readonly (Spec & { readonly weight: number })[] => {
  const kept: (Spec & { readonly weight: number })[] = [];
  for (const split of splits) {
    const { weight: _, ...what } = split;
    const at = kept.findIndex(({ weight: __, ...other }) => isSame(other, what));
    if (at < 0) kept.push(split);
    else kept[at] = { ...kept[at]!, weight: Math.round((kept[at]!.weight + split.weight) * 100) / 100 };
  }
  return kept;
};

const namesIn = (edits: HeaderEdits | undefined): readonly string[] => [
  ...Object.keys(edits?.set ?? {}),
  ...Object.keys(edits?.add ?? {}),
  ...(edits?.remove ?? []),
];

/** Whether a route and a share edit the same header: then the order in which Envoy does it shows. */
const collide = (route: HeaderEdits | undefined, share: HeaderEdits | undefined): boolean =>
  namesIn(route).some(name => namesIn(share).includes(name));

/** Both in one: what the share sets counts, and what both add is one line. */
const joined = (route: HeaderEdits | undefined, share: HeaderEdits | undefined): HeaderEdits | undefined => {
  if (!route || !share) return route ?? share;
  const add: Record<string, string> = { ...route.add };
  for (const [name, value] of Object.entries(share.add ?? {})) {
    add[name] = add[name] === undefined ? value : `${add[name]},${value}`;
  }
  return { set: { ...route.set, ...share.set }, add, remove: [...(route.remove ?? []), ...(share.remove ?? [])] };
};

const headers = (request: HeaderEdits | undefined, response: HeaderEdits | undefined): Spec => {
  const [requestHeaders, responseHeaders] = [headerSpec(request), headerSpec(response)];
  return { ...(requestHeaders ? { requestHeaders } : {}), ...(responseHeaders ? { responseHeaders } : {}) };
};

const headerSpec = (edits: HeaderEdits | undefined): Spec | undefined => {
  const { set = {}, add = {}, remove = [] } = edits ?? {};
  const spec = {
    ...(Object.keys(set).length > 0 ? { set: inOrder(set) } : {}),
    ...(Object.keys(add).length > 0 ? { add: inOrder(add) } : {}),
    ...(remove.length > 0 ? { remove: [...new Set(remove)].sort() } : {}),
  };
  return Object.keys(spec).length > 0 ? spec : undefined;
};

const inOrder = (map: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));

export const entryManifest = (kind: string, name: string, namespace: string, spec: Spec): Manifest => ({
  apiVersion: 'consul.hashicorp.com/v1alpha1',
  kind,
  metadata: { name, namespace, labels: ownershipLabel },
  spec,
});

/** The subsets of a resolver. */
export const subsetSpec = (subsets: ReadonlyMap<string, Labels>): Spec =>
  Object.fromEntries(
    [...subsets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, labels]) => [name, { filter: filterFor(labels) }]),
  );
