import type { Setting, Source } from '../../base/source.ts';
import type { ServerScope } from '../scope.ts';

/**
 * What a server's proxy accepts. `strict`: mesh mTLS only. `permissive`: also plaintext, whose callers have no
 * identity. `disabled`: plaintext only.
 */
export type EncryptionMode = 'strict' | 'permissive' | 'disabled';

/** Ordered, most specific first: the first whose scope fits decides; permissive where none does. */
export interface PeerEncryption {
  readonly id: string;
  readonly scope: ServerScope;
  readonly mode: Setting<EncryptionMode>;
  readonly source?: Source;
}
