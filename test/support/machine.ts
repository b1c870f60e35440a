import type { Workload } from '../../src/model/inventory.ts';

/** A machine behind Service `reviews` of the world of the laws, in a mesh, as its mesh would have read it. */
export const machineIn = (mesh: string, parts: Partial<Workload> = {}): Workload => ({
  id: 'shop/vm',
  kind: 'Machine',
  namespace: 'shop',
  name: 'vm',
  labels: { app: 'reviews', version: 'v1' },
  annotations: {},
  serviceAccount: 'vm',
  isMachine: true,
  ports: [{ port: 8080 }],
  containers: [],
  pods: [
    {
      name: 'vm',
      addresses: ['192.0.2.1'],
      labels: { app: 'reviews', version: 'v1' },
      annotations: {},
      containers: [],
    },
  ],
  memberships: [{ mesh, mode: 'sidecar', certainty: 'requested', evidence: [] }],
  ...parts,
});
