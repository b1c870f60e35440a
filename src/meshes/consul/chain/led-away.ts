import { unique } from '../../../base/order.ts';
import { everyone } from '../intentions/intention.ts';
import type { Export } from '../peers.ts';
import { type Entry, type Reading, report } from '../reading.ts';
import type { ChainEntries } from './chain.ts';

type Entries = Pick<ChainEntries, 'routers' | 'splitters' | 'resolvers'>;

/** The names that routes, shares and redirects lead to from a name, and itself. */
const namesBehind = (name: string, { routers, splitters, resolvers }: Entries): readonly string[] => {
  const found: string[] = [name];
  for (const one of found) {
    // Only the router of the name that was dialled counts (observed, row 1.14).
    const routes = one === name ? (routers.get(one)?.spec?.list('routes') ?? []) : [];
    const next = [
      ...routes.map(route => route.find('destination')?.text('service')),
      ...(splitters.get(one)?.spec?.list('splits') ?? []).map(split => split.text('service')),
      resolvers.get(one)?.spec?.find('redirect')?.text('service'),
    ];
    found.push(...unique(next.flatMap(text => text ?? [])).filter(text => !found.includes(text)));
  }
  return found;
};

const leadsAway = ({ spec }: Entry): boolean => {
  const redirect = spec?.find('redirect');
  return (
    redirect?.text('peer') !== undefined ||
    redirect?.text('datacenter') !== undefined ||
    (spec?.entries('failover') ?? []).some(([, field]) => (field.texts('datacenters') ?? []).length > 0)
  );
};

/**
 * What is exported to a peer stays in the cluster: Consul refuses entries that lead it to a peer or another datacenter
 * (observed, 1.21.0; `validateChainIsPeerExportSafe`, agent/consul/state/config_entry.go).
 */
export const tellLedAway = (reading: Reading, exports: readonly Export[], entries: Entries): void => {
  for (const { name, source } of exports) {
    const names = name === everyone ? [...entries.resolvers.keys()] : namesBehind(name, entries);
    const away = names.find(one => {
      const entry = entries.resolvers.get(one);
      return entry !== undefined && leadsAway(entry);
    });
    if (away !== undefined)
      report(reading, 'CONSUL219', source, `\`${name}\` is exported, and \`${away}\` leads to another cluster`);
  }
};
