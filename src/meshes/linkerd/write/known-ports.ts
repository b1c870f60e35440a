import { unique } from '../../../base/order.ts';
import { containerPort, type Workload } from '../../../model/inventory.ts';
import type { Model } from '../../../model/model.ts';
import { selects } from '../../../model/scope.ts';

/** The ports of a workload that are known: those that it declares and those that Services lead to. */
export const knownPorts = (workload: Workload, { inventory }: Pick<Model, 'inventory'>): readonly number[] => {
  const declared = workload.ports.map(({ port }) => port);
  const reached = inventory.services.flatMap(({ endpoints, ports }) =>
    endpoints.kind === 'pods' &&
    endpoints.namespace === workload.namespace &&
    selects(endpoints.labels, workload.labels)
      ? ports.flatMap(port => containerPort(port, workload) ?? [])
      : [],
  );
  return inOrder([...declared, ...reached]);
};

export const inOrder = (ports: readonly number[]): readonly number[] => unique(ports).sort((a, b) => a - b);
