import type { Setting, Source } from '../../base/source.ts';
import type { Backend } from '../frontend.ts';

/** A copy of requests, whose answers are thrown away. Percent is 0–100. */
export interface Mirror {
  readonly backend: Backend;
  readonly percent: Setting<number>;
  readonly source?: Source;
}
