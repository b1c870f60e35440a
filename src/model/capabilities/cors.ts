import type { Source } from '../../base/source.ts';
import type { TextMatch } from '../match.ts';

/** Cross-origin answers given by the proxy instead of the application. */
export interface Cors {
  readonly allowOrigins: readonly TextMatch[];
  readonly allowMethods?: readonly string[];
  readonly allowHeaders?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  readonly maxAgeSeconds?: number;
  readonly allowCredentials?: boolean;
  /** What becomes of a preflight from another origin: to the application, or an answer without permission. */
  readonly unmatchedPreflights?: 'forward' | 'ignore';
  readonly source?: Source;
}
