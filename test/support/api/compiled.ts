import { type Compiled, compile, type MayRefer } from '../../../src/compile/compile.ts';
import { policiesIn } from '../../../src/compile/policy.ts';
import type { Inventory } from '../../../src/model/inventory.ts';
import type { Mesh } from '../../../src/model/mesh.ts';
import { gatewayGroup } from '../../../src/native/gateway-api/kinds.ts';
import { readInventory } from '../../../src/native/kubernetes/read-kubernetes.ts';
import { groupOf, type NativeObject, Snapshot } from '../../../src/native/snapshot.ts';
import { registrations } from '../../../src/registry/index.gen.ts';
import { mesh as anyMesh, memberOf } from '../../../src/verify/testing/model-builder.ts';
import { worldObjects } from '../../laws/world.ts';
import { objectsFrom } from '../snapshot.ts';

const readGatewayApi = await registrations.find(({ id }) => id === 'gateway-api')!.read();

export interface Place {
  readonly mesh?: Mesh;
  readonly objects?: readonly NativeObject[];
  readonly namespaces?: ReadonlySet<string>;
  readonly mayRefer?: MayRefer;
}

const inventories = new WeakMap<readonly NativeObject[], Inventory>();

/** What is there, with every workload in the mesh. */
const inventoryOf = (objects: readonly NativeObject[], mesh: Mesh): Inventory => {
  const known = inventories.get(objects);
  if (known) return known;
  const inventory = readInventory(new Snapshot(objects));
  const workloads = inventory.workloads.map(one => ({ ...one, memberships: memberOf('sidecar', mesh.id) }));
  const whole = { ...inventory, workloads };
  inventories.set(objects, whole);
  return whole;
};

/** Policies and routes, over a world and for a mesh that is nobody's. */
export const compiledFrom = (
  wishes: string | readonly NativeObject[],
  { mesh = anyMesh(), objects = worldObjects, namespaces, mayRefer }: Place = {},
): Compiled & { readonly refused: readonly string[] } => {
  const snapshot = new Snapshot(typeof wishes === 'string' ? objectsFrom(wishes) : wishes);
  const { valid, findings } = policiesIn(snapshot);
  const inventory = inventoryOf(objects, mesh);
  const routed = new Snapshot([...snapshot.objects, ...objects.filter(({ ref }) => groupOf(ref) === gatewayGroup)]);
  const read = readGatewayApi({ snapshot: routed, inventory, meshes: [mesh], others: [] });
  const routes = { frontends: read.part.frontends ?? [], destinations: read.part.destinations ?? [] };
  const compiled = compile({
    policies: valid,
    routes,
    inventory: { ...read.inventory, workloads: inventory.workloads },
    mesh,
    ...(namespaces ? { namespaces } : {}),
    ...(mayRefer ? { mayRefer } : {}),
  });
  const refused = findings
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message }) => `${code} ${message}`);
  return { ...compiled, refused };
};

/** A policy of a kind as YAML: its name, and what stands in its spec. */
const policy =
  (kind: string) =>
  (name: string, spec: string, more = ''): string => {
    const [first = '', second] = name.split('/');
    const [namespace, own] = second === undefined ? ['shop', first] : [first, second];
    return `
apiVersion: supergloo.dev/v1alpha1
kind: ${kind}
metadata: { name: ${own}, ${kind === 'Mesh' ? '' : `namespace: ${namespace},`} ${more} }
spec: ${spec}
`;
  };

export const traffic = policy('TrafficPolicy');
export const access = policy('AccessPolicy');
export const meshObject = policy('Mesh');

export const born = (day: number): string => `creationTimestamp: "2026-01-${String(day).padStart(2, '0')}T00:00:00Z"`;

export const together = (...documents: readonly string[]): string => documents.join('---');

/** Findings, as text. */
export const toldBy = ({ findings }: Compiled): readonly string[] =>
  findings.map(({ code, subject, path, message }) => `${code} ${subject?.name ?? ''} ${path ?? ''}: ${message}`);

/** Fields that another counts in place of: `all spec.timeouts by reviews`. */
export const overruledIn = ({ overruled }: Compiled): readonly string[] =>
  [...new Set(overruled.map(({ field, by }) => `${field.object.name} ${field.path} by ${by.object.name}`))].sort();
