import type { Source } from '../../base/source.ts';

/** An answer that the proxy makes up itself. */
export interface DirectResponse {
  readonly status: number;
  readonly body?: string;
  readonly source?: Source;
}
