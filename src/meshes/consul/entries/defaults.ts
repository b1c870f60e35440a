import type { Setting } from '../../../base/source.ts';
import { proxyDefault, written } from '../../../base/source.ts';
import type { Protocol } from '../../../model/inventory.ts';
import type { EntryField } from '../entry-field.ts';
import { usualTimeoutMs } from '../mesh.ts';
import type { Entry } from '../reading.ts';

/** What ServiceDefaults and ProxyDefaults say of services, each asked by the service's name. */
export interface Defaults {
  readonly services: ReadonlyMap<string, Entry>;
  readonly ofAll: Entry | undefined;
}

const protocols: Readonly<Record<string, Protocol>> = { tcp: 'tcp', http: 'http', http2: 'http2', grpc: 'grpc' };

/** Whatever its case (observed, row 5.16). */
export const protocolNamed = (text: string): Protocol | undefined => protocols[text.toLowerCase()];

const protocolIn = (field: EntryField | undefined): Protocol | undefined => {
  const text = field?.text('protocol');
  return text === undefined ? undefined : protocolNamed(text);
};

/**
 * The protocol of a service: its own defaults, else those of all proxies (observed, row 5.5). Undefined: nobody says,
 * and Consul passes on bytes.
 */
export const protocolIs = ({ services, ofAll }: Defaults, name: string): Protocol | undefined =>
  protocolIn(services.get(name)?.spec) ?? protocolIn(ofAll?.spec?.at('config'));

export const isHttp = (protocol: Protocol | undefined): boolean =>
  protocol === 'http' || protocol === 'http2' || protocol === 'grpc';

/**
 * How long the server's own proxy waits for an answer; zero for ever. A zero in ServiceDefaults says nothing, for the API
 * drops it (observed, row 0.4); one in the configuration of all proxies does.
 */
export const serverTimeout = ({ services, ofAll }: Defaults, name: string): Setting<number> => {
  const own = services.get(name)?.spec;
  const ms = own?.number('localRequestTimeoutMs');
  if (ms !== undefined && ms > 0) return written(ms, own?.at('localRequestTimeoutMs'));
  const config = ofAll?.spec?.at('config');
  const common = config?.number('local_request_timeout_ms');
  if (common !== undefined && common >= 0) return written(common, config?.at('local_request_timeout_ms'));
  return proxyDefault(usualTimeoutMs);
};
