import type { Setting, Source } from '../../base/source.ts';

/** How one endpoint is picked. */
export interface LoadBalancing {
  readonly algorithm: Setting<BalancingAlgorithm>;
  /** New endpoints get their full share only after this long. */
  readonly warmup?: { readonly durationMs: number; readonly minimumPercent?: number; readonly aggression?: number };
  readonly source?: Source;
}

export type BalancingAlgorithm =
  | { readonly kind: 'leastRequest' | 'roundRobin' | 'random' | 'peakEwma' | 'passthrough' }
  | {
      readonly kind: 'consistentHash';
      readonly on: HashKey;
      readonly table:
        | { readonly kind: 'ring'; readonly minimumSize?: number }
        | { readonly kind: 'maglev'; readonly size?: number };
    }
  | {
      /** By the load that endpoints report of themselves (ORCA). */
      readonly kind: 'reportedLoad';
      readonly metrics?: readonly string[];
      /** How much errors count against an endpoint, in percent of its load. */
      readonly errorPenaltyPercent?: number;
      readonly updateMs?: number;
      /** A new endpoint's reports count only after this long, and no longer than that after the last of them. */
      readonly stabilizationMs?: number;
      readonly expirationMs?: number;
    };

export type HashKey =
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'query'; readonly name: string }
  | { readonly kind: 'sourceAddress' }
  | {
      readonly kind: 'cookie';
      readonly name: string;
      readonly path?: string;
      readonly ttlMs?: number;
      readonly attributes?: Readonly<Record<string, string>>;
    };
