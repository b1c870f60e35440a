import type { ServiceDirectory } from '../model/directory.ts';
import { containerPort, type Service } from '../model/inventory.ts';
import type { Mesh } from '../model/mesh.ts';
import type { ServerScope } from '../model/scope.ts';

interface Known {
  readonly mesh: Mesh;
  readonly directory: ServiceDirectory;
}

/**
 * The workloads behind a service, on one of its ports or on all. Undefined where nothing can be said of them: the service
 * selects no pods, or nobody knows which port of theirs a name means.
 */
export const serverScopeOf = (
  service: Service,
  port: number | undefined,
  { mesh, directory }: Known,
): ServerScope | undefined => {
  const { endpoints } = service;
  if (endpoints.kind !== 'pods' || service.external) return undefined;
  const scope = { mesh: mesh.id, namespaces: [endpoints.namespace], labels: endpoints.labels };
  const asked = service.ports.find(one => one.port === port);
  if (!asked) return scope;
  const { targetPort = asked.port } = asked;
  const listened =
    typeof targetPort === 'number'
      ? [targetPort]
      : directory.workloadsOf(endpoints).flatMap(workload => containerPort(asked, workload) ?? []);
  return listened.length === 0 ? undefined : { ...scope, ports: [...new Set(listened)].sort((a, b) => a - b) };
};
