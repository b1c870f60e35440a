import { narrow } from '../model/frontend.ts';
import type { Gateway, Service, Workload } from '../model/inventory.ts';
import type { Notes } from './findings.ts';
import type { Leg } from './leg.ts';
import type { Lookup } from './lookup/lookup.ts';
import { gatewayParty, outsideServer, type Party, serverParty, supposedServer } from './party.ts';
import type { Ask } from './request.ts';

/**
 * The places between a caller and the endpoints. A caller's own proxy, or the gateway it comes in through, acts by the
 * clients' model; waypoints and servers act by the servers' model.
 */

/** The gateway through which the caller comes in; `missing` if the input does not hold the one that was asked for. */
export const entranceOf = (
  from: Lookup,
  { via }: Pick<Ask, 'via'>,
): { gateway: Gateway; party: Party } | 'missing' | undefined => {
  if (via === undefined) return undefined;
  const gateway = from.gateway(via);
  return gateway ? { gateway, party: gatewayParty(from, gateway) } : 'missing';
};

/** A service as its own side knows it. */
export const serverSide = (to: Lookup, service: Service): Service => to.services.find(service.id) ?? service;

/** The waypoint that stands before a service, and whether traffic from this sender passes it. */
export const waypointBefore = (
  to: Lookup,
  leg: Leg,
  sender: Party,
): { waypoint: Party; service: Service; isPassed: boolean } | undefined => {
  const service = leg.service && serverSide(to, leg.service);
  const gateway = service?.waypoint === undefined ? undefined : to.gateway(service.waypoint);
  if (leg.nowhere || !service || !gateway || gateway.id === sender.gateway) return undefined;
  const waypoint = gatewayParty(to, gateway);
  const { proxy } = sender;
  const looksForIt = proxy?.dataPlane.usesWaypoints || (sender.at === 'gateway' && service.waypointAtIngress);
  const isPassed = !leg.passthrough && Boolean(looksForIt) && proxy?.mesh.id === waypoint.proxy?.mesh.id;
  return { waypoint, service, isPassed };
};

/** The workloads that may answer, or somebody who stands for them where the input shows none; `service` as they know it. */
export const serversBehind = (
  leg: Leg,
  service: Service | undefined,
  to: Lookup,
  notes: Notes,
): { party: Party; workload?: Workload }[] => {
  if (leg.nowhere) return [];
  if (!service) return [{ party: outsideServer(leg.name) }];
  const endpoints = narrow(service.endpoints, leg.subset);
  const workloads = to.services.workloadsOf(endpoints);
  if (workloads.length > 0) {
    return workloads.map(workload => ({ party: serverParty(to, workload, notes), workload }));
  }
  if (service.external || endpoints.kind === 'addresses') return [{ party: outsideServer(leg.name, service) }];
  if (endpoints.kind === 'pods' && to.services.workloadsIn(endpoints.namespace).length > 0) {
    notes.caveat('VERIFY009', `no workload of the input runs behind \`${service.id}\``, service.source);
  }
  return [{ party: supposedServer(to, service, endpoints.labels, notes) }];
};
