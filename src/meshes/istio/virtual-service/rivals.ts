import { groupBy } from '../../../base/order.ts';
import type { Frontend } from '../../../model/frontend.ts';
import { selects } from '../../../model/scope.ts';
import { type Reading, report } from '../reading.ts';
import { nameOf, type VirtualService } from './virtual-service.ts';

/** A table that a VirtualService gives some clients for one of its hosts. */
export interface HostTable {
  readonly vs: VirtualService;
  readonly host: string;
  readonly frontend: Frontend;
}

/**
 * Several objects for one host, seen by the same clients: all but the first are ignored (observed, row 2.3), and their
 * authors should know. Tables stand in the
 * order in which proxies prefer them. Only for HTTP: rules for connections add up.
 */
export const reportRivals = (reading: Reading, all: readonly HostTable[]): void => {
  const tables = all.filter(({ frontend }) => frontend.protocol === 'http');
  const earlier = groupBy(tables, ({ frontend }) => placeOf(frontend));
  for (const own of groupBy(tables, ({ vs, host }) => `${nameOf(vs)} ${host}`).values()) {
    const owners = own.map(table => {
      const rivals = earlier.get(placeOf(table.frontend)) ?? [];
      return rivals
        .slice(0, rivals.indexOf(table))
        .find(rival => rival.vs !== table.vs && hides(rival.frontend, table.frontend));
    });
    const [first] = own;
    const [owner] = owners;
    if (first && owner && owners.every(rival => rival)) tellIgnored(reading, first, owner.vs);
  }
};

const placeOf = ({ listens }: Frontend): string =>
  listens.kind === 'service' ? listens.service : listens.hosts.join().toLowerCase();

/** Whether every client of the second table has the first one in its place. */
const hides = (first: Frontend, second: Frontend): boolean => {
  const [a, b] = [first.clients, second.clients];
  const port = 'port' in first.listens ? first.listens.port : undefined;
  const isOnPort = port === undefined || ('port' in second.listens && second.listens.port === port);
  const namespaces = !a.namespaces || b.namespaces?.every(name => a.namespaces?.includes(name));
  return isOnPort && Boolean(namespaces) && selects(a.labels, b.labels ?? {});
};

const hasWaypoint = ({ directory }: Reading, { listens }: Frontend): boolean =>
  listens.kind === 'service' && directory.find(listens.service)?.waypoint !== undefined;

const tellIgnored = (reading: Reading, { vs, host, frontend }: HostTable, owner: VirtualService): void => {
  const at = vs.spec.at('hosts') ?? vs.spec;
  // A waypoint takes up what the older one leaves, which is told where its tables are made.
  const ignores = hasWaypoint(reading, frontend) ? 'sidecars ignore this one for it' : 'this one is ignored for it';
  const message = `host \`${host}\` belongs to the older VirtualService \`${nameOf(owner)}\`; ${ignores}`;
  report(reading, 'ISTIO001', at, message);
  if (owner.creationTimestamp && vs.creationTimestamp) return;
  const both = `\`${nameOf(owner)}\` and this object both claim \`${host}\`; \`${nameOf(owner)}\` is taken to be the older`;
  report(reading, 'ISTIO008', vs.object.ref, both);
};
