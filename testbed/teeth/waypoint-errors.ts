/** Errors about waypoints, beside those that all proxies have in common. */
import type { CapabilityId } from '../../src/model/capability.ts';
import type { DataPlane } from '../../src/model/mesh.ts';
import { at, each, inFrontends, nothing } from './edits.ts';
import { error, type PlantedError } from './error.ts';

const inWaypoints =
  (change: (waypoint: DataPlane) => DataPlane): PlantedError['plant'] =>
  model =>
    at(model, 'meshes', meshes =>
      each(meshes, mesh =>
        at(mesh, 'dataPlanes', planes => at(planes, 'waypoint', waypoint => waypoint && change(waypoint))),
      ),
    );

export const waypointErrors: readonly (readonly [CapabilityId, PlantedError])[] = [
  [
    'access-request',
    error('waypoints are passed by', model =>
      at(model, 'inventory', inventory =>
        at(inventory, 'services', services => each(services, service => at(service, 'waypoint', nothing))),
      ),
    ),
  ],
  [
    'first-match-order',
    error(
      'waypoints have the routes of sidecars',
      inFrontends(frontend =>
        frontend.listens.kind !== 'listener' && frontend.clients.gateway !== undefined ? undefined : frontend,
      ),
    ),
  ],
  [
    'access-address',
    error(
      'waypoints see where connections come from',
      inWaypoints(waypoint => at(waypoint, 'hidesPeerAddress', nothing)),
    ),
  ],
  [
    'upstream-tls',
    error(
      'waypoints heed what is said of mesh TLS',
      inWaypoints(waypoint => at(waypoint, 'settlesMtls', nothing)),
    ),
  ],
];
