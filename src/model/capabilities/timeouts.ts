import type { Setting } from '../../base/source.ts';

/** Milliseconds; zero means explicitly none, absent means nobody said anything and there is none. */
export interface Timeouts {
  /** From the whole request to the end of the answer, over all tries. */
  readonly request?: Setting<number>;
  /** One try. */
  readonly perTry?: Setting<number>;
  /** Between bytes of a stream. */
  readonly idle?: Setting<number>;
}
