import type { DestinationSettings } from '../../model/capabilities/destination.ts';
import { ServiceDirectory } from '../../model/directory.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { Model } from '../../model/model.ts';
import { usualSettings } from './chain/settings.ts';
import { strictEverywhere } from './mesh.ts';
import { withProtocol } from './protocols.ts';
import { withIdentities } from './read.ts';
import { ConsulServices } from './services.ts';
import type { Judging } from './write/judging.ts';

/**
 * What is left of the wishes, as it is in Consul: one protocol for each service, its own identities, and what its proxies
 * do by themselves beside what is set. None of this is a loss of a wish; what it means is told once, for the mesh.
 */
export const asInConsul = (model: Model, judging: Judging): Model => {
  const { target } = judging;
  return {
    ...model,
    inventory: inventoryOf(model.inventory, judging),
    meshes: model.meshes.map(mesh => ({ ...mesh, trustDomain: target.trustDomain, trustDomainAliases: [] })),
    destinations: model.destinations.flatMap(withUsual),
    encryption: model.meshes.length > 0 ? [strictEverywhere(target)] : [],
  };
};

const inventoryOf = (inventory: Inventory, { protocolOf, realm, target }: Judging): Inventory => {
  const seen: Inventory = {
    ...inventory,
    services: inventory.services.map(service =>
      service.external ? service : withProtocol(service, protocolOf(service.id)),
    ),
    workloads: inventory.workloads.map(workload => {
      const { identity: _, ...bare } = workload;
      return workload.isMachine ? workload : bare;
    }),
  };
  return withIdentities(seen, new ConsulServices(seen, new ServiceDirectory(seen), target), realm);
};

/** Where nothing differs from what proxies do anyway, no settings are there. */
const withUsual = (settings: DestinationSettings): readonly DestinationSettings[] => [
  {
    ...settings,
    loadBalancing: settings.loadBalancing ?? usualSettings.loadBalancing,
    connectionLimits: { ...usualSettings.connectionLimits, ...settings.connectionLimits },
    outlierDetection: usualSettings.outlierDetection,
  },
];
