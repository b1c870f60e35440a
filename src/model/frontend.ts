import type { Setting, Source } from '../base/source.ts';
import type { Cors } from './capabilities/cors.ts';
import type { DirectResponse } from './capabilities/direct-response.ts';
import type { Fault } from './capabilities/fault.ts';
import type { HeaderEdits } from './capabilities/header-edits.ts';
import type { Mirror } from './capabilities/mirror.ts';
import type { Redirect } from './capabilities/redirect.ts';
import type { Retries } from './capabilities/retries.ts';
import type { Rewrite } from './capabilities/rewrite.ts';
import type { Timeouts } from './capabilities/timeouts.ts';
import type { Protocol } from './inventory.ts';
import type { Match } from './match.ts';
import { type ClientScope, type EndpointSet, type Labels, selects } from './scope.ts';

/**
 * A route table and what it is put in front of. It belongs to a frontend, not to a service: the name, port or listener
 * that a client uses, seen from certain clients.
 *
 * Frontends are ordered: the first one that listens for a request, for that client, decides; with `noMatch: 'next'`
 * the following one is asked. Adapters reduce each mesh's own precedence to that order when they read.
 */
export interface Frontend {
  /** Stable, e.g. `shop/reviews` or `edge/public:https/shop.example`. */
  readonly id: string;
  readonly listens: Listens;
  readonly protocol: Protocol;
  readonly clients: ClientScope;
  /** First match wins. */
  readonly rules: readonly Rule[];
  readonly noMatch: NoMatch;
  readonly source?: Source;
}

export type Listens =
  /** Traffic to a service, by any of its names or addresses; on one port or on all. */
  | { readonly kind: 'service'; readonly service: string; readonly port?: number }
  /** Traffic whose Host is one of these; `servicesOnly`: a wildcard that takes only hosts of known services. */
  | {
      readonly kind: 'hosts';
      readonly hosts: readonly string[];
      readonly port?: number;
      readonly servicesOnly?: boolean;
    }
  /** Traffic that enters a gateway on one of its listeners, for these hosts (empty: all of the listener's). */
  | {
      readonly kind: 'listener';
      readonly gateway: string;
      readonly listener: string;
      readonly hosts: readonly string[];
    };

/** What becomes of a request that no rule takes. `passToService`: to the service that was dialled, as if no table were. */
export type NoMatch =
  | { readonly kind: 'respond'; readonly status: number }
  | { readonly kind: 'passToService' }
  | { readonly kind: 'next' };

/** One entry of the decision list. Several entries may share one action (a rule with several matches). */
export interface Rule {
  /** Unique in its frontend, e.g. `http[0].match[1]`. */
  readonly id: string;
  readonly match: Match;
  readonly action: Action;
}

/** What happens to the requests that a rule takes. Absent parts mean: nothing of the kind. */
export interface Action {
  /** Unique in its frontend and stable across conversions, e.g. `reviews/http[0]`. Dispositions refer to it. */
  readonly id: string;
  readonly name?: string;
  readonly target: Target;
  readonly timeouts?: Timeouts;
  readonly retries?: Retries;
  readonly fault?: Fault;
  readonly mirrors?: readonly Mirror[];
  readonly cors?: Cors;
  readonly requestHeaders?: HeaderEdits;
  readonly responseHeaders?: HeaderEdits;
  readonly rewrite?: Rewrite;
  readonly source?: Source;
}

export type Target =
  | { readonly kind: 'forward'; readonly backends: readonly WeightedBackend[] }
  | { readonly kind: 'redirect'; readonly redirect: Redirect }
  | { readonly kind: 'respond'; readonly response: DirectResponse };

/** A share of the traffic; weights are relative whole numbers, and at least one of a list is above zero. */
export interface WeightedBackend {
  readonly backend: Backend;
  readonly weight: Setting<number>;
  /** Together with those of the action: what both remove goes first, and what is set here counts; readers see to it. */
  readonly requestHeaders?: HeaderEdits;
  readonly responseHeaders?: HeaderEdits;
  readonly source?: Source;
}

/**
 * Where traffic goes: a set of endpoints under a name. `nowhere`: what was written leads to no endpoints (an unknown
 * service, subset or port); its share is answered with `status`.
 */
export type Backend =
  | {
      readonly kind: 'service';
      readonly service: string;
      /** The service port; absent: the port that was dialled. */
      readonly port?: number;
      readonly subset?: Subset;
    }
  | { readonly kind: 'nowhere'; readonly status: number; readonly why: string; readonly named: string };

/** Some of a service's endpoints, by pod labels; labels are absent when nothing in the input defines the name. */
export interface Subset {
  readonly name: string;
  readonly labels?: Labels;
}

/** The endpoints behind a backend, given those of its service. Of addresses, those that are known to have the labels. */
export const narrow = (endpoints: EndpointSet, subset: Subset | undefined): EndpointSet => {
  if (!subset) return endpoints;
  const known = narrowed.get(subset);
  if (known?.endpoints === endpoints) return known.narrower;
  const narrower = narrowerThan(endpoints, subset);
  narrowed.set(subset, { endpoints, narrower });
  return narrower;
};

/** By subset: it is one of few endpoint sets, and mostly of one. */
const narrowed = new WeakMap<Subset, { readonly endpoints: EndpointSet; readonly narrower: EndpointSet }>();

const narrowerThan = (endpoints: EndpointSet, subset: Subset): EndpointSet => {
  if (endpoints.kind === 'addresses') {
    const { addresses, details } = endpoints;
    if (!details || !subset.labels) return endpoints;
    const isMeant = (_: unknown, index: number): boolean => selects(subset.labels, details[index]?.labels ?? {});
    return { ...endpoints, addresses: addresses.filter(isMeant), details: details.filter(isMeant) };
  }
  const labels = subset.labels ?? { '(subset)': subset.name };
  return { ...endpoints, labels: { ...endpoints.labels, ...labels } };
};
