import type { ReadInput, ReadResult } from '../../adapter/adapter.ts';
import { ServiceDirectory } from '../../model/directory.ts';
import type { ModelPart } from '../../model/model.ts';
import { readSubsets } from './destination-rule/subsets.ts';
import { joinMembers } from './membership.ts';
import { readMeshConfig } from './mesh-config.ts';
import type { Reading } from './reading.ts';
import { meshFrontends, readVirtualServices } from './virtual-service/read.ts';

/** Everything Istio's objects say, for the first mesh found: a snapshot is one cluster, and a cluster has one. */
export const read = (input: ReadInput): ReadResult => {
  const { snapshot } = input;
  const [mesh] = input.meshes;
  if (!mesh) return { inventory: input.inventory, part: {}, findings: [], objects: [] };
  const config = readMeshConfig(snapshot);
  const inventory = joinMembers(input.inventory, mesh);
  const directory = new ServiceDirectory(inventory, config.clusterDomain);
  const reading: Reading = { snapshot, inventory, directory, mesh, config, findings: [], objects: [] };
  const subsets = readSubsets(reading);
  const { all, delegates } = readVirtualServices(reading);
  const part: ModelPart = {
    meshes: [mesh],
    frontends: meshFrontends(reading, all, delegates, subsets),
  };
  return {
    inventory: { ...inventory, services: directory.services() },
    part,
    findings: reading.findings,
    objects: reading.objects,
  };
};
