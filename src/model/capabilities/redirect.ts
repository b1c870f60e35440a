import type { Setting, Source } from '../../base/source.ts';
import type { Rewrite } from './rewrite.ts';

/** An answer that sends the client elsewhere; what is absent stays as the client asked. */
export interface Redirect {
  readonly status: Setting<number>;
  readonly scheme?: string;
  readonly hostname?: string;
  readonly port?: number;
  /** `scheme`: the default port of the new scheme; absent: the port of the request is kept where it must be. */
  readonly portFrom?: 'scheme' | 'request';
  readonly path?: NonNullable<Rewrite['path']>;
  readonly source?: Source;
}
