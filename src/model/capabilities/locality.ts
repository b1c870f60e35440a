import type { Source } from '../../base/source.ts';

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
  readonly source?: Source;
}
