import type { Gateway, Listener } from '../model/inventory.ts';
import { hostMatches, hostRank } from '../model/match.ts';
import { isSealed } from './dial.ts';
import type { Layer } from './lookup/frontends.ts';
import type { Request } from './request.ts';

/** Which listener of a gateway takes a connection, and how it reads it. */
export type Entered =
  | { readonly kind: 'listener'; readonly listener: Listener; readonly layer: Layer; readonly endsTls: boolean }
  /** Nothing listens on the port: no connection. */
  | { readonly kind: 'closed' }
  /** The port is open, but not for this host: no certificate fits, or there is no such virtual host. */
  | { readonly kind: 'unknownHost'; readonly layer: Layer };

const speaksTls = ({ protocol, tls }: Listener): boolean =>
  tls !== undefined || protocol === 'https' || protocol === 'tls';

const endsTls = (listener: Listener): boolean => speaksTls(listener) && listener.tls?.mode !== 'passthrough';

const readsHttp: readonly Listener['protocol'][] = ['http', 'http2', 'grpc', 'https', 'detect'];

/** Whether a connection can be of the kind that a listener takes. Of a listener that is only supposed to be there nobody knows. */
const fits = (listener: Listener, request: Request, gateway: Gateway): boolean => {
  const isOpen = gateway.evidence === 'referenced' && listener.protocol === 'detect';
  return isOpen ? request.protocol !== 'tcp' : speaksTls(listener) === isSealed(request);
};

const layerAt = (listener: Listener, request: Request): Layer => {
  if (speaksTls(listener) && !endsTls(listener)) return 'tls';
  const sendsHttp = request.protocol === 'http' || request.protocol === 'grpc';
  return sendsHttp && readsHttp.includes(listener.protocol) ? 'http' : 'tcp';
};

/** How specific a listener is for a host; undefined if it does not take it. No hosts is every host. */
const rank = ({ hosts }: Listener, host: string): number | undefined => {
  if (hosts.length === 0) return 0;
  const ranks = hosts.filter(pattern => hostMatches(pattern, host)).map(hostRank);
  return ranks.length === 0 ? undefined : Math.max(...ranks);
};

/** Those on a port; else those of which nobody knows the port. */
const onPort = (listeners: readonly Listener[], port: number | undefined): readonly Listener[] => {
  const anywhere = listeners.filter(({ anyPort }) => anyPort);
  if (port === undefined) return anywhere.length > 0 ? anywhere : listeners;
  const here = listeners.filter(listener => !listener.anyPort && listener.port === port);
  return here.length > 0 ? here : anywhere;
};

/** Listeners that are only supposed to be there: first those whose name tells how they speak. */
const clearestFirst = (listeners: readonly Listener[]): readonly Listener[] =>
  listeners.toSorted((a, b) => Number(a.protocol === 'detect') - Number(b.protocol === 'detect'));

/**
 * The most specific listener for the host takes the request, and no other one does, whatever routes it has (listener
 * isolation, Gateway API). Without a port, the first port that fits is meant.
 */
export const enter = (gateway: Gateway, request: Request, host: string, port: number | undefined): Entered => {
  const all = gateway.evidence === 'referenced' ? clearestFirst(gateway.listeners) : gateway.listeners;
  const fitting = all.filter(listener => fits(listener, request, gateway));
  const open = onPort(fitting, port);
  const [first] = open;
  if (!first) return { kind: 'closed' };
  let best: { listener: Listener; rank: number } | undefined;
  for (const listener of open) {
    const fit = rank(listener, request.sni ?? host);
    if (fit !== undefined && (!best || fit > best.rank)) best = { listener, rank: fit };
  }
  // Without a fitting server name there is no certificate to show, and no connection.
  if (!best) return { kind: 'unknownHost', layer: isSealed(request) ? 'tls' : layerAt(first, request) };
  const { listener } = best;
  const passes = listener.tls?.mode === 'passthrough';
  return { kind: 'listener', listener, layer: layerAt(listener, request), endsTls: isSealed(request) && !passes };
};
