import { type Manifest, ownershipLabel } from '../../adapter/adapter.ts';
import { InvariantError } from '../../base/finding.ts';
import type { Gateway, Listener, Protocol } from '../../model/inventory.ts';
import { gatewayGroup } from '../../native/gateway-api/kinds.ts';

type Json = Readonly<Record<string, unknown>>;

const protocols: Readonly<Record<Protocol, string>> = {
  http: 'HTTP',
  http2: 'HTTP',
  grpc: 'HTTP',
  detect: 'HTTP',
  https: 'HTTPS',
  tls: 'TLS',
  tcp: 'TCP',
  udp: 'UDP',
};

const isL4 = ({ protocol }: Listener): boolean => protocol === 'tcp' || protocol === 'udp';

/** A name that a section may have: `^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`. */
const sectionName = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 253) || 'listener';

/**
 * The sections of a Gateway that one listener becomes: one for each of its host names, because a section has one. Names
 * that would be equal are numbered in the order of the listeners.
 */
export const sectionsOf = (gateway: Gateway): ReadonlyMap<string, readonly { name: string; host?: string }[]> => {
  const used = new Map<string, number>();
  const unique = (name: string): string => {
    const count = (used.get(name) ?? 0) + 1;
    used.set(name, count);
    return count === 1 ? name : unique(`${name}-${count}`);
  };
  return new Map(
    gateway.listeners.map(listener => {
      const base = sectionName(listener.name);
      // A host `*` is every host, which a section says by saying nothing.
      const hosts = listener.hosts.filter(host => host !== '*');
      if (isL4(listener) || hosts.length === 0) return [listener.name, [{ name: unique(base) }]];
      const [only] = hosts;
      if (hosts.length === 1 && only !== undefined) return [listener.name, [{ name: unique(base), host: only }]];
      return [listener.name, hosts.map(host => ({ name: unique(`${base}-${sectionName(host)}`), host }))];
    }),
  );
};

/** A Gateway of a class; routes bind to it from its own namespace. */
export const emitGateway = (gateway: Gateway, className: string): Manifest => {
  const sections = sectionsOf(gateway);
  const perPort = callerValidation(gateway);
  return {
    apiVersion: `${gatewayGroup}/v1`,
    kind: 'Gateway',
    metadata: { name: gateway.name, namespace: gateway.namespace, labels: ownershipLabel },
    spec: {
      gatewayClassName: className,
      listeners: gateway.listeners.flatMap(listener =>
        (sections.get(listener.name) ?? []).map(({ name, host }) => ({
          name,
          ...(host === undefined ? {} : { hostname: host }),
          port: listener.port,
          protocol: protocols[listener.protocol],
          ...(listener.tls ? { tls: listenerTls(listener.tls, gateway.namespace) } : {}),
        })),
      ),
      ...(perPort.length > 0 ? { tls: { frontend: { default: {}, perPort } } } : {}),
    },
  };
};

const listenerTls = (tls: NonNullable<Listener['tls']>, home: string): Json => {
  if (tls.mode === 'passthrough') return { mode: 'Passthrough' };
  return { mode: 'Terminate', certificateRefs: tls.certificates.map(name => secretReference(name, home)) };
};

const secretReference = (text: string, home: string): Json => {
  const [namespace, name] = text.includes('/') ? (text.split('/') as [string, string]) : [home, text];
  return { name, ...(namespace === home ? {} : { namespace }) };
};

/** `ConfigMap shop/ca`, or the name of a Secret. */
const objectReference = (text: string, home: string): Json => {
  const [kind, name] = text.includes(' ') ? (text.split(' ') as [string, string]) : ['Secret', text];
  const [bare = '', ...group] = kind.split('.');
  return { group: group.join('.'), kind: bare, ...secretReference(name, home) };
};

/** Client certificates are asked for by port. */
const callerValidation = (gateway: Gateway): readonly Json[] => {
  const byPort = new Map<number, Json>();
  for (const { port, tls } of gateway.listeners) {
    if (tls?.mode !== 'mutual' && tls?.mode !== 'optionalMutual') continue;
    byPort.set(port, {
      caCertificateRefs: (tls.clientAuthorities ?? []).map(name => objectReference(name, gateway.namespace)),
      ...(tls.mode === 'optionalMutual' ? { mode: 'AllowInsecureFallback' } : {}),
    });
  }
  return [...byPort].sort(([a], [b]) => a - b).map(([port, validation]) => ({ port, tls: { validation } }));
};

/** Listeners that send everything to https become routes that do. */
export const redirectRoutes = (gateway: Gateway): readonly Manifest[] => {
  const parents = gateway.listeners
    .filter(listener => listener.httpsRedirect)
    .flatMap(listener => sectionsOf(gateway).get(listener.name) ?? [])
    .map(({ name }) => ({ name: gateway.name, sectionName: name }));
  if (parents.length === 0) return [];
  return [
    {
      apiVersion: `${gatewayGroup}/v1`,
      kind: 'HTTPRoute',
      metadata: { name: `${gateway.name}-to-https`, namespace: gateway.namespace, labels: ownershipLabel },
      spec: {
        parentRefs: parents,
        rules: [
          {
            matches: [{ path: { type: 'PathPrefix', value: '/' } }],
            filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }],
          },
        ],
      },
    },
  ];
};

/** The listener that a table stands behind. */
export const listenerOf = (gateways: readonly Gateway[], id: string, name: string): [Gateway, Listener] => {
  const gateway = gateways.find(candidate => candidate.id === id);
  const listener = gateway?.listeners.find(candidate => candidate.name === name);
  if (!gateway || !listener) throw new InvariantError(`no listener ${name} on gateway ${id}`);
  return [gateway, listener];
};
