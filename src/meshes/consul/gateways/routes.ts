import { byAll, byKey } from '../../../base/order.ts';
import type { Action, Frontend, Rule } from '../../../model/frontend.ts';
import type { Gateway, Listener, Protocol } from '../../../model/inventory.ts';
import { hostMatches } from '../../../model/match.ts';
import { hostGroups } from '../../../native/gateway-api/gateway-frontends.ts';
import { backendsOf } from '../chain/backends.ts';
import { isHttp } from '../entries/defaults.ts';
import { type Entry, entriesOf, type Reading, report } from '../reading.ts';
import type { ApiGateway } from './api-gateway.ts';
import { byPrecedence } from './http-match.ts';
import { fromGateway, type RouteReading, readHttpRules } from './http-route.ts';

type Kind = 'HTTPRoute' | 'TCPRoute';

/** A route on one listener of a gateway. */
interface Binding {
  readonly entry: Entry;
  readonly kind: Kind;
  readonly gateway: Gateway;
  readonly listener: Listener;
  /** Host names that route and listener have in common; empty is every host. */
  readonly hosts: readonly string[];
}

const every = '*';

/** The tables behind the listeners of API gateways: one for each host name, what no rule takes is a 404 (row 8.1). */
export const apiGatewayFrontends = (
  gateways: readonly ApiGateway[],
  context: RouteReading,
  protocolOf: (name: string) => Protocol,
): readonly Frontend[] => {
  const { reading } = context;
  const bindings = (['HTTPRoute', 'TCPRoute'] as const).flatMap(kind =>
    [...entriesOf(reading, kind)]
      .sort(
        byAll<Entry>(
          byKey(({ namespace }) => namespace),
          byKey(({ name }) => name),
        ),
      )
      .flatMap(entry => bind(entry, kind, gateways, reading)),
  );
  const rules = new Map<Entry, readonly Rule[]>();
  for (const { entry, kind } of bindings) {
    if (kind === 'HTTPRoute' && !rules.has(entry)) tellBytes(entry, protocolOf, reading);
    if (!rules.has(entry))
      rules.set(entry, kind === 'HTTPRoute' ? readHttpRules(entry, context) : tcpRules(entry, context));
  }
  return gateways.flatMap(({ model }) =>
    model.listeners.flatMap(listener => {
      const here = bindings.filter(binding => binding.gateway === model && binding.listener === listener);
      return tables(model, listener, here, entry => rules.get(entry) ?? [], reading);
    }),
  );
};

/** A route to a service that carries something else is told to be at fault, and bound all the same (seen, 1.21.0). */
const tellBytes = ({ spec }: Entry, protocolOf: (name: string) => Protocol, reading: Reading): void => {
  for (const service of (spec?.list('rules') ?? []).flatMap(rule => rule.list('services'))) {
    const name = service.text('name');
    if (name === undefined || isHttp(protocolOf(name))) continue;
    report(
      reading,
      'CONSUL101',
      service,
      `\`${name}\` carries ${protocolOf(name)}, and the route leads requests to it`,
    );
  }
};

const bind = (entry: Entry, kind: Kind, gateways: readonly ApiGateway[], reading: Reading): readonly Binding[] =>
  (entry.spec?.list('parents') ?? []).flatMap(parent => {
    parent.leave('kind', 'only API gateways are parents');
    const name = parent.text('name');
    const section = parent.text('sectionName');
    const unbound = (why: string): readonly [] => {
      report(reading, 'CONSUL109', parent, `\`${entry.name}\` is not bound to \`${name ?? ''}\`: ${why}`);
      return [];
    };
    const gateway = gateways.find(candidate => candidate.name === name)?.model;
    if (!gateway) return unbound('there is no such gateway');
    const fitting = gateway.listeners.filter(
      listener => (section === undefined || listener.name === section) && isFor(listener, kind),
    );
    if (fitting.length === 0) return unbound('it has no such listener for this kind of route');
    const named = entry.spec?.texts('hostnames')?.map(host => host.toLowerCase()) ?? [];
    const bound = fitting.flatMap((listener): readonly Binding[] => {
      const hosts = kind === 'HTTPRoute' ? commonHosts(listener, named) : [every];
      return hosts.length === 0 ? [] : [{ entry, kind, gateway, listener, hosts }];
    });
    return bound.length > 0 ? bound : unbound('no host name in common');
  });

const isFor = ({ protocol }: Listener, kind: Kind): boolean =>
  (kind === 'HTTPRoute') === (protocol === 'http' || protocol === 'https');

/** Only a listener may have a wildcard; a route without hosts has those of the listener (`FilteredHostnames`, 1.21). */
const commonHosts = ({ hosts }: Listener, named: readonly string[]): readonly string[] => {
  const [own] = hosts;
  if (named.length === 0) return [own ?? every];
  return own === undefined ? named : named.filter(host => host === own || hostMatches(own, host));
};

const tables = (
  gateway: Gateway,
  listener: Listener,
  bindings: readonly Binding[],
  rulesOf: (entry: Entry) => readonly Rule[],
  reading: Reading,
): readonly Frontend[] => {
  const isTable = listener.protocol === 'http' || listener.protocol === 'https';
  const bound = (host: string): readonly Binding[] => bindings.filter(({ hosts }) => hosts.includes(host));
  const groups = hostGroups(
    bindings.flatMap(({ hosts }) => hosts),
    bound,
  );
  return groups.map((hosts): Frontend => {
    const routes = bound(hosts[0] ?? every);
    const rules = routes.flatMap(({ entry }) => rulesOf(entry));
    const [first] = routes;
    return {
      id: `${gateway.id}:${listener.name}/${hosts.join(',')}`,
      listens: {
        kind: 'listener',
        gateway: gateway.id,
        listener: listener.name,
        hosts: hosts.filter(host => host !== every),
      },
      protocol: isTable ? 'http' : 'tcp',
      clients: { mesh: reading.mesh.id, gateway: gateway.id },
      rules: isTable ? rules.toSorted((a, b) => byPrecedence(a.match, b.match)) : rules.slice(0, 1),
      noMatch: { kind: 'respond', status: 404 },
      ...(first ? { source: { object: first.entry.object.ref, path: '' } } : {}),
    };
  });
};

/** A route for bytes leads to one service, through its resolver. */
const tcpRules = (entry: Entry, { reading, chain }: RouteReading): readonly Rule[] => {
  const [service, ...more] = entry.spec?.list('services') ?? [];
  for (const other of more) report(reading, 'CONSUL104', other, 'a route for bytes leads to one service');
  const name = service?.text('name');
  if (!service || name === undefined) return [];
  const ends = chain.ends(name, undefined, fromGateway(entry.namespace), service);
  const id = `${entry.namespace}/${entry.name}/services[0]`;
  const action: Action = { id, target: { kind: 'forward', backends: backendsOf(ends) }, source: service };
  return [{ id, match: { source: service }, action }];
};
