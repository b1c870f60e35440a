import type { Frontend } from '../../src/model/frontend.ts';
import type { Match, PathMatch, TextMatch } from '../../src/model/match.ts';
import type { Model } from '../../src/model/model.ts';
import { Lookup } from '../../src/verify/lookup/lookup.ts';
import type { Outcome } from '../../src/verify/outcome.ts';
import { type Ask, type Caller, type Request, requestOf, worldOf } from '../../src/verify/request.ts';
import { simulate } from '../../src/verify/simulate.ts';

/**
 * Requests on both sides of every edge that the route tables of a model draw: each path, what lies just below and
 * beside it; each method, header and parameter, and its absence; each host, port and namespace of callers.
 */
export const boundaryAsks = (model: Model): readonly Ask[] =>
  model.frontends.flatMap(frontend => asksOf(frontend, model));

/** What a model answers, with the endpoints that names stand for instead of the names. */
export const answersOf = (model: Model, asks: readonly Ask[]): readonly unknown[] => {
  const world = worldOf(model);
  Lookup.of(model);
  return asks.map(ask => plain(simulate(world, ask).outcome));
};

const plain = ({ backends, mirrors, body: _, ...rest }: Outcome): unknown => ({
  ...rest,
  backends: backends
    .map(({ service, subset: _subset, endpoints, ...share }) => ({
      ...share,
      endpoints: endpoints || `? ${share.status}`,
    }))
    .sort(byText),
  mirrors: mirrors.map(({ service: _service, subset: _subset, ...share }) => share).sort(byText),
});

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

const pathsOf = (path: PathMatch | undefined): readonly string[] => {
  if (path === undefined) return [];
  if (path.kind === 'regex')
    return [path.regex.pattern.replace(/\.\*|\(\?:[^)]*\)|\[[^\]]*\][+*]?/g, 'x').replace(/[\\^$]/g, '')];
  const value = path.value.replace(/\/$/, '');
  return [value, `${value}/`, `${value}/below`, `${value || '/'}beside`, value.toUpperCase()].filter(
    text => text !== '',
  );
};

const exampleOf = (match: TextMatch): string => {
  if (match.kind === 'present') return 'any';
  return match.kind === 'regex' ? match.regex.pattern.replace(/\.\*|\+/g, '').replace(/\[[^\]]*\]/g, '1') : match.value;
};

const callerIn = (namespace: string, mesh: string): Caller => ({
  kind: 'workload',
  namespace,
  name: 'caller',
  labels: {},
  serviceAccount: 'caller',
  memberships: [{ mesh, mode: 'mesh', certainty: 'assumed', evidence: [] }],
});

/** What a connection is asked with that no proxy reads: bytes, or TLS for each server name and one that nobody has. */
const connections = (frontend: Frontend, names: readonly string[]): readonly Request[] => {
  if (frontend.protocol === 'tcp') return [requestOf({ protocol: 'tcp' })];
  const asked = [...names, ...frontend.rules.flatMap(({ match }) => match.sni ?? []), 'nobody.example'];
  return [...new Set(asked.map(name => name.replace('*', 'some')))].map(sni => requestOf({ protocol: 'tls', sni }));
};

const connectionAsks = (frontend: Frontend, model: Model): readonly Ask[] => {
  const { listens } = frontend;
  if (listens.kind === 'hosts') return [];
  if (listens.kind === 'service') {
    const service = model.inventory.services.find(({ id }) => id === listens.service);
    const ports = listens.port === undefined ? (service?.ports.map(({ port }) => port) ?? []) : [listens.port];
    const caller = callerIn(listens.service.split('/')[0] ?? '', model.meshes[0]?.id ?? '');
    return ports.flatMap(port =>
      connections(frontend, []).map((request): Ask => ({ caller, to: { service: listens.service, port }, request })),
    );
  }
  const gateway = model.inventory.gateways.find(({ id }) => id === listens.gateway);
  const listener = gateway?.listeners.find(({ name }) => name === listens.listener);
  if (!gateway || !listener) return [];
  return connections(frontend, listens.hosts).map(
    (request): Ask => ({
      caller: { kind: 'outside' },
      to: { host: request.sni ?? 'gateway.example', port: listener.port },
      via: gateway.id,
      request,
    }),
  );
};

const asksOf = (frontend: Frontend, model: Model): readonly Ask[] => {
  if (frontend.protocol === 'tcp' || frontend.protocol === 'tls') return connectionAsks(frontend, model);
  const { listens, rules } = frontend;
  const matches: readonly Match[] = rules.map(({ match }) => match);
  const paths = [...new Set(['/', '/elsewhere', ...matches.flatMap(match => pathsOf(match.path))])].slice(0, 40);
  const headers = matches
    .flatMap(match => match.headers ?? [])
    .map(({ name, match }) => [name, exampleOf(match)] as const);
  const query = matches.flatMap(match => match.query ?? []).map(({ name, match }) => `${name}=${exampleOf(match)}`);
  const methods = [...new Set(['GET', ...matches.flatMap(match => (match.method ? [exampleOf(match.method)] : []))])];
  const headerSets = [[], ...headers.map(header => [header]), headers];
  const queries = ['', ...query.map(part => `?${part}`), ...(query.length > 1 ? [`?${query.join('&')}`] : [])];
  const requests = paths.flatMap(path =>
    methods.flatMap(method =>
      headerSets.flatMap(set => queries.map(suffix => ({ path: `${path}${suffix}`, method, headers: set }))),
    ),
  );
  if (listens.kind === 'listener') {
    const gateway = model.inventory.gateways.find(({ id }) => id === listens.gateway);
    const listener = gateway?.listeners.find(({ name }) => name === listens.listener);
    if (!gateway || !listener) return [];
    const hosts = [...listens.hosts, 'unknown.example'].map(host => host.replace('*', 'some'));
    const sealed = listener.protocol === 'https' || listener.protocol === 'tls';
    return hosts.flatMap(host =>
      requests.map(
        (request): Ask => ({
          caller: { kind: 'outside' },
          to: { host, port: listener.port },
          via: gateway.id,
          request: requestOf({ ...request, authority: host, ...(sealed ? { scheme: 'https', sni: host } : {}) }),
        }),
      ),
    );
  }
  if (listens.kind !== 'service') return [];
  const service = model.inventory.services.find(({ id }) => id === listens.service);
  const ports = listens.port === undefined ? (service?.ports.map(({ port }) => port) ?? [80]) : [listens.port];
  const [mesh = { id: '' }] = model.meshes;
  const mentioned = [frontend.clients.namespaces ?? [], ...matches.map(match => match.caller?.namespaces ?? [])].flat();
  const namespaces = [...new Set([listens.service.split('/')[0] ?? '', 'nowhere-else', ...mentioned])];
  return namespaces.flatMap(namespace =>
    ports.flatMap(port =>
      requests.map(
        (request): Ask => ({
          caller: callerIn(namespace, mesh.id),
          to: { service: listens.service, port },
          request: requestOf(request),
        }),
      ),
    ),
  );
};
