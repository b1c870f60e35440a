import type { Setting, Source } from '../../base/source.ts';

/**
 * What a client's proxy does about encryption towards a destination. `automatic`: mesh mTLS where the other end has a
 * proxy, else what the application sent. `none`: plaintext. `mesh`: mesh mTLS always. `tls`: ordinary TLS.
 * `mutual`: TLS with a client certificate of the user's own.
 */
export interface UpstreamTls {
  readonly mode: Setting<'automatic' | 'none' | 'mesh' | 'tls' | 'mutual'>;
  readonly serverName?: string;
  readonly subjectNames?: readonly string[];
  /** Where the authority is: a file, a secret, a config map; `system` for the operating system's. */
  readonly authorities?: readonly string[];
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly revocationList?: string;
  /** No check of the server's certificate at all. */
  readonly unverified?: boolean;
  readonly source?: Source;
}
