import type { Retries } from '../../../model/capabilities/retries.ts';

/** How services of the model are named in the objects written. */
export interface Naming {
  /** The host of a service, and the namespace that owns it. */
  readonly hostOf: (service: string) => { readonly host: string; readonly namespace: string };
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
