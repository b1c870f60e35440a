import type { Adapter, Manifest } from '../../adapter/adapter.ts';
import type { Disposition } from '../../adapter/disposition.ts';
import { type Finding, InvariantError } from '../../base/finding.ts';
import type { Attachment } from '../../compile/attachment.ts';
import { compile } from '../../compile/compile.ts';
import type { Policy } from '../../compile/policy.ts';
import type { Frontend } from '../../model/frontend.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { Mesh } from '../../model/mesh.ts';
import type { Model } from '../../model/model.ts';
import { gatewayGroup, routeKinds } from '../../native/gateway-api/kinds.ts';
import type { Snapshot } from '../../native/snapshot.ts';
import { registrations } from '../../registry/index.gen.ts';
import { type ObjectStatus, statusOf } from './status.ts';

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

/** What a plan for one mesh is made of. */
export interface MeshInput {
  readonly adapter: Adapter;
  readonly mesh: Mesh;
  readonly isAssumed: boolean;
  readonly snapshot: Snapshot;
  readonly wishes: Snapshot;
  readonly inventory: Inventory;
  readonly policies: readonly Policy[];
}

/** Writes the wishes for one mesh. */
export const planMesh = async (one: MeshInput): Promise<{ plan: MeshPlan; findings: readonly Finding[] }> => {
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
const readRoutes = async ({ mesh, isAssumed, wishes, inventory }: MeshInput) => {
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
