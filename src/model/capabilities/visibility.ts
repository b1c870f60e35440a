import type { Setting, Source } from '../../base/source.ts';
import type { ClientScope } from '../scope.ts';

/** Which services a client's proxy knows at all. Ordered, most specific first: the first whose scope fits decides. */
export interface Visibility {
  readonly id: string;
  readonly clients: ClientScope;
  /** Nothing else is known; `namespace` `*` is every namespace, `.` the client's own. Absent port: every port. */
  readonly exposes: readonly { readonly namespace: string; readonly host: string; readonly port?: number }[];
  readonly source?: Source;
}

/** A service that only some namespaces may see; everyone may see the others. */
export interface ServiceExposure {
  readonly service: string;
  /** Client namespaces; empty: nobody. */
  readonly namespaces: readonly string[];
  readonly source?: Source;
}

/** What happens to traffic to hosts that a client's proxy does not know. Ordered, first fit decides. */
export interface EgressDefault {
  readonly id: string;
  readonly clients: ClientScope;
  readonly mode: Setting<'allow' | 'deny'>;
  /** The HTTP status when denied (TCP is reset). */
  readonly deniedStatus: number;
  /** Unknown traffic is sent through this host instead. */
  readonly through?: { readonly host: string; readonly port?: number; readonly subset?: string };
  readonly source?: Source;
}
