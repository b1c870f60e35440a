import type { Gateway } from '../../model/inventory.ts';
import type { ModelPart } from '../../model/model.ts';
import { waypointTables } from './ambient/waypoint-tables.ts';
import { placeRules } from './destination-rule/placement.ts';
import { readDestinations } from './destination-rule/read.ts';
import { groupRules, readRules, reportIgnored } from './destination-rule/rules.ts';
import { subsetIndex } from './destination-rule/subsets.ts';
import { gatewayFrontends } from './gateway/frontends.ts';
import { readGateways } from './gateway/gateways.ts';
import { referencedGateways } from './gateway/referenced.ts';
import { readIngress } from './gateway-api/ingress.ts';
import type { Reading } from './reading.ts';
import { readExposures } from './service-entry/exposures.ts';
import { besideTables } from './service-routes/precedence.ts';
import { readServiceRoutes } from './service-routes/read.ts';
import { hideRoutes } from './sidecar/hidden-routes.ts';
import { readEgress, readVisibility } from './sidecar/reach.ts';
import { ownTls, readSidecars } from './sidecar/sidecars.ts';
import { readOpaque } from './telemetry/opaque.ts';
import { readTelemetry } from './telemetry/read.ts';
import { meshFrontends, readVirtualServices } from './virtual-service/read.ts';

/** Where requests go and how they get there: everything that clients' proxies and gateways do. */
export const readTraffic = (reading: Reading): { part: ModelPart; gateways: readonly Gateway[] } => {
  const groups = groupRules(readRules(reading));
  for (const group of groups) reportIgnored(reading, group);
  const placed = placeRules(reading, groups);
  const subsets = subsetIndex(placed);
  const { all, delegates } = readVirtualServices(reading);
  const tables = meshFrontends(reading, all, delegates, subsets);
  const routes = readServiceRoutes(reading);
  const inMesh = besideTables(reading, routes, tables);
  const held = readGateways(reading);
  const native = [...held, ...referencedGateways(reading, all, held)];
  const ingress = readIngress(
    reading,
    native.map(({ model }) => model),
  );
  const gateways = [...native.map(({ model }) => model), ...ingress.gateways];
  const sidecars = readSidecars(reading);
  const part: ModelPart = {
    frontends: [
      ...waypointTables(reading, { virtualServices: all, delegates, subsets, routes, inMesh }),
      ...hideRoutes(reading, sidecars, inMesh),
      ...gatewayFrontends({ reading, gateways: native, virtualServices: all, delegates, subsets }),
      ...ingress.frontends,
    ],
    // Last, because patterns take services that only other objects mention.
    destinations: [...ingress.destinations, ...readDestinations(reading, placed)],
    visibility: readVisibility(reading, sidecars, inMesh, gateways),
    exposures: readExposures(reading),
    egress: readEgress(reading, sidecars),
    telemetry: readTelemetry(reading),
    opaque: [...ownTls(sidecars), ...readOpaque(reading)],
  };
  return { part, gateways };
};
