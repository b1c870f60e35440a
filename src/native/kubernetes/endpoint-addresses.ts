import { byText, unique } from '../../base/order.ts';
import { serviceId } from '../../model/inventory.ts';
import { metadataOf, namespaceOf, type Snapshot } from '../snapshot.ts';

/**
 * The ready addresses that Endpoints and EndpointSlices hold for a service, by its id; undefined if nothing speaks of
 * it. They are read when first asked for: most services have a selector, and nobody asks.
 */
export const endpointAddresses = (snapshot: Snapshot): ((id: string) => readonly string[] | undefined) => {
  let byService: Map<string, string[]> | undefined;
  return id => {
    byService ??= collect(snapshot);
    const addresses = byService.get(id);
    return addresses && unique(addresses).sort(byText);
  };
};

const collect = (snapshot: Snapshot): Map<string, string[]> => {
  const byService = new Map<string, string[]>();
  const add = (id: string, addresses: readonly string[]): void => {
    byService.set(id, [...(byService.get(id) ?? []), ...addresses]);
  };
  for (const object of snapshot.of('', 'Endpoints')) {
    const subsets = snapshot.field(object).list('subsets');
    const ready = subsets.flatMap(subset => subset.list('addresses'));
    add(
      serviceId(namespaceOf(object.ref), object.ref.name),
      ready.flatMap(address => address.text('ip') ?? []),
    );
  }
  for (const object of snapshot.of('discovery.k8s.io', 'EndpointSlice')) {
    const service = metadataOf(object).labels['kubernetes.io/service-name'];
    if (service === undefined) continue;
    const ready = snapshot
      .field(object)
      .list('endpoints')
      .filter(endpoint => endpoint.at('conditions')?.boolean('ready') !== false);
    add(
      serviceId(namespaceOf(object.ref), service),
      ready.flatMap(endpoint => endpoint.texts('addresses') ?? []),
    );
  }
  return byService;
};
