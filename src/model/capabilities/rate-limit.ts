import type { Source } from '../../base/source.ts';
import type { ServerScope } from '../scope.ts';
import type { AccessValue } from './access.ts';

/** Requests per second that one server proxy lets through; the rest is answered with `status`. */
export interface RateLimit {
  readonly id: string;
  readonly scope: ServerScope;
  readonly total?: number;
  /** For each caller identity on its own. */
  readonly perIdentity?: number;
  readonly overrides?: readonly {
    readonly requestsPerSecond: number;
    readonly callers: readonly AccessValue[];
    readonly source?: Source;
  }[];
  readonly status: number;
  readonly source?: Source;
}
