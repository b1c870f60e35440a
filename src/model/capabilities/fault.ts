import type { Setting, Source } from '../../base/source.ts';

/** Faults injected on purpose; percentages are 0–100 with four decimals, and zero injects nothing. */
export interface Fault {
  readonly delay?: { readonly ms: number; readonly percent: Setting<number>; readonly source?: Source };
  readonly abort?: {
    readonly status?: number;
    readonly grpcStatus?: string;
    readonly percent: Setting<number>;
    readonly source?: Source;
  };
}
