import type { Model } from '../../model/model.ts';
import type { ServerScope } from '../../model/scope.ts';
import type { Receiver } from '../lookup/coverage.ts';

/** Every workload and gateway, on each port that the scopes tell apart, as receivers in each of its meshes. */
export const serversOf = (
  model: Model,
  others: readonly Model[],
  scopesOf: (model: Model) => readonly ServerScope[],
): [title: string, receiver: Receiver][] => {
  const scopes = [model, ...others].flatMap(scopesOf);
  const ports = [undefined, ...new Set(scopes.flatMap(scope => scope.ports ?? []))];
  const workloads = model.inventory.workloads.flatMap(({ id, namespace, labels, isMachine, memberships }) => {
    const meshes = memberships.length > 0 ? memberships.map(({ mesh }) => mesh) : model.meshes.map(mesh => mesh.id);
    return meshes.map((mesh): [string, Receiver] => [
      id,
      { namespace, labels, mesh, ...(isMachine ? { isMachine } : {}) },
    ]);
  });
  const gateways = model.inventory.gateways.flatMap(
    ({ id, namespace, podNamespace, labels, mesh, purpose }): [string, Receiver][] => {
      const standing = {
        namespace: podNamespace ?? namespace,
        labels,
        gateway: id,
        isWaypoint: purpose === 'waypoint',
        ...(mesh ? { mesh } : {}),
      };
      const before = model.inventory.services.filter(({ waypoint }) => waypoint === id);
      return [
        [`gateway ${id}`, standing],
        ...before.map((service): [string, Receiver] => [
          `gateway ${id} for ${service.id}`,
          { ...standing, service: service.id },
        ]),
      ];
    },
  );
  return [...workloads, ...gateways].flatMap(([title, receiver]) =>
    ports.map((port): [string, Receiver] =>
      port === undefined ? [title, receiver] : [`${title}:${port}`, { ...receiver, port }],
    ),
  );
};
