import type { Retries } from '../../../model/capabilities/retries.ts';

/** How the services of the model are known by the hosts of the objects written. */
export interface Naming {
  /** The host of a service, and the namespace that owns it. */
  readonly hostOf: (service: string) => { readonly host: string; readonly namespace: string };
  /** Whether a wildcard takes services, so that it has routes on their ports and not on port 80 alone. */
  readonly takesServices: (pattern: string) => boolean;
}

/** What a VirtualService is written with. */
export interface Writing extends Naming {
  /** What a route without a word about retries does where the object is applied. */
  readonly defaultRetries: Retries | undefined;
}

/** A name from a host: that of the service, or the host itself; wildcards spelt out. */
export const objectName = (host: string): string =>
  host
    .replace(/^([^.]+)\.[^.]+\.svc(?:\..*)?$/, '$1')
    .replace(/^\*\.?/, 'wildcard-')
    .replace(/-$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, '-')
    .slice(0, 253);
