import { virtualServiceLive } from './istio/virtual-service.ts';
import type { Live } from './live.ts';

/** The configuration that shows what the fields of each kind do. */
export const live: readonly Live[] = [virtualServiceLive];
