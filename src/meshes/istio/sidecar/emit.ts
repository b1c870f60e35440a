import { type Manifest, ownershipLabel } from '../../../adapter/adapter.ts';
import { byKey, groupBy } from '../../../base/order.ts';
import type { EgressDefault, Visibility } from '../../../model/capabilities/visibility.ts';
import type { Frontend } from '../../../model/frontend.ts';
import type { Protocol } from '../../../model/inventory.ts';
import { hostMatches } from '../../../model/match.ts';
import type { Model } from '../../../model/model.ts';
import { type ClientScope, type Labels, selects } from '../../../model/scope.ts';
import { hidesRoutes } from './hides-routes.ts';
import { routeImports } from './route-imports.ts';

/** The clients that one Sidecar is for; without a namespace everyone. */
interface Clients {
  readonly namespace?: string;
  readonly labels?: Labels;
}

/**
 * One Sidecar for each kind of client that is told apart. Since the one that a workload finds decides alone, each says
 * all that its clients know, also of the VirtualServices written, and what becomes of the rest.
 */
export const emitSidecars = (model: Model, rootNamespace: string, virtualServices: readonly Manifest[]): Manifest[] => {
  const scopes = [...model.visibility, ...model.egress].flatMap(({ clients }) => clientsOf(clients));
  const wanted = [...new Map(scopes.map(clients => [JSON.stringify(clients), clients])).values()];
  return wanted
    .flatMap(clients => {
      const visibility = model.visibility.find(({ clients: scope }) => covers(scope, clients));
      const egress = model.egress.find(({ clients: scope }) => covers(scope, clients));
      const namespace = clients.namespace ?? rootNamespace;
      const known = visibility?.exposes ?? [];
      const isHidden = (host: string): boolean => hidesRoutes(firstFor(host, clients, model));
      const exposes = [...known, ...routeImports(known, clients.namespace, virtualServices, isHidden)];
      const spec = {
        ...(clients.labels ? { workloadSelector: { labels: clients.labels } } : {}),
        ...(visibility ? { egress: emitListeners(exposes, model) } : {}),
        ...(egress ? { outboundTrafficPolicy: emitPolicy(egress) } : {}),
      };
      const name = clients.labels ? Object.values(clients.labels).join('-').toLowerCase() : 'default';
      return [
        {
          apiVersion: 'networking.istio.io/v1',
          kind: 'Sidecar',
          metadata: { name, namespace, labels: ownershipLabel },
          spec,
        },
      ];
    })
    .sort(byKey(({ metadata, spec }) => `${metadata.namespace}/${metadata.name} ${JSON.stringify(spec)}`));
};

/** Gateways have no Sidecar. */
const clientsOf = ({ namespaces, labels, gateway }: ClientScope): Clients[] => {
  if (gateway !== undefined) return [];
  return (namespaces ?? [undefined]).map(namespace => ({
    ...(namespace === undefined ? {} : { namespace }),
    ...(labels ? { labels } : {}),
  }));
};

/** Whether a statement is for all of certain clients. */
const covers = ({ namespaces, labels, gateway }: ClientScope, clients: Clients): boolean =>
  gateway === undefined &&
  (!namespaces || (clients.namespace !== undefined && namespaces.includes(clients.namespace))) &&
  (!labels || (clients.labels !== undefined && selects(labels, clients.labels)));

/** The table that decides for a host, as certain clients have it. */
const firstFor = (host: string, clients: Clients, { frontends }: Model): Frontend | undefined =>
  frontends.find(
    ({ listens, clients: scope }) => listens.kind === 'hosts' && listens.hosts.includes(host) && covers(scope, clients),
  );

type Exposed = Visibility['exposes'][number];

/** Listeners for single ports, then the one for all others; someone who knows nothing imports nothing. */
const emitListeners = (exposes: readonly Exposed[], model: Model): Record<string, unknown>[] => {
  const byPort = [...groupBy(exposes, ({ port }) => port)].sort(([a], [b]) => (a ?? 65_536) - (b ?? 65_536));
  const listeners = byPort.map(([port, list]) => ({
    ...(port === undefined
      ? {}
      : { port: { number: port, name: `port-${port}`, protocol: protocolOn(port, list, model) } }),
    hosts: list.map(({ namespace, host }) => `${namespace}/${host}`),
  }));
  return listeners.length > 0 ? listeners : [{ hosts: ['~/*'] }];
};

const protocolNames: Readonly<Record<Protocol, string>> = {
  http: 'HTTP',
  http2: 'HTTP2',
  grpc: 'GRPC',
  https: 'HTTPS',
  tls: 'TLS',
  tcp: 'TCP',
  udp: 'TCP',
  detect: 'TCP',
};

/** What travels on a port is what one of its services says. */
const protocolOn = (port: number, exposed: readonly Exposed[], { inventory }: Model): string => {
  const found = inventory.services
    .filter(service => exposed.some(({ host }) => service.hosts.some(own => hostMatches(host, own))))
    .flatMap(service => service.ports.find(other => other.port === port) ?? [])[0];
  return protocolNames[found?.protocol ?? 'tcp'];
};

const emitPolicy = ({ mode, through }: EgressDefault): Record<string, unknown> => ({
  mode: mode.value === 'deny' ? 'REGISTRY_ONLY' : 'ALLOW_ANY',
  ...(through
    ? {
        egressProxy: {
          host: through.host,
          ...(through.subset === undefined ? {} : { subset: through.subset }),
          ...(through.port === undefined ? {} : { port: { number: through.port } }),
        },
      }
    : {}),
});
