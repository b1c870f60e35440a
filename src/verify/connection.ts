import type { Setting, Source } from '../base/source.ts';
import type { EncryptionMode } from '../model/capabilities/encryption.ts';
import type { UpstreamTls } from '../model/capabilities/upstream-tls.ts';
import type { Guards } from './lookup/lookup.ts';
import type { Encrypted } from './outcome.ts';
import type { Party } from './party.ts';

/** How two hops connect, or why they cannot. */
export type Connection =
  | { readonly kind: 'open'; readonly encrypted: Encrypted; readonly why: string; readonly source?: Source }
  | { readonly kind: 'refused'; readonly status?: number; readonly why: string; readonly source?: Source }
  /** It stands, and the server's proxy turns away whatever comes on it for want of an identity. */
  | {
      readonly kind: 'unproven';
      readonly encrypted: Encrypted;
      readonly status?: number;
      readonly why: string;
      readonly source?: Source;
    };

/** The status that a client's HTTP proxy makes of a connection it cannot open (observed for Istio). */
const cannotConnect = 503;

interface Accepted {
  readonly mode: EncryptionMode;
  readonly setting?: Setting<EncryptionMode>;
}

/** What a server's proxy accepts on a port; permissive where nothing is said. */
export const acceptedBy = ({ encryption }: Pick<Guards, 'encryption'>): Accepted => {
  const setting = encryption[0]?.mode;
  return setting ? { mode: setting.value, setting } : { mode: 'permissive' };
};

interface Ends {
  readonly sender: Party;
  readonly receiver: Party;
  /** What the receiver accepts; undefined: no proxy that could speak mesh mTLS stands there. */
  readonly accepts: Accepted | undefined;
  /** What the sender's settings for the destination say. */
  readonly tls: UpstreamTls | undefined;
  /** The application's own TLS is around it. */
  readonly sealed: boolean;
  /** Sent on as it came; the sender's proxy does nothing about encryption. */
  readonly passthrough: boolean;
  readonly http: boolean;
}

const inOneMesh = ({ sender, receiver }: Ends): boolean =>
  sender.proxy !== undefined && sender.proxy.mesh.id === receiver.proxy?.mesh.id;

/** The receiver is in a mesh that is joined with the sender's. */
const areJoined = ({ sender, receiver }: Ends): boolean =>
  receiver.joinedWith !== undefined && receiver.joinedWith === sender.proxy?.mesh.id;

/** Whether the two proxies can speak mesh mTLS with each other, settings aside. */
const canSpeakMtls = (ends: Ends): boolean =>
  Boolean(ends.sender.proxy?.dataPlane.opensMtls) &&
  (areJoined(ends) || (inOneMesh(ends) && ends.accepts !== undefined));

type Attempt = 'mtls' | 'tls' | 'plaintext';

/** What settings demand, as far as the sender's proxy heeds it. */
const demanded = ({ sender: { proxy }, tls }: Ends): UpstreamTls['mode']['value'] => {
  const mode = tls?.mode.value ?? 'automatic';
  if (!proxy) return 'automatic';
  return proxy.dataPlane.settlesMtls && (mode === 'mesh' || mode === 'none') ? 'automatic' : mode;
};

const attempt = (ends: Ends): { how: Attempt; why: string; source?: Source | undefined } => {
  const plain: Attempt = ends.sealed ? 'tls' : 'plaintext';
  const asSent = ends.sealed ? 'the application encrypts by itself' : 'nothing encrypts it';
  if (ends.passthrough) return { how: plain, why: `sent on as it came, and ${asSent}` };
  const { tls, sender } = ends;
  const source = tls?.mode.source ?? tls?.source;
  switch (demanded(ends)) {
    case 'none':
      return { how: plain, why: `the settings for the destination switch encryption off, and ${asSent}`, source };
    case 'mesh':
      return { how: 'mtls', why: 'the settings for the destination demand mesh mTLS', source };
    case 'tls':
    case 'mutual':
      if (sender.proxy?.dataPlane.settlesMtls && canSpeakMtls(ends))
        return { how: 'mtls', why: 'both ends have a proxy of one mesh, and the demanded TLS goes inside', source };
      return { how: 'tls', why: 'the settings for the destination demand TLS', source };
    default:
      if (canSpeakMtls(ends) && ends.accepts?.mode !== 'disabled') {
        return {
          how: 'mtls',
          why: areJoined(ends) ? 'the other end is in a joined mesh' : 'both ends have a proxy of one mesh',
        };
      }
      if (canSpeakMtls(ends)) return { how: plain, why: `the server takes no mesh mTLS, and ${asSent}` };
      if (!sender.proxy?.dataPlane.opensMtls)
        return { how: plain, why: `the sender has no mesh identity, and ${asSent}` };
      return { how: plain, why: `the two ends are not in one mesh, and ${asSent}` };
  }
};

/**
 * Opens a connection. Where a strict server is met without mesh mTLS, or mesh mTLS meets no proxy that takes it, there
 * is none: a sending HTTP proxy answers with 503, a bare sender sees a reset (both observed).
 */
export const connect = (ends: Ends): Connection => {
  const { how, why, source } = attempt(ends);
  const { accepts, receiver } = ends;
  const status = ends.http && ends.sender.proxy ? { status: cannotConnect } : {};
  const at = source ? { source } : {};
  if (how === 'mtls') {
    if (canSpeakMtls(ends) && accepts?.mode !== 'disabled') return { kind: 'open', encrypted: 'mtls', why, ...at };
    return { kind: 'refused', why: `${why}, which the other end does not speak`, ...status, ...at };
  }
  if (accepts?.mode === 'strict') {
    const strict = accepts.setting?.source ? { source: accepts.setting.source } : at;
    const refusal = { why: `the server takes mesh mTLS only; ${why}`, ...strict };
    if (receiver.proxy?.dataPlane.refusesPlaintextBy !== 'status') return { kind: 'refused', ...status, ...refusal };
    return { kind: 'unproven', encrypted: how, ...(ends.http ? { status: 403 } : {}), ...refusal };
  }
  return { kind: 'open', encrypted: how, why, ...at };
};

const strength: readonly Encrypted[] = ['plaintext', 'tls', 'mtls'];

export const weakest = (a: Encrypted, b: Encrypted): Encrypted => (strength.indexOf(a) < strength.indexOf(b) ? a : b);
