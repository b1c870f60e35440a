import { approximated, refused, type Verdict } from '../../../adapter/disposition.ts';
import type { TableJudge } from '../../../adapter/judge.ts';
import type { Frontend, NoMatch, Rule } from '../../../model/frontend.ts';
import { hostMatches } from '../../../model/match.ts';
import type { Model } from '../../../model/model.ts';
import type { ClientScope } from '../../../model/scope.ts';
import { hidesRoutes } from '../sidecar/hides-routes.ts';
import { layerOf } from './host-tables.ts';
import { byServerName } from './server-name-order.ts';
import { servicesMatching } from './wildcard.ts';

/** What a table as a whole can be. */
export const tableJudge = (model: Model): TableJudge => ({
  frontend: frontend => {
    const { listens, protocol } = frontend;
    if (protocol === 'udp') return refused('udp', 'datagrams are not routed');
    if (listens.kind !== 'hosts') return 'applied';
    const hosts = listens.hosts.filter(host => host !== '*');
    if (hosts.length === 0) return refused('every-host', 'in the mesh a table is for some hosts, never for all');
    if (!listens.servicesOnly && (listens.port ?? 80) !== 80 && !hasServiceOn(listens.port ?? 80, frontend, model)) {
      return refused('host-port', `a host that is no service has routes on port 80 only, not on ${listens.port}`, {
        workaround: 'make the host known with a ServiceEntry',
      });
    }
    if (hosts.length < listens.hosts.length) {
      const value = { ...frontend, listens: { ...listens, hosts } };
      return approximated(value, 'every-host', 'the table is for the hosts it names, not for all others');
    }
    return listens.servicesOnly ? 'applied' : besideServices(frontend, listens, model);
  },
  noMatch: (noMatch, frontend) => {
    if (layerOf(frontend) !== 'http') return connectionNoMatch(noMatch);
    if (noMatch.kind === 'respond' || frontend.listens.kind === 'service') return 'applied';
    if (noMatch.kind === 'next' && isFollowed(frontend, model)) return 'applied';
    if (hidesRoutes(frontend) && hasSidecar(frontend, model)) return 'applied';
    return approximated({ kind: 'respond', status: 404 }, 'no-match', 'requests that no rule takes get a 404');
  },
  order: (rules, frontend) => {
    if (layerOf(frontend) !== 'tls') return 'applied';
    const verdict = serverNamesOf(rules, frontend, model);
    if (verdict !== 'applied' || frontend.listens.kind === 'listener') return verdict;
    // A name that is said of some addresses and again of all makes a listener that Envoy refuses (docs/meshes/istio.md).
    if (rules.every(({ match }) => !match.addresses)) return 'applied';
    const value = byServerName(rules);
    if (value.every((rule, index) => rule === rules[index])) return 'applied';
    const message = 'the most specific server name wins, wherever its rule stands, as some rules go by addresses too';
    return approximated(value, 'server-name-order', message);
  },
});

/** A wildcard that takes a service on its port takes services only; other hosts of its table do not become services. */
const besideServices = (
  frontend: Frontend,
  listens: Extract<Frontend['listens'], { readonly kind: 'hosts' }>,
  { inventory }: Model,
): Verdict<Frontend> => {
  const takesService = (host: string): boolean =>
    host.startsWith('*') &&
    servicesMatching(host, inventory.services).some(({ ports }) =>
      ports.some(({ port }) => port === (listens.port ?? 80)),
    );
  const others = listens.hosts.filter(host => !takesService(host));
  if (others.length === listens.hosts.length) return 'applied';
  const [narrower, message] =
    others.length > 0
      ? [{ ...listens, hosts: others }, 'a wildcard that takes a service on this port is left out beside other hosts']
      : [{ ...listens, servicesOnly: true }, 'a wildcard that takes a service on this port takes no other hosts'];
  return approximated({ ...frontend, listens: narrower }, 'wildcard-host', message, {
    workaround: 'name the other hosts one by one',
  });
};

/** A host beside a service in one object has routes on the ports of the service as well. */
const hasServiceOn = (port: number, { source }: Frontend, { frontends, inventory }: Model): boolean =>
  source !== undefined &&
  frontends.some(({ listens, source: other }) => {
    if (listens.kind !== 'service' || other?.object !== source.object) return false;
    return inventory.services.some(({ id, ports }) => id === listens.service && ports.some(own => own.port === port));
  });

/** Whether a Sidecar is written for just the clients of a table, so that it can leave out the routes for a host. */
const hasSidecar = ({ clients }: Frontend, { visibility }: Model): boolean =>
  visibility.some(({ clients: scope }) => sameClients(scope, clients));

const sameClients = (a: ClientScope, b: ClientScope): boolean => {
  const text = ({ namespaces, labels, gateway }: ClientScope): string =>
    JSON.stringify([namespaces, Object.entries(labels ?? {}).sort(), gateway]);
  return text(a) === text(b);
};

/** Whether later tables answer, for all hosts and clients of this one, what it leaves. */
const isFollowed = ({ id, listens, clients }: Frontend, { frontends }: Model): boolean => {
  if (listens.kind !== 'hosts') return true;
  const later = frontends.slice(frontends.findIndex(frontend => frontend.id === id) + 1);
  const answers = ({ listens: other, clients: others, noMatch }: Frontend, host: string): boolean =>
    other.kind === 'hosts' &&
    noMatch.kind !== 'next' &&
    (other.port === undefined || other.port === listens.port) &&
    other.hosts.some(pattern => pattern === host || hostMatches(pattern, host)) &&
    !others.labels &&
    (!others.namespaces || Boolean(clients.namespaces?.every(name => others.namespaces?.includes(name))));
  return listens.hosts.every(host => later.some(other => answers(other, host)));
};

/** Connections that no rule takes go to the service; they cannot be closed. */
const connectionNoMatch = (noMatch: NoMatch): Verdict<NoMatch> =>
  noMatch.kind === 'respond'
    ? approximated({ kind: 'passToService' }, 'no-match-connection', 'connections that no rule takes go to the service')
    : 'applied';

/**
 * A rule for TLS needs server names; without any it would be for all of them, which cannot be said for clients of the
 * mesh. At a gateway it can: the names are then those of the listener, or `*`.
 */
const serverNamesOf = (rules: readonly Rule[], { listens }: Frontend, model: Model): Verdict<readonly Rule[]> => {
  if (listens.kind === 'listener' || rules.every(({ match }) => match.sni)) return 'applied';
  const service = model.inventory.services.find(({ id }) => listens.kind === 'service' && id === listens.service);
  const names = listens.kind === 'hosts' ? listens.hosts : (service?.hosts ?? []);
  const value = rules.map(rule => (rule.match.sni ? rule : { ...rule, match: { ...rule.match, sni: names } }));
  const message = 'a rule for every server name is for the names of the service only';
  return approximated(value, 'tls-server-name', message);
};
