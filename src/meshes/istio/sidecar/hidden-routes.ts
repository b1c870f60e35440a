import type { Frontend } from '../../../model/frontend.ts';
import type { ClientScope } from '../../../model/scope.ts';
import type { Reading } from '../reading.ts';
import { imported, knowsSome } from './imports.ts';
import type { Sidecar } from './sidecars.ts';

/**
 * Route tables as clients with a Sidecar see them. A table that a Sidecar does not import, in front of a service that it
 * does, is not there for its clients: they get the tables that are left, and an empty one that passes to the service in
 * place of each that is hidden (observed, row 16.2). These go before the tables for everyone. Whoever has a Sidecar of
 * their own also gets what only later ones hide, so that these do not speak for them.
 */
export const hideRoutes = (
  reading: Reading,
  sidecars: readonly Sidecar[],
  frontends: readonly Frontend[],
): readonly Frontend[] => {
  const views = sidecars.map(sidecar => viewOf(reading, sidecar, frontends));
  const seen = views.flatMap((view, index) => {
    const asked = views.slice(index).filter(({ sidecar }) => common(view.sidecar.clients, sidecar.clients));
    return seenThrough(view, new Set(asked.flatMap(({ hidden }) => hidden)));
  });
  return [...seen, ...frontends];
};

/** What clients with a Sidecar have to do with route tables. */
interface View {
  readonly sidecar: Sidecar;
  /** The tables that matter to them, and for which of them. */
  readonly reachable: ReadonlyMap<Frontend, ClientScope>;
  readonly known: ReadonlySet<Frontend>;
  /** The places of tables that they do not know. */
  readonly hidden: readonly string[];
}

const viewOf = (reading: Reading, sidecar: Sidecar, frontends: readonly Frontend[]): View => {
  const known = imported(sidecar, frontends, reading.directory);
  const reachable = new Map(
    frontends.flatMap(frontend => {
      const clients = common(frontend.clients, sidecar.clients);
      return clients && isForKnownService(reading, sidecar, frontend) ? [[frontend, clients] as const] : [];
    }),
  );
  const hidden = [...reachable.keys()].filter(frontend => !known.has(frontend)).map(placeOf);
  return { sidecar, reachable, known, hidden };
};

const seenThrough = ({ sidecar, reachable, known }: View, hidden: ReadonlySet<string>): Frontend[] => {
  const about = [...reachable.keys()].filter(frontend => hidden.has(placeOf(frontend)));
  const left = about.filter(frontend => known.has(frontend));
  const passing = new Map(about.map(frontend => [`${placeOf(frontend)} ${frontend.protocol}`, frontend]));
  return [
    ...left.map(frontend => ({
      ...frontend,
      id: `${frontend.id} seen through ${sidecar.id}`,
      clients: reachable.get(frontend) ?? frontend.clients,
    })),
    ...[...passing.values()].map(
      ({ listens, protocol }): Frontend => ({
        id: `${placeOf({ listens })} unrouted by ${sidecar.id}`,
        listens,
        protocol,
        clients: sidecar.clients,
        rules: [],
        noMatch: { kind: 'passToService' },
        source: sidecar.spec,
      }),
    ),
  ];
};

const placeOf = ({ listens }: Pick<Frontend, 'listens'>): string => {
  if (listens.kind === 'service') return `${listens.service}:${listens.port ?? ''}`;
  return listens.kind === 'hosts' ? `${listens.hosts.join()}:${listens.port ?? ''}` : '';
};

/** What a table is in front of must be known to the clients for the table to matter; hosts that are no services are. */
const isForKnownService = ({ directory }: Reading, sidecar: Sidecar, { listens }: Frontend): boolean => {
  if (listens.kind === 'listener') return false;
  const service = listens.kind === 'service' ? directory.find(listens.service) : undefined;
  return service === undefined || knowsSome(sidecar, service);
};

/** The clients of both; undefined if there are none. */
const common = (a: ClientScope, b: ClientScope): ClientScope | undefined => {
  const namespaces = a.namespaces && b.namespaces ? a.namespaces.filter(n => b.namespaces?.includes(n)) : undefined;
  if (namespaces?.length === 0) return undefined;
  const either = namespaces ?? a.namespaces ?? b.namespaces;
  const labels = { ...a.labels, ...b.labels };
  return {
    ...b,
    ...(either ? { namespaces: either } : {}),
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
  };
};
