import type { Field } from '../../../base/field.ts';
import type { Listener, Protocol } from '../../../model/inventory.ts';
import { readServerTls } from './server-tls.ts';

/** One `servers[]` of a Gateway. */
export interface Server {
  readonly listener: Listener;
  /** Hosts for which VirtualServices may bind, each to one namespace or to all. */
  readonly hosts: readonly { readonly host: string; readonly namespace?: string }[];
  /** What becomes of a connection: read as HTTP, passed on by its server name, or by its port. */
  readonly carries: 'http' | 'tls' | 'tcp';
  /** Clusters find each other by names that the mesh makes up; no VirtualService binds. */
  readonly isAutomatic: boolean;
  readonly field: Field;
}

const protocols: Readonly<Record<string, Protocol>> = {
  HTTP: 'http',
  HTTP2: 'http2',
  GRPC: 'grpc',
  'GRPC-WEB': 'http',
  HTTP_PROXY: 'http',
  HTTPS: 'https',
  TLS: 'tls',
};

/** The servers of a Gateway whose pods find their Secrets in a namespace. */
export const readServers = (spec: Field, own: string, secretNamespace: string): Server[] => {
  const taken = new Set<string>();
  return spec.list('servers').map((field, index) => {
    const port = field.at('port');
    const portName = port?.text('name');
    const name = field.text('name') ?? portName ?? `${port?.number('number') ?? index}`;
    // Names must differ; where they do not, the object is refused, and files may hold it all the same.
    const unique = taken.has(name) ? `${name}-${index}` : name;
    taken.add(unique);
    return readServer(field, unique, own, secretNamespace);
  });
};

const readServer = (field: Field, name: string, own: string, secretNamespace: string): Server => {
  const port = field.at('port');
  const written = port?.text('protocol')?.toUpperCase() ?? '';
  const protocol = protocols[written] ?? 'tcp';
  const tlsField = field.at('tls');
  const mode = tlsField?.text('mode');
  const tls = readServerTls(tlsField, secretNamespace);
  const httpsRedirect = tlsField?.boolean('httpsRedirect');
  const hosts = (field.texts('hosts') ?? []).map(text => readHost(text, own));
  field.at('bind')?.leave('the address on which the gateway listens');
  field.at('defaultEndpoint')?.leave('declared in the API and not implemented');
  port?.at('targetPort')?.leave('the Service of the gateway says which port its pods listen on');
  const passes = mode === 'PASSTHROUGH' || mode === 'AUTO_PASSTHROUGH';
  const readsHttp = protocol !== 'tcp' && protocol !== 'tls' && !passes;
  return {
    listener: {
      name,
      port: port?.number('number') ?? 0,
      protocol,
      hosts: hosts.some(({ host }) => host === '*') ? [] : [...new Set(hosts.map(({ host }) => host))],
      ...(tls ? { tls } : {}),
      ...(httpsRedirect ? { httpsRedirect } : {}),
      source: field,
    },
    hosts,
    carries: readsHttp ? 'http' : passes ? 'tls' : 'tcp',
    isAutomatic: mode === 'AUTO_PASSTHROUGH',
    field,
  };
};

/** A host, for VirtualServices of any namespace (`*`) or of one in front of it; `.` is the Gateway's own namespace. */
const readHost = (text: string, own: string): { host: string; namespace?: string } => {
  const slash = text.indexOf('/');
  if (slash < 0) return { host: text.toLowerCase() };
  const [namespace, host] = [text.slice(0, slash), text.slice(slash + 1).toLowerCase()];
  if (namespace === '*') return { host };
  return { host, namespace: namespace === '.' ? own : namespace };
};
