import type { ReadInput, ReadResult } from '../../adapter/adapter.ts';
import { ServiceDirectory } from '../../model/directory.ts';
import type { ModelPart } from '../../model/model.ts';
import { addWaypoints } from './ambient/waypoints.ts';
import { joinMembers } from './membership.ts';
import { configObjects, configProblems, readMeshConfig } from './mesh-config.ts';
import type { Reading } from './reading.ts';
import { readSecurity } from './security/read.ts';
import { addServiceEntries } from './service-entry/read.ts';
import { readTraffic } from './traffic.ts';
import { addMachines } from './workload-entry/read.ts';

/** Everything Istio's objects say, for the first mesh found: a snapshot is one cluster, and a cluster has one. */
export const read = (input: ReadInput): ReadResult => {
  const { snapshot } = input;
  const [mesh] = input.meshes;
  if (!mesh) return { inventory: input.inventory, part: {}, findings: [], objects: [] };
  const config = readMeshConfig(snapshot);
  const members = joinMembers(input.inventory, snapshot, mesh);
  const machines = addMachines(members.inventory, snapshot, mesh);
  const entries = addServiceEntries(machines.inventory, snapshot);
  const { inventory, ...waypoints } = addWaypoints(entries.inventory, snapshot, mesh);
  const directory = new ServiceDirectory(inventory, config.clusterDomain);
  const reading: Reading = {
    snapshot,
    inventory,
    directory,
    mesh,
    config,
    findings: [...configProblems(config), ...members.findings, ...entries.findings, ...waypoints.findings],
    reported: new Set(),
    objects: [...configObjects(config), ...machines.objects, ...entries.objects, ...waypoints.objects],
  };
  const traffic = readTraffic(reading);
  const gateways = [...inventory.gateways, ...traffic.gateways];
  const withGateways: Reading = { ...reading, inventory: { ...inventory, gateways } };
  const part: ModelPart = {
    meshes: [mesh],
    ...traffic.part,
    ...readSecurity(withGateways, traffic.part.destinations ?? []),
  };
  return {
    inventory: { ...inventory, services: directory.services(), gateways },
    part,
    findings: reading.findings,
    objects: reading.objects,
  };
};
