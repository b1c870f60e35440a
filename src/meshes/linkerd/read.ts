import type { ReadInput, ReadResult } from '../../adapter/adapter.ts';
import { findingOf } from '../../base/finding.ts';
import { ServiceDirectory } from '../../model/directory.ts';
import type { ModelPart } from '../../model/model.ts';
import { startReading } from '../../native/gateway-api/reading.ts';
import { securityOf } from './access/access-policies.ts';
import { readAuthentications } from './access/authentications.ts';
import { readAuthorizations } from './access/authorizations.ts';
import { defaultLevels } from './access/default-levels.ts';
import { readRateLimits } from './access/rate-limits.ts';
import { routesOf } from './access/server-routes.ts';
import { readServers } from './access/servers.ts';
import { readControlPlane } from './control-plane.ts';
import { addMachines } from './external-workload/read.ts';
import { linkerdFindings } from './findings.ts';
import { gatewayProfile } from './gateway-profile.ts';
import { joinMembers } from './membership.ts';
import { asSeen } from './protocols.ts';
import type { Reading } from './reading.ts';
import { reportOnly, reportSkippedPorts } from './report-only.ts';
import { readFrontends } from './routing/frontends.ts';
import { readProfiles } from './routing/service-profile.ts';
import { readDestinations, tellSharedBreakers } from './routing/service-settings.ts';
import { takenRoutes } from './routing/taken-routes.ts';

/** Everything Linkerd's objects say, for the first mesh found: a snapshot is one cluster, and a cluster has one. */
export const read = (input: ReadInput): ReadResult => {
  const { snapshot } = input;
  const [mesh] = input.meshes;
  if (!mesh) return { inventory: input.inventory, part: {}, findings: [], objects: [] };
  const plane = { ...readControlPlane(snapshot), namespace: mesh.namespace };
  const joined = joinMembers(input.inventory, mesh);
  const machines = addMachines(joined.inventory, snapshot, mesh);
  // Another mesh in the same input reads the ports of Services its own way, and is left alone.
  const inventory = input.others.length > 0 ? machines.inventory : asSeen(machines.inventory, plane);
  const directory = new ServiceDirectory(inventory, plane.clusterDomain);
  const reading: Reading = {
    snapshot,
    inventory,
    directory,
    mesh,
    plane,
    isAlone: input.others.length === 0,
    findings: [...joined.findings, ...machines.findings],
    opaque: [],
    objects: [...machines.objects],
  };
  if (!mesh.source)
    reading.findings.push(
      findingOf(linkerdFindings, 'LINKERD001', undefined, 'no ConfigMap `linkerd-config` in the input'),
    );
  const part = readPart(reading);
  return {
    inventory: { ...inventory, services: directory.services() },
    part,
    findings: reading.findings,
    objects: reading.objects,
  };
};

const readPart = (reading: Reading): ModelPart => {
  const gateway = startReading(reading.snapshot, reading.directory, gatewayProfile);
  const routes = takenRoutes(reading, gateway);
  const frontends = readFrontends(reading, routes, readProfiles(reading), gateway);
  const servers = readServers(reading);
  const authorizations = readAuthorizations(reading, readAuthentications(reading));
  const { encryption, access } = securityOf(
    reading,
    servers,
    authorizations,
    server => routesOf(server, routes, authorizations, gateway),
    defaultLevels(reading),
  );
  const rateLimits = readRateLimits(reading, servers);
  const destinations = readDestinations(reading);
  tellSharedBreakers(reading, destinations, frontends);
  reportOnly(reading);
  reportSkippedPorts(reading);
  reading.findings.push(...gateway.findings);
  for (const object of gateway.objects) reading.objects.push({ object, body: ['spec'] });
  return {
    meshes: [reading.mesh],
    frontends,
    destinations,
    encryption,
    access,
    rateLimits,
    opaque: reading.opaque,
  };
};
