import type { Adapter, Manifest } from '../../adapter/adapter.ts';
import type { Disposition } from '../../adapter/disposition.ts';
import { type Finding, findingOf } from '../../base/finding.ts';
import type { ObjectRef } from '../../base/source.ts';
import { compile } from '../../compile/compile.ts';
import { type Policy, policiesIn } from '../../compile/policy.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { Mesh } from '../../model/mesh.ts';
import type { Model } from '../../model/model.ts';
import { gatewayGroup, routeKinds } from '../../native/gateway-api/kinds.ts';
import type { Snapshot } from '../../native/snapshot.ts';
import { registrations } from '../../registry/index.gen.ts';
import { engineFindings } from '../findings.ts';
import { loadAdapters, readSnapshot } from '../read.ts';
import { isOwnedBy, owned } from './ownership.ts';
import { divide } from './split.ts';
import { type ObjectStatus, statusOf } from './status.ts';
import { type Step, stepsBetween } from './steps.ts';

/** A mesh to plan for although nothing shows that it is there. */
export interface Assumed {
  readonly type: string;
  readonly version?: string;
}

export interface PlanOptions {
  readonly owner?: string;
  readonly assume?: readonly Assumed[];
}

/** What becomes of the wishes in one mesh. */
export interface MeshPlan {
  readonly mesh: Mesh;
  readonly isAssumed: boolean;
  readonly objects: readonly Manifest[];
  readonly dispositions: readonly Disposition[];
  /** Each object that says a wish, with what became of its fields here. */
  readonly status: readonly ObjectStatus[];
  /** The wishes in the words of the model, and what the writer believes the mesh will do. */
  readonly wished: Model;
  readonly expected: Model;
}

export interface Plan {
  readonly meshes: readonly MeshPlan[];
  readonly steps: readonly Step[];
  readonly findings: readonly Finding[];
  /** Objects of `supergloo.dev` that are not valid, which have no effect; what was written of them stays. */
  readonly invalid: readonly ObjectRef[];
}

/** What is to be written to each mesh so that it does what the objects in the snapshot say. */
export const plan = async (snapshot: Snapshot, { owner = 'default', assume = [] }: PlanOptions = {}): Promise<Plan> => {
  const isOwned = isOwnedBy(owner);
  const { wishes, estate } = divide(snapshot, isOwned);
  const read = await readSnapshot(estate);
  const policies = policiesIn(wishes);
  const findings: Finding[] = [...policies.findings];
  const found = read.model.meshes;
  const assumed = await Promise.all(assume.map(assumedMesh));
  const targets = [
    ...found.map(mesh => ({ mesh, isAssumed: false })),
    ...assumed.filter(({ type }) => !found.some(mesh => mesh.type === type)).map(mesh => ({ mesh, isAssumed: true })),
  ];
  if (targets.length === 0)
    findings.push(findingOf(engineFindings, 'PLAN001', undefined, 'no mesh is seen in the input'));
  const meshes: MeshPlan[] = [];
  for (const { mesh, isAssumed } of targets) {
    const [adapter] = await loadAdapters([mesh.type]);
    if (!adapter) continue;
    const one = await planMesh({
      adapter,
      mesh,
      isAssumed,
      snapshot,
      estate,
      wishes,
      inventory: read.model.inventory,
      policies: policies.valid,
    });
    findings.push(...one.findings);
    meshes.push(one.plan);
  }
  const desired = meshes.flatMap(({ objects }) => objects.map(object => owned(object, owner)));
  const steps = stepsBetween(estate.objects, desired, isOwned);
  return { meshes, steps, findings, invalid: [] };
};

const assumedMesh = async ({ type, version }: Assumed): Promise<Mesh> => {
  const [adapter] = await loadAdapters([type]);
  const mesh = adapter?.assume();
  if (!mesh) throw new Error(`no adapter ${type}`);
  return version === undefined ? mesh : { ...mesh, version };
};

interface One {
  readonly adapter: Adapter;
  readonly mesh: Mesh;
  readonly isAssumed: boolean;
  readonly snapshot: Snapshot;
  readonly estate: Snapshot;
  readonly wishes: Snapshot;
  readonly inventory: Inventory;
  readonly policies: readonly Policy[];
}

const planMesh = async (one: One): Promise<{ plan: MeshPlan; findings: readonly Finding[] }> => {
  const { adapter, mesh, isAssumed, snapshot, wishes, policies } = one;
  const routes = await readRoutes(one);
  const compiled = compile({ policies, routes: routes.part, inventory: routes.inventory, mesh });
  const written = adapter.write(compiled.model, { mesh, snapshot });
  const objects = [
    ...policies.map(({ object }) => object.ref),
    ...[...routeKinds, 'Gateway'].flatMap(kind => wishes.of(gatewayGroup, kind).map(({ ref }) => ref)),
  ];
  return {
    plan: {
      mesh,
      isAssumed,
      objects: written.objects,
      dispositions: written.dispositions,
      status: statusOf(objects, written.dispositions, compiled.overruled),
      wished: compiled.model,
      expected: written.expected,
    },
    findings: [...routes.findings, ...compiled.findings, ...written.findings],
  };
};

/** Routes and gateways as the API says, for the clients of one mesh. */
const readRoutes = async ({ mesh, isAssumed, wishes, inventory }: One) => {
  const read = await registrations.find(({ id }) => id === 'gateway-api')?.read();
  if (!read) return { part: {}, inventory, findings: [] };
  const result = read({ snapshot: wishes, inventory, meshes: [mesh], others: [] });
  const { workloads } = inventory;
  const [mode = 'sidecar'] = Object.keys(mesh.dataPlanes);
  const member = {
    mesh: mesh.id,
    mode,
    certainty: 'assumed',
    evidence: [{ says: 'the user named the mesh' }],
  } as const;
  return {
    part: { frontends: result.part.frontends ?? [], destinations: result.part.destinations ?? [] },
    inventory: {
      ...result.inventory,
      workloads: isAssumed ? workloads.map(workload => ({ ...workload, memberships: [member] })) : workloads,
    },
    findings: result.findings.filter(({ code }) => code !== 'GWAPI101'),
  };
};
