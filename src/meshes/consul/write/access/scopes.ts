import { containerPort, type Workload } from '../../../../model/inventory.ts';
import { type ServerScope, selects } from '../../../../model/scope.ts';
import type { Judging } from '../judging.ts';

/** What of the mesh a statement about servers is about: names of services, and why it cannot be said of some of it. */
export interface Reach {
  readonly names: readonly string[];
  /** It is about some instances of a service, or some of its ports, and an intention is about all. */
  readonly missed?: string;
}

const covers = (scope: ServerScope, { namespace, labels }: Workload): boolean =>
  (!scope.namespaces || scope.namespaces.includes(namespace)) && selects(scope.labels, labels);

const reaches = new WeakMap<Judging, WeakMap<ServerScope, Reach>>();

/** The services all of whose instances a scope covers. */
export const reachOf = (scope: ServerScope, judging: Judging): Reach => {
  const known = reaches.get(judging) ?? new WeakMap<ServerScope, Reach>();
  reaches.set(judging, known);
  const reach = known.get(scope) ?? findReach(scope, judging);
  known.set(scope, reach);
  return reach;
};

const findReach = (scope: ServerScope, judging: Judging): Reach => {
  if (scope.gateway !== undefined || scope.services || scope.only === 'machines') {
    return { names: [], missed: 'intentions are for sidecars of services' };
  }
  const names: string[] = [];
  for (const name of judging.names.all()) {
    const instances = judging.names.instances(name);
    const count = instances.filter(workload => covers(scope, workload)).length;
    if (count === 0) continue;
    if (count < instances.length)
      return { names: [], missed: `some of the pods of \`${name}\` are meant, and others not` };
    if (scope.ports && !isOnAllPorts(name, scope.ports, judging)) {
      return { names: [], missed: `some ports of \`${name}\` are meant, and an intention is for all of a service` };
    }
    names.push(name);
  }
  return names.length > 0 ? { names } : { names, missed: 'no service is known there' };
};

/** Whether every port that leads to a service is one of those. */
const isOnAllPorts = (name: string, ports: readonly number[], { names }: Judging): boolean =>
  names.named(name).every(service =>
    service.ports.every(port =>
      names.instances(name).every(workload => {
        const target = containerPort(port, workload);
        return target !== undefined && ports.includes(target);
      }),
    ),
  );

/** Whether a scope takes in whatever comes later, beside what is known now. */
export const isOpen = ({ labels }: ServerScope): boolean => Object.keys(labels ?? {}).length === 0;
