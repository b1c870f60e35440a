import { parsePortSet } from './port-set.ts';
import { objectsOf, type Reading, report } from './reading.ts';

const reasons: readonly (readonly [group: string, kind: string, reason: string])[] = [
  ['policy.linkerd.io', 'EgressNetwork', 'traffic out of the cluster is not told'],
  ['multicluster.linkerd.io', 'Link', 'links to other clusters are not told'],
];

/** Objects that are accounted for, field by field, and not understood. */
export const reportOnly = (reading: Reading): void => {
  for (const [group, kind, reason] of reasons) {
    for (const object of objectsOf(reading, group, kind)) {
      reading.snapshot.field(object).at('spec')?.leave(reason);
      report(reading, 'LINKERD207', object.ref, `${kind}: ${reason}`);
    }
  }
};

/** Ports that go past the proxy: nothing that is said of encryption and access holds there. */
export const reportSkippedPorts = (reading: Reading): void => {
  for (const workload of reading.inventory.workloads) {
    const text = workload.annotations['config.linkerd.io/skip-inbound-ports'];
    const ports = [...(parsePortSet(text ?? '') ?? [])];
    const isMember = workload.memberships.some(({ mesh }) => mesh === reading.mesh.id);
    // The ports of a machine are led to its proxy by whoever set it up.
    if (!isMember || workload.isMachine || ports.length === 0 || !workload.source) continue;
    const what = `ports ${text} of \`${workload.id}\` bypass the proxy`;
    report(reading, 'LINKERD004', workload.source, what);
    reading.opaque.push({
      id: `skipped ports of ${workload.id}`,
      what,
      namespaces: [workload.namespace],
      labels: workload.labels,
      source: workload.source,
    });
  }
};
