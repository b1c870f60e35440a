import type { Adapter, Manifest } from '../../adapter/adapter.ts';
import type { Disposition } from '../../adapter/disposition.ts';
import { type Finding, findingOf, InvariantError } from '../../base/finding.ts';
import { objectTitle } from '../../base/source.ts';
import type { Attachment } from '../../compile/attachment.ts';
import { compile } from '../../compile/compile.ts';
import { type Policy, policiesIn } from '../../compile/policy.ts';
import type { Frontend } from '../../model/frontend.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { Mesh } from '../../model/mesh.ts';
import type { Model } from '../../model/model.ts';
import { gatewayGroup, routeKinds } from '../../native/gateway-api/kinds.ts';
import type { NativeObject, Snapshot } from '../../native/snapshot.ts';
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
  /** The last version of an object of `supergloo.dev` that was valid, for one that is not. */
  readonly lastValid?: (object: NativeObject) => NativeObject | undefined;
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
  /** The services that a wish is for, by id. */
  readonly places: 'everything' | ReadonlySet<string>;
}

export interface Plan {
  readonly meshes: readonly MeshPlan[];
  readonly steps: readonly Step[];
  readonly findings: readonly Finding[];
  /** What there is without the wishes; the steps begin there. */
  readonly estate: Snapshot;
}

/** What is to be written to each mesh so that it does what the objects in the snapshot say. */
export const plan = async (
  snapshot: Snapshot,
  { owner = 'default', assume = [], lastValid }: PlanOptions = {},
): Promise<Plan> => {
  const isOwned = isOwnedBy(owner);
  const { wishes, estate } = divide(snapshot, isOwned);
  const read = await readSnapshot(estate);
  const policies = policiesIn(wishes, lastValid);
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
  const desired = meshes.flatMap(({ mesh, objects }) =>
    objects.map(object => ({ mesh: mesh.id, after: owned(object, owner) })),
  );
  const steps = stepsBetween(estate.objects, desired, isOwned).map(step => heldBack(step, policies.invalid));
  return { meshes, steps, findings, estate };
};

/** What was written stays as it is while nobody can say what is wanted. */
const heldBack = (step: Step, invalid: readonly NativeObject[]): Step => {
  const [first] = invalid;
  if (!first || (step.action !== 'delete' && step.action !== 'update')) return step;
  return { ...step, refused: `${objectTitle(first.ref)} is not valid, and may be what wants it as it is` };
};

const assumedMesh = async ({ type, version }: Assumed): Promise<Mesh> => {
  const [adapter] = await loadAdapters([type]);
  const mesh = adapter?.assume();
  if (!mesh) throw new InvariantError(`there is no adapter ${type}`);
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
      places: placesOf(routes.part.frontends, compiled.attachments),
    },
    findings: [...routes.findings, ...compiled.findings, ...written.findings],
  };
};

/** A wish for a namespace, a gateway or a mesh is taken to be for everything. */
const placesOf = (tables: readonly Frontend[], attachments: readonly Attachment[]): MeshPlan['places'] => {
  if (attachments.some(({ target }) => target.level !== 'service')) return 'everything';
  const routed = tables.flatMap(({ listens }) => (listens.kind === 'service' ? [listens.service] : []));
  const meant = attachments.flatMap(({ target }) => (target.level === 'service' ? [target.service.id] : []));
  return new Set([...routed, ...meant]);
};

/** Routes and gateways as the API says, for the clients of one mesh. */
const readRoutes = async ({ mesh, isAssumed, wishes, inventory }: One) => {
  const read = await registrations.find(({ id }) => id === 'gateway-api')?.read();
  if (!read) throw new InvariantError('there is no reader for Gateway API');
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
