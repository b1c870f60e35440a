import { isSame } from '../../../base/same.ts';
import { formatDuration } from '../../../base/units.ts';
import type { HeaderEdits } from '../../../model/capabilities/header-edits.ts';
import type { Action, Backend, WeightedBackend } from '../../../model/frontend.ts';
import type { Labels } from '../../../model/scope.ts';
import { usualTimeoutMs } from '../mesh.ts';
import type { ChainPlan, Spec } from './chain-plan.ts';
import type { Judging } from './judging.ts';
import { retryWords } from './retry-words.ts';
import { shares } from './shares.ts';

/** What entries say of one action: where it leads, and how requests are treated on the way. */
export class ActionWriter {
  /** The service that was dialled; empty at a gateway, where none was. */
  readonly service: string;
  readonly name: string;
  private readonly judging: Judging;
  private readonly plan: ChainPlan;

  constructor(service: string, judging: Judging, plan: ChainPlan) {
    this.service = service;
    this.name = judging.names.nameOf({ id: service });
    this.judging = judging;
    this.plan = plan;
  }

  /** The shares of an action; `apart`: its own header edits are among theirs. */
  splits(
    action: Action,
    backends: readonly WeightedBackend[],
  ): { readonly splits: readonly Spec[]; readonly apart: boolean } {
    const apart = backends.some(
      ({ requestHeaders, responseHeaders }) =>
        collide(action.requestHeaders, requestHeaders) || collide(action.responseHeaders, responseHeaders),
    );
    const parts = shares(backends.map(({ weight }) => weight.value));
    const splits = backends.map((share, index) => ({
      ...(this.name === '' ? {} : { service: this.name }),
      ...this.reference(share.backend),
      ...headers(
        apart ? joined(action.requestHeaders, share.requestHeaders) : share.requestHeaders,
        apart ? joined(action.responseHeaders, share.responseHeaders) : share.responseHeaders,
      ),
      weight: parts[index]! / 100,
    }));
    return { splits: merged(splits), apart };
  }

  /** Nothing for the service that was dialled. */
  reference(backend: Backend): Spec {
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

  treatment(action: Action): Spec {
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
export const collide = (route: HeaderEdits | undefined, share: HeaderEdits | undefined): boolean =>
  namesIn(route).some(name => namesIn(share).includes(name));

/** Both in one: what the share sets counts, and what both add is one line. */
export const joined = (route: HeaderEdits | undefined, share: HeaderEdits | undefined): HeaderEdits | undefined => {
  if (!route || !share) return route ?? share;
  const add: Record<string, string> = { ...route.add };
  for (const [name, value] of Object.entries(share.add ?? {})) {
    add[name] = add[name] === undefined ? value : `${add[name]},${value}`;
  }
  return { set: { ...route.set, ...share.set }, add, remove: [...(route.remove ?? []), ...(share.remove ?? [])] };
};

export const headers = (request: HeaderEdits | undefined, response: HeaderEdits | undefined): Spec => {
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
