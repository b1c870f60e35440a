import type { Source } from '../../base/source.ts';
import type { Subset } from '../frontend.ts';

/** Preference for near endpoints, and where to go when they fail; places are `region/zone/subzone`. */
export interface Locality {
  readonly enabled?: boolean;
  /** Fixed shares: from a place, percent per place. */
  readonly distribute?: readonly { readonly from: string; readonly to: Readonly<Record<string, number>> }[];
  /** In order: when a place fails, the next one. */
  readonly failover?: readonly { readonly from: string; readonly to: string }[];
  /** Labels whose equality makes an endpoint near, most important first. */
  readonly priority?: readonly string[];
  /** Only as many requests stay near as the share of near endpoints can take; off with fewer endpoints than the minimum. */
  readonly zoneAware?: { readonly minimumEndpoints?: number };
  /** In order: what takes the requests while no endpoint of the destination itself is healthy. */
  readonly fallbacks?: readonly Fallback[];
  readonly source?: Source;
}

/** Endpoints that stand in for others: of a service, or behind a host that somebody else knows. */
export interface Fallback {
  readonly service: string;
  readonly subset?: Subset;
}
