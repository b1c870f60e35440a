import type { Action, Frontend, Rule } from '../../../model/frontend.ts';
import type { Model } from '../../../model/model.ts';
import { splitName } from '../chain/split-names.ts';
import { addSplit, type ChainPlan, type Spec } from './chain-plan.ts';
import { ActionWriter, headers, joined } from './emit-action.ts';
import type { Judging } from './judging.ts';
import { matchVariants } from './route-matches.ts';
import { pathVariants } from './route-paths.ts';

/** The tables of services in the expected model as entries of Consul. Nothing is lost here. */
export const planChain = (model: Model, judging: Judging, plan: ChainPlan): void => {
  const wholes = routesToWhole(model);
  for (const frontend of model.frontends) {
    if (frontend.listens.kind === 'service')
      new TableWriter(frontend, frontend.listens.service, wholes, judging, plan).write();
  }
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
  private readonly plan: ChainPlan;
  private readonly actions: ActionWriter;
  /** The shares of all that no other route takes, as text, if they may be those of the service itself. */
  private readonly own: string | undefined;

  constructor(
    frontend: Frontend,
    service: string,
    wholes: ReadonlyMap<string, readonly Place[]>,
    judging: Judging,
    plan: ChainPlan,
  ) {
    this.frontend = frontend;
    this.wholes = wholes;
    this.plan = plan;
    this.actions = new ActionWriter(service, judging, plan);
    const rest = reached(frontend.rules).at(-1);
    this.own = rest && takesAll(rest) ? this.ownShares(rest.action) : undefined;
  }

  write(): void {
    const { frontend, plan } = this;
    const { name, service } = this.actions;
    plan.homes.set(name, service.split('/')[0] ?? 'default');
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
    const { actions } = this;
    const backends = action.target.kind === 'forward' ? action.target.backends : [];
    const [only, ...more] = backends;
    if (!only) return {};
    if (more.length === 0) {
      const requestHeaders = joined(action.requestHeaders, only.requestHeaders);
      const responseHeaders = joined(action.responseHeaders, only.responseHeaders);
      return {
        ...actions.reference(only.backend),
        ...actions.treatment(action),
        ...headers(requestHeaders, responseHeaders),
      };
    }
    const { splits, apart } = actions.splits(action, backends);
    const common = apart ? {} : headers(action.requestHeaders, action.responseHeaders);
    const name = JSON.stringify(splits) === this.own ? actions.name : splitName(actions.name, splits);
    if (name === actions.name) this.plan.splitters.set(name, splits);
    else addSplit(this.plan, name, splits, actions.service.split('/')[0] ?? 'default');
    return { ...(name === actions.name ? {} : { service: name }), ...actions.treatment(action), ...common };
  }

  /**
   * A split under the service's own name is found by every route to all of the service: nobody may mean that otherwise.
   */
  private ownShares(action: Action): string | undefined {
    const shared = this.sharesText(action);
    if (action.rewrite || shared === undefined) return undefined;
    const isFree = (this.wholes.get(this.actions.service) ?? []).every(
      ({ frontend, action: other }) => frontend === this.frontend && this.sharesText(other) === shared,
    );
    return isFree ? shared : undefined;
  }

  private sharesText(action: Action): string | undefined {
    const backends = action.target.kind === 'forward' ? action.target.backends : [];
    return backends.length < 2 ? undefined : JSON.stringify(this.actions.splits(action, backends).splits);
  }
}

/** Up to the first rule that takes everything. */
const reached = (rules: readonly Rule[]): readonly Rule[] => {
  const last = rules.findIndex(takesAll);
  return last < 0 ? rules : rules.slice(0, last + 1);
};

const takesAll = ({ match: { source: _, path, ...rest } }: Rule): boolean =>
  Object.keys(rest).length === 0 && (!path || (path.kind !== 'regex' && path.kind !== 'exact' && path.value === ''));
