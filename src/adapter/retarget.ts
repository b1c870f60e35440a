import type { Membership, Service } from '../model/inventory.ts';
import type { Mesh } from '../model/mesh.ts';
import type { Model } from '../model/model.ts';
import type { ClientScope } from '../model/scope.ts';
import { protocolOf } from '../native/kubernetes/protocol.ts';
import { withoutJoined } from './joined.ts';

/**
 * The same wishes, in another mesh: workloads become members of it, and every scope that named the old mesh names the
 * new one. The old mesh's defaults stay in its place until a judge has looked at them (`meshDefault`), because what it
 * did without being told is part of what users rely on. Gateways are run by the new mesh, if it runs any, even where
 * there was no mesh, under an identity that it gives them; else they are nobody's clients. Nobody comes in from other
 * meshes (`joinedLosses`).
 */
export const retarget = (wished: Model, to: Mesh): Model => {
  const model = withoutJoined(wished);
  const from = new Set(model.meshes.map(mesh => mesh.id));
  const scope = <S extends { readonly mesh?: string }>(s: S): S =>
    s.mesh !== undefined && from.has(s.mesh) ? { ...s, mesh: to.id } : s;
  const { runsGateways } = to;
  const clientsOf = (found: ClientScope): ClientScope => {
    if (found.gateway === undefined) return scope(found);
    const { mesh: _, ...rest } = found;
    return runsGateways ? { mesh: to.id, ...rest } : rest;
  };
  const clients = <T extends { readonly clients: ClientScope }>(item: T): T => ({
    ...item,
    clients: clientsOf(item.clients),
  });
  const servers = <T extends { readonly scope: { readonly mesh?: string } }>(item: T): T => ({
    ...item,
    scope: scope(item.scope),
  });
  const mode = Object.keys(to.dataPlanes)[0] ?? 'sidecar';
  const member = (membership: Membership): Membership => ({
    ...membership,
    mesh: to.id,
    mode: membership.mode in to.dataPlanes ? membership.mode : mode,
  });
  return {
    ...model,
    inventory: {
      ...model.inventory,
      services: model.inventory.services.map(service => joinedAs(asDeclared(service), from, to)),
      workloads: model.inventory.workloads.map(workload =>
        workload.memberships.length === 0 ? workload : { ...workload, memberships: workload.memberships.map(member) },
      ),
      gateways: model.inventory.gateways.map(gateway => {
        const { mesh: _, identity: __, ...bare } = gateway;
        return runsGateways ? { ...bare, mesh: to.id } : bare;
      }),
    },
    meshes:
      model.meshes.length === 0 && runsGateways && model.inventory.gateways.length > 0
        ? [to]
        : model.meshes.map(mesh => ({
            ...to,
            evidence: mesh.evidence,
            defaults: mesh.defaults,
            trustDomain: mesh.trustDomain,
          })),
    frontends: model.frontends.map(clients),
    destinations: model.destinations.map(clients),
    encryption: model.encryption.map(servers),
    access: model.access.map(servers),
    requestAuthentication: model.requestAuthentication.map(servers),
    rateLimits: model.rateLimits.map(servers),
    visibility: model.visibility.map(clients),
    egress: model.egress.map(clients),
    telemetry: model.telemetry.map(servers),
  };
};

/** What takes the mTLS of the old mesh is wished to take that of the new one. */
const joinedAs = (service: Service, from: ReadonlySet<string>, { id }: Mesh): Service =>
  service.joinedWith !== undefined && from.has(service.joinedWith) ? { ...service, joinedWith: id } : service;

/** Ports as their Service declares them, by the rule that most meshes share; a mesh may have read them in its own way. */
const asDeclared = (service: Service): Service =>
  service.external
    ? service
    : {
        ...service,
        ports: service.ports.map(port =>
          port.protocol === 'udp' ? port : { ...port, protocol: protocolOf({ transport: 'TCP', ...port }) },
        ),
      };
