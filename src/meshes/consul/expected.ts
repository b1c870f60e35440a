import type { Manifest } from '../../adapter/adapter.ts';
import { writtenObject } from '../../adapter/written-object.ts';
import { ServiceDirectory } from '../../model/directory.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { Model } from '../../model/model.ts';
import { Snapshot } from '../../native/snapshot.ts';
import { readIntentions } from './intentions/intention.ts';
import { policiesOf } from './intentions/policies.ts';
import { readProviders } from './intentions/tokens.ts';
import { strictEverywhere } from './mesh.ts';
import { noPeers } from './peers.ts';
import { withProtocol } from './protocols.ts';
import { withIdentities } from './read.ts';
import { ConsulServices, spiffeOf } from './services.ts';
import type { Judging } from './write/judging.ts';
import { asSetByClients } from './write/upstreams.ts';

/**
 * What is left of the wishes, as it is in Consul: one protocol for each service, its own identities, and what its proxies
 * do by themselves beside what is set. None of this is a loss of a wish; what it means is told once, for the mesh.
 */
export const asInConsul = (model: Model, objects: readonly Manifest[], judging: Judging): Model => {
  const { target } = judging;
  const inventory = inventoryOf(model.inventory, judging);
  return {
    ...model,
    inventory,
    meshes: model.meshes.map(mesh => ({
      ...mesh,
      trustDomain: target.trustDomain,
      trustDomainAliases: [],
      // Who is kept out by default is said by an intention.
      defaults: { ...mesh.defaults, access: target.defaults.access },
    })),
    destinations: asSetByClients(model.destinations, judging),
    encryption: model.meshes.length > 0 ? [strictEverywhere(target)] : [],
    ...guardsOf(objects, inventory, judging),
  };
};

/** The policies as they are enforced: one for each service, caller by caller; and whose tokens are verified there. */
const guardsOf = (
  objects: readonly Manifest[],
  inventory: Inventory,
  judging: Judging,
): Pick<Model, 'access' | 'requestAuthentication'> => {
  const { target, plane, protocolOf } = judging;
  const directory = new ServiceDirectory(inventory);
  const services = new ConsulServices(inventory, directory, target);
  const snapshot = new Snapshot(
    objects.filter(({ kind }) => kind === 'ServiceIntentions' || kind === 'JWTProvider').map(writtenObject),
  );
  const reading = {
    snapshot,
    inventory,
    directory,
    services,
    mesh: target,
    plane,
    outside: new Set<string>(),
    elsewhere: new Map(),
    findings: [],
    opaque: [],
    objects: [],
  };
  const carried = (name: string) => protocolOf(services.named(name)[0]?.id ?? '');
  return policiesOf(reading, readIntentions(reading, readProviders(reading), carried), noPeers);
};

const inventoryOf = (inventory: Inventory, { protocolOf, realm, target, gatewayName }: Judging): Inventory => {
  const seen: Inventory = {
    ...inventory,
    gateways: inventory.gateways.map(gateway =>
      gateway.mesh === target.id
        ? { ...gateway, identity: { kind: 'spiffe', id: spiffeOf(realm, gatewayName(gateway)) } }
        : gateway,
    ),
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
