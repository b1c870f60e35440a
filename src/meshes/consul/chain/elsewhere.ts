import type { Source } from '../../../base/source.ts';
import type { Service, Workload } from '../../../model/inventory.ts';
import type { Mesh } from '../../../model/mesh.ts';
import type { Reading } from '../reading.ts';
import { upstreamsAnnotation } from '../sidecar.ts';

/** A service of another datacenter, peer or partition: a host that Consul's DNS knows, and the input does not. */
export const elsewhereHost = (service: string, subset: string | undefined, place: string): string =>
  `${subset === undefined ? '' : `${subset}.`}${service}.virtual.${place}.consul`;

/**
 * The id of such a service, which is noted as one that is only mentioned. Its sidecars take those of this cluster for
 * theirs, whatever lies between (observed, row 7.1). `source` mentions it; the first place is kept.
 */
export const elsewhere = (
  { mesh, elsewhere: known }: Pick<Reading, 'mesh' | 'elsewhere'>,
  source: Source | undefined,
  ...named: Parameters<typeof elsewhereHost>
): string => {
  const host = elsewhereHost(...named);
  if (!known.has(host)) known.set(host, serviceAt(host, mesh, source));
  return host;
};

const serviceAt = (host: string, { id }: Pick<Mesh, 'id'>, source: Source | undefined): Service => ({
  id: host,
  namespace: '',
  name: host,
  hosts: [host],
  addresses: [],
  ports: [],
  endpoints: { kind: 'addresses', addresses: [host] },
  external: true,
  joinedWith: id,
  headless: false,
  evidence: 'referenced',
  labels: {},
  annotations: {},
  ...(source ? { source } : {}),
});

const ofPeer = /^([^.:]+)\.svc(?:\.[^.:]+\.(?:ns|ap))*\.([^.:]+)\.peer:/;

/** Notes the services of peers that pods of the mesh dial by ports of their own. */
export const readUpstreamsOfPeers = (reading: Reading, workloads: readonly Workload[]): void => {
  for (const { annotations, source } of workloads) {
    for (const upstream of annotations[upstreamsAnnotation]?.split(',') ?? []) {
      const [, service, peer] = ofPeer.exec(upstream.trim()) ?? [];
      if (service !== undefined && peer !== undefined) elsewhere(reading, source, service, undefined, peer);
    }
  }
};
