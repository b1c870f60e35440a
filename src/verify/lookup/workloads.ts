import type { Workload } from '../../model/inventory.ts';
import { type EndpointSet, type Labels, selects } from '../../model/scope.ts';

/** Workloads by identity and by what selects them. */
export class Workloads {
  private readonly byId = new Map<string, Workload>();
  private readonly byNamespace = new Map<string, Workload[]>();
  private readonly byLabel = new Map<string, Workload[]>();
  private modes: Map<string, string> | undefined;

  constructor(workloads: readonly Workload[]) {
    const push = (index: Map<string, Workload[]>, key: string, workload: Workload): void => {
      const bucket = index.get(key);
      if (bucket) bucket.push(workload);
      else index.set(key, [workload]);
    };
    for (const workload of workloads) {
      if (!this.byId.has(workload.id)) this.byId.set(workload.id, workload);
      push(this.byNamespace, workload.namespace, workload);
      for (const name in workload.labels) {
        push(this.byLabel, `${workload.namespace} ${name}=${workload.labels[name]}`, workload);
      }
    }
  }

  /** The mode in which the first known workload of a mesh takes part. */
  usualMode(mesh: string): string | undefined {
    if (!this.modes) {
      this.modes = new Map();
      for (const { memberships } of this.byId.values()) {
        for (const { mesh: id, mode } of memberships) if (!this.modes.has(id)) this.modes.set(id, mode);
      }
    }
    return this.modes.get(mesh);
  }

  find(id: string): Workload | undefined {
    return this.byId.get(id);
  }

  in(namespace: string): readonly Workload[] {
    return this.byNamespace.get(namespace) ?? [];
  }

  selectedBy(namespace: string, labels: Labels): readonly Workload[] {
    const name = Object.keys(labels)[0];
    if (name === undefined) return this.in(namespace);
    const candidates = this.byLabel.get(`${namespace} ${name}=${labels[name]}`) ?? [];
    return candidates.filter(workload => selects(labels, workload.labels));
  }

  /** What is known to run behind an endpoint set; nothing for addresses and mere names. */
  behind(endpoints: EndpointSet): readonly Workload[] {
    return endpoints.kind === 'pods' ? this.selectedBy(endpoints.namespace, endpoints.labels) : [];
  }
}
