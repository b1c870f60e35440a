/** When what was applied is what proxies act on. Nothing here waits for a time to pass. */

import type { KubernetesApi, KubernetesObject } from '../kubernetes/api.ts';
import { until } from '../machine/until.ts';
import type { Orders } from '../probe/orders.ts';
import type { Send } from '../probe/wire.ts';
import { askIstiod } from './istiod.ts';
import { gateway, hostOf, outsideName } from './native.ts';
import { beacon } from './scene.ts';

interface Known {
  readonly metadata: { readonly uid?: string; readonly generation?: number };
}

/** Until istiod has taken in the objects as they are, and has forgotten those that are gone. */
export const untilTakenIn = async (
  there: readonly KubernetesObject[],
  gone: readonly KubernetesObject[],
): Promise<void> => {
  await until('istiod to take in the configuration', async () => {
    const known = JSON.parse((await askIstiod('/debug/configz')).text) as readonly Known[];
    const generations = new Map(known.map(({ metadata }) => [metadata.uid, metadata.generation ?? 0]));
    return (
      there.every(({ metadata }) => (generations.get(metadata.uid) ?? -1) >= (metadata.generation ?? 0)) &&
      gone.every(({ metadata }) => !generations.has(metadata.uid))
    );
  });
};

/** Answers requests to the beacon with a word of its own. */
const lamp = (word: string): KubernetesObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { namespace: 'shop', name: beacon },
  spec: {
    hosts: [`${beacon}.shop.svc.cluster.local`, outsideName(beacon)],
    gateways: ['mesh', gateway.id],
    http: [{ directResponse: { status: 200, body: { string: word } } }],
  },
});

/** A refusal that nothing can meet: no server listens on that port. */
const label = (word: string): KubernetesObject => ({
  apiVersion: 'security.istio.io/v1',
  kind: 'AuthorizationPolicy',
  metadata: { namespace: 'shop', name: beacon },
  spec: { action: 'DENY', rules: [{ to: [{ operation: { paths: [`/${word}`], ports: ['1'] } }] }] },
});

export interface Watched {
  /** Callers, whose proxies route. */
  readonly callers: readonly Orders[];
  /** Servers, whose proxies admit. */
  readonly servers: readonly Orders[];
  readonly beaconAddress: string;
  /** Who can ask the gateway, and where it is. */
  readonly stranger: Orders;
  readonly gatewayAddress: string;
}

const routes = async (
  caller: Orders,
  at: Pick<Send, 'address' | 'port'>,
  host: string,
  word: string,
): Promise<boolean> => {
  const [reply] = await caller.send([{ ...at, protocol: 'http', headers: [['Host', host]] }]);
  return reply?.body === word;
};

/** The same where policies are asked at a waypoint. */
const labelOfService = (word: string): KubernetesObject => ({
  ...label(word),
  spec: {
    targetRefs: [{ group: '', kind: 'Service', name: beacon }],
    action: 'DENY',
    rules: [{ to: [{ operation: { paths: [`/${word}`] } }] }],
  },
});

/** A caller, and where it sends what is for the beacon. */
export interface Entering {
  readonly caller: Orders;
  readonly at: Pick<Send, 'address' | 'port' | 'tunnel'>;
}

/** Callers that pass a waypoint, and those whose own proxies route. */
export interface WatchedWaypoint {
  readonly entering: readonly Entering[];
  readonly routing: readonly Entering[];
}

const listeners = '/config_dump?resource=dynamic_listeners&name_regex=virtualInbound';

/** The word stands in the listener that is active, and none is getting ready to take its place. */
const admits = async (server: Orders, word: string): Promise<boolean> => {
  const dump = await server.proxy(listeners);
  return dump.includes(`/${word}`) && !dump.includes('warming_state');
};

/**
 * Writes a new word into a route and a policy, after everything else was taken in, and waits until every proxy has it:
 * istiod hands out what it knows as a whole and in order, so that a proxy with the word has the rest.
 */
export const untilLive = async (
  api: KubernetesApi,
  word: string,
  { callers, servers, beaconAddress, stranger, gatewayAddress }: Watched,
): Promise<void> => {
  await api.applyAll([lamp(word), label(word)]);
  const waits = [
    ...callers.map(caller => () => routes(caller, { address: beaconAddress, port: 80 }, hostOf(beacon), word)),
    () => routes(stranger, { address: gatewayAddress, port: gateway.port }, outsideName(beacon), word),
    ...servers.map(server => () => admits(server, word)),
  ];
  await Promise.all(waits.map(wait => until('proxies to have the configuration', wait, { everyMs: 40 })));
};

/** The same where a waypoint routes and admits: it is told of both at once. */
export const untilLiveAtWaypoint = async (
  api: KubernetesApi,
  word: string,
  { entering, routing }: WatchedWaypoint,
): Promise<void> => {
  await api.applyAll([lamp(word), labelOfService(word)]);
  const isThere = async ({ caller, at }: Entering): Promise<boolean> => {
    const headers = [['Host', hostOf(beacon)]] as const;
    const [open, closed] = await caller.send([
      { ...at, protocol: 'http', headers },
      { ...at, protocol: 'http', headers, path: `/${word}` },
    ]);
    return open?.body === word && closed?.status === 403;
  };
  // One who sees it is enough, since it is one proxy; policies may keep others out.
  const isAnywhere = async (): Promise<boolean> => (await Promise.all(entering.map(isThere))).some(Boolean);
  const waits = [
    isAnywhere,
    ...routing.map(
      ({ caller, at }) =>
        () =>
          routes(caller, at, hostOf(beacon), word),
    ),
  ];
  await Promise.all(waits.map(wait => until('proxies to have the configuration', wait, { everyMs: 60 })));
};
