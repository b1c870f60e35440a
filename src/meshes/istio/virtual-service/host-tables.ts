import { groupBy } from '../../../base/order.ts';
import type { Frontend } from '../../../model/frontend.ts';
import { hostMatches } from '../../../model/match.ts';
import type { Naming } from './naming.ts';
import { isWithin, type Standing, standingOf } from './standing.ts';

/** A service by its id, or a host pattern; `takesServices`: a wildcard for services on ports of their own. */
export type HostTarget = { readonly service: string } | { readonly pattern: string; readonly takesServices: boolean };

/** Whether a host is there on more ports than the one of hosts that no service has. */
export const hasPorts = (target: HostTarget): boolean => 'service' in target || target.takesServices;

/** The route tables that some clients have for one host, in the model's order. */
export interface HostTables {
  readonly target: HostTarget;
  /** The namespaces of these clients; absent: of all that are not named elsewhere. */
  readonly namespaces?: readonly string[];
  readonly tables: readonly Frontend[];
}

interface Ranked {
  readonly rank: number;
  readonly table: Frontend;
}

/**
 * For every host that tables are for, the tables of each kind of client. One object has to say all that its clients get
 * for its host: which one a client sees does not depend on what is in it.
 */
export const hostTables = (frontends: readonly Frontend[], naming: Naming): readonly HostTables[] => {
  const index = new TableIndex(frontends, naming);
  return index.targets().flatMap(target => ofClients(target, collapsed(target, index.about(target))));
};

/** Clients by namespace, wherever a table is for some namespaces only; those who get the same share an entry. */
const ofClients = (target: HostTarget, tables: readonly Frontend[]): HostTables[] => {
  const special = new Set(tables.flatMap(({ clients }) => clients.namespaces ?? []));
  const seenBy = (namespace: string | undefined): Frontend[] =>
    reachable(
      tables.filter(
        ({ clients }) => !clients.namespaces || (namespace !== undefined && clients.namespaces.includes(namespace)),
      ),
      hasPorts(target),
    );
  const everyone = seenBy(undefined);
  const own = [...special].sort().map(namespace => ({ namespace, tables: seenBy(namespace) }));
  const differing = own.filter(one => one.tables.some(({ clients }) => clients.namespaces));
  const groups = groupBy(differing, one => one.tables.map(table => tables.indexOf(table)).join());
  return [
    ...[...groups.values()].map(group => ({
      target,
      namespaces: group.map(({ namespace }) => namespace),
      tables: group[0]?.tables ?? [],
    })),
    ...(everyone.length > 0 ? [{ target, tables: everyone }] : []),
  ];
};

/** Without the tables that nobody comes to, because those before leave nothing to them. */
const reachable = (tables: readonly Frontend[], manyPorts: boolean): Frontend[] => {
  const closed: { readonly layer: string; readonly standing: Standing }[] = [];
  return tables.filter(table => {
    const [layer, standing] = [layerOf(table), standingOf(table, manyPorts)];
    const isAsked = !closed.some(earlier => earlier.layer === layer && isWithin(standing, earlier.standing));
    if (isAsked && table.noMatch.kind !== 'next') closed.push({ layer, standing });
    return isAsked;
  });
};

/** How the traffic of a table is read: what is HTTP is routed by request, whatever flavour it has. */
export const layerOf = ({ protocol }: Frontend): 'http' | 'tls' | 'tcp' => {
  if (protocol === 'tcp' || protocol === 'tls') return protocol;
  return protocol === 'https' ? 'tls' : 'http';
};

/** A host that is no service has one set of routes on all its ports; tables that only repeat it for a port are one. */
const collapsed = (target: HostTarget, tables: readonly Frontend[]): readonly Frontend[] => {
  if (hasPorts(target)) return tables;
  const text = ({ listens, rules, noMatch, clients, protocol }: Frontend): string =>
    JSON.stringify(
      [listens.kind === 'service' ? listens.service : '', rules, noMatch, clients, protocol],
      (key, value) => (key === 'source' ? undefined : value),
    );
  const first = new Map<string, Frontend>();
  for (const table of tables) {
    const key = text(table);
    const { listens } = table;
    if (listens.kind !== 'hosts') continue;
    const { port: _, ...anywhere } = listens;
    const known = first.get(key);
    first.set(key, known || listens.port === 80 ? { ...table, listens: anywhere } : table);
  }
  return [...first.values()];
};

/** Which tables are about a host, found without asking each of them. */
class TableIndex {
  private readonly byService = new Map<string, Ranked[]>();
  private readonly byHost = new Map<string, Ranked[]>();
  private readonly wildcards: { readonly pattern: string; readonly ranked: Ranked }[] = [];
  private readonly naming: Naming;

  constructor(frontends: readonly Frontend[], naming: Naming) {
    this.naming = naming;
    frontends.forEach((table, rank) => {
      this.add(table, rank);
    });
  }

  private add(table: Frontend, rank: number): void {
    const { listens } = table;
    const push = (map: Map<string, Ranked[]>, key: string): void => {
      const list = map.get(key);
      if (list) list.push({ rank, table });
      else map.set(key, [{ rank, table }]);
    };
    if (listens.kind === 'service') push(this.byService, listens.service);
    if (listens.kind !== 'hosts') return;
    for (const host of listens.hosts) {
      push(this.byHost, host);
      if (host.startsWith('*')) this.wildcards.push({ pattern: host, ranked: { rank, table } });
    }
  }

  targets(): HostTarget[] {
    return [
      ...[...this.byService.keys()].map(service => ({ service })),
      ...[...this.byHost.keys()].map(pattern => ({ pattern, takesServices: this.naming.takesServices(pattern) })),
    ];
  }

  /** In the model's order. */
  about(target: HostTarget): readonly Frontend[] {
    const name = 'service' in target ? this.naming.hostOf(target.service).host : target.pattern;
    const own = 'service' in target ? this.byService.get(target.service) : this.byHost.get(name);
    const named = 'service' in target ? this.byHost.get(name) : undefined;
    const wide = this.wildcards.flatMap(({ pattern, ranked }) =>
      pattern !== name && hostMatches(pattern, name) && isAlsoFor(ranked.table, target) ? [ranked] : [],
    );
    const found = new Map([...(own ?? []), ...(named ?? []), ...wide].map(({ rank, table }) => [rank, table]));
    return [...found].sort(([a], [b]) => a - b).map(([, table]) => table);
  }
}

/** A wildcard for services is not for a host that is none. */
const isAlsoFor = ({ listens }: Frontend, target: HostTarget): boolean =>
  'service' in target || listens.kind !== 'hosts' || !listens.servicesOnly || target.pattern.startsWith('*');
