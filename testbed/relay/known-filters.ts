/**
 * What istiod tells a waypoint, without the filters that only Istio's own build of Envoy has. A proxy that is told of a filter
 * it does not have refuses the whole listener.
 */
import { type Change, insideOf, withFields } from './message.ts';

const listenerType = 'type.googleapis.com/envoy.config.listener.v3.Listener';
const httpType =
  'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';

/** Configuration of a type that the sender cannot build: the first field names the type. */
const untyped = new Set([
  'type.googleapis.com/udpa.type.v1.TypedStruct',
  'type.googleapis.com/xds.type.v3.TypedStruct',
]);

/** Finds out for metrics, logs and traces which workloads the peers are. */
const peerMetadata = 'type.googleapis.com/io.istio.http.peer_metadata.Config';

/** The type that an `Any` bears. */
const typeOf = (any: Buffer): string | undefined => {
  const type = insideOf(any, 1)?.toString();
  const value = insideOf(any, 2);
  return type !== undefined && value && untyped.has(type) ? insideOf(value, 1)?.toString() : type;
};

/** Changes what an `Any` holds, if it is of a type. */
const held =
  (type: string, change: Change): Change =>
  any =>
    typeOf(any) === type ? withFields(any, { 2: change }) : any;

const fields =
  (changes: Readonly<Record<number, Change>>) =>
  (message: Buffer): Buffer =>
    withFields(message, changes);

/** A filter of HTTP, by the type of its `typed_config`. */
const knownFilter: Change = filter => {
  const config = insideOf(filter, 4);
  return config && typeOf(config) === peerMetadata ? undefined : filter;
};

const filterChain = fields({ 3: fields({ 4: held(httpType, fields({ 5: knownFilter })) }) });

/** `filter_chains` and `default_filter_chain`. */
const listener = fields({ 3: filterChain, 25: filterChain });

/** A `DeltaDiscoveryResponse`, in which each of the `resources` holds one in turn. */
export const withKnownFilters = fields({ 2: fields({ 2: held(listenerType, listener) }) });
