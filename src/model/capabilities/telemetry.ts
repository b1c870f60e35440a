import type { Source } from '../../base/source.ts';
import type { ServerScope } from '../scope.ts';

/** What proxies report about the traffic they carry. It never changes what happens to a request. */
export interface Telemetry {
  readonly id: string;
  readonly scope: ServerScope;
  readonly accessLog?: { readonly enabled: boolean; readonly providers?: readonly string[]; readonly filter?: string };
  readonly tracing?: {
    readonly enabled: boolean;
    readonly providers?: readonly string[];
    readonly samplingPercent?: number;
    readonly tags?: Readonly<Record<string, string>>;
  };
  readonly metrics?: { readonly providers?: readonly string[]; readonly overrides: number };
  readonly source?: Source;
}
