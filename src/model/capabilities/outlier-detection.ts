import type { Setting, Source } from '../../base/source.ts';

/** Taking endpoints out after failures. Counters: how many in a row; zero switches one off. */
export interface OutlierDetection {
  readonly consecutive5xx?: Setting<number>;
  readonly consecutiveGatewayErrors?: Setting<number>;
  readonly consecutiveLocalFailures?: Setting<number>;
  readonly splitLocalErrors?: Setting<boolean>;
  readonly intervalMs?: Setting<number>;
  readonly baseEjectionMs?: Setting<number>;
  readonly maxEjectionMs?: Setting<number>;
  readonly maxEjectionPercent?: Setting<number>;
  /** Below this share of healthy endpoints, ejection is ignored. */
  readonly minHealthPercent?: Setting<number>;
  /** Share of random addition to the ejection time, 0–1. */
  readonly jitterRatio?: Setting<number>;
  readonly errorStatuses?: Setting<readonly string[]>;
  readonly source?: Source;
}
