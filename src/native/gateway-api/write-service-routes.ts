import type { Backend, Frontend, Rule } from '../../model/frontend.ts';
import { type RouteManifest, type RouteWriting, writeRoutes } from './write-routes.ts';

/** Whether a table for all ports has to become one route for each: something in it depends on the port dialled. */
export const dependsOnPort = (frontend: Frontend): boolean =>
  frontend.noMatch.kind === 'passToService' ||
  frontend.rules.some(({ match }) => match.port !== undefined) ||
  hasOpenPort(frontend);

/** Whether traffic goes on to the port that was dialled, because a backend names none. */
export const hasOpenPort = ({ rules }: Frontend): boolean => {
  const isOpen = ({ backend }: { readonly backend: Backend }): boolean =>
    backend.kind === 'service' && backend.port === undefined;
  return rules.some(
    ({ action: { mirrors = [], target } }) =>
      mirrors.some(isOpen) || (target.kind === 'forward' && target.backends.some(isOpen)),
  );
};

/** The part of a table that one namespace's routes carry, without what the place of the routes already says. */
interface Share {
  readonly namespace: string;
  readonly rules: readonly Rule[];
}

/**
 * Who a table is for is said by the namespace of its routes: the service's own for everyone, a client's for the clients
 * there. A table with rules for the callers of some namespaces becomes one for everyone, without those rules, and a
 * whole one for each of the namespaces, which replaces it there.
 */
const sharesOf = (frontend: Frontend, home: string): readonly Share[] =>
  namespacesOf(frontend).map(namespace => ({
    namespace: namespace ?? home,
    rules: frontend.rules.flatMap(rule => {
      const { caller, ...match } = rule.match;
      const isFor =
        caller?.namespaces === undefined || (namespace !== undefined && caller.namespaces.includes(namespace));
      return isFor ? [{ ...rule, match }] : [];
    }),
  }));

/** The namespaces whose clients a table is for or tells apart; undefined stands for everyone else. */
const namespacesOf = ({ clients, rules }: Frontend): readonly (string | undefined)[] =>
  clients.namespaces ?? [
    undefined,
    ...[...new Set(rules.flatMap(({ match }) => match.caller?.namespaces ?? []))].sort(),
  ];

const onPort = (rules: readonly Rule[], port: number | undefined): readonly Rule[] =>
  rules.flatMap(rule => {
    const { port: wanted, ...match } = rule.match;
    return wanted === undefined || wanted === port ? [{ ...rule, match }] : [];
  });

/** Routes of one kind only act on a port; HTTP and gRPC are one here, because one table is written as either. */
export const familyOf = ({ protocol }: Frontend): 'web' | 'tls' | 'tcp' =>
  protocol === 'tls' || protocol === 'tcp' ? protocol : 'web';

/** Whether a table is for the clients of a namespace; without a namespace, for everyone. */
const isFor = ({ clients }: Frontend, namespace: string | undefined): boolean =>
  clients.namespaces === undefined || (namespace !== undefined && clients.namespaces.includes(namespace));

/** Those before a table that keep some of its requests from it, as the clients of a namespace see them. */
const tablesBefore = (
  frontend: Frontend,
  namespace: string | undefined,
  tables: readonly Frontend[],
): readonly Frontend[] =>
  tables
    .slice(0, Math.max(0, tables.indexOf(frontend)))
    .filter(table => familyOf(table) === familyOf(frontend) && isFor(table, namespace));

/**
 * Whether a table for all ports has to name them: it depends on the port dialled, or other tables of the Service are to
 * keep some ports to themselves. All routes on a port are one set, where tables come one after the other.
 */
export const needsPorts = (
  frontend: Frontend,
  tables: readonly Frontend[],
  namespaces: readonly (string | undefined)[] = namespacesOf(frontend),
): boolean =>
  dependsOnPort(frontend) ||
  tables.some(table => familyOf(table) !== familyOf(frontend)) ||
  namespaces.some(namespace => tablesBefore(frontend, namespace, tables).length > 0);

/** The ports that a table has for some clients; one without a number is all of them. */
const portsOf = (
  frontend: Frontend,
  namespace: string | undefined,
  writing: RouteWriting,
  tables: readonly Frontend[],
): readonly (number | undefined)[] => {
  const { listens, protocol } = frontend;
  if (listens.kind !== 'service') return [];
  const before = tablesBefore(frontend, namespace, tables).flatMap(table =>
    table.listens.kind === 'service' ? [table.listens.port] : [],
  );
  const isTaken = (port: number): boolean => before.includes(undefined) || before.includes(port);
  if (listens.port !== undefined) return isTaken(listens.port) ? [] : [listens.port];
  if (!needsPorts(frontend, tables, [namespace])) return [undefined];
  return writing.portsOf(listens.service, protocol).filter(port => !isTaken(port));
};

/**
 * The routes that a table on a Service becomes. `tables` are all tables of the Service in the model's order. What the
 * API cannot say has been judged before and is not there any more: nothing is lost here.
 */
export const writeServiceRoutes = (
  frontend: Frontend,
  writing: RouteWriting,
  tables: readonly Frontend[] = [frontend],
): readonly RouteManifest[] => {
  const { listens } = frontend;
  if (listens.kind !== 'service') return [];
  const [home = '', service = ''] = listens.service.split('/');
  const isOnlyPort = listens.port === undefined && writing.portsOf(listens.service).length === 1;
  return sharesOf(frontend, home).flatMap(share => {
    const isConsumer = share.namespace !== home;
    const ports = portsOf(frontend, isConsumer ? share.namespace : undefined, writing, tables);
    return ports.flatMap(port => {
      const parent = {
        group: '',
        kind: 'Service',
        name: service,
        ...(isConsumer ? { namespace: home } : {}),
        ...(port === undefined || isOnlyPort ? {} : { port }),
      };
      const base = isConsumer ? `${service}-${home}` : service;
      const name = 'port' in parent ? `${base}-${port}` : base;
      const table = { ...frontend, rules: onPort(share.rules, port) };
      return writeRoutes(table, { namespace: share.namespace, name, parents: [parent], dialled: port }, writing);
    });
  });
};
