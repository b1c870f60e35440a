import type { Adapter, Manifest } from '../../adapter/adapter.ts';
import type { Disposition } from '../../adapter/disposition.ts';
import type { Finding } from '../../base/finding.ts';
import type { Policy } from '../../compile/policy.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { Mesh } from '../../model/mesh.ts';
import { assemble, type Model, type ModelPart } from '../../model/model.ts';
import { gatewayGroup, routeKinds } from '../../native/gateway-api/kinds.ts';
import type { Snapshot } from '../../native/snapshot.ts';
import type { TargetMesh } from './ground.ts';
import { identityOfManifest } from './ownership.ts';
import { type ObjectStatus, statusOf } from './status.ts';
import type { UnitPlan } from './unit-plan.ts';
import { allPlaces, type WishedPlaces } from './wished-places.ts';

/** What becomes of the wishes in one mesh. */
export interface MeshPlan {
  readonly mesh: Mesh;
  readonly isAssumed: boolean;
  readonly objects: readonly Manifest[];
  readonly dispositions: readonly Disposition[];
  /** Each object that says a wish, with what became of its fields here. */
  readonly status: readonly ObjectStatus[];
  readonly findings: readonly Finding[];
  /** The wishes in the words of the model, and what the writer believes the mesh will do. */
  readonly wished: Model;
  readonly expected: Model;
  readonly places: WishedPlaces;
}

/** What a plan for one mesh is made of. */
export interface MeshInput {
  readonly adapter: Adapter;
  readonly target: TargetMesh;
  /** Everything there is and is wished. */
  readonly snapshot: Snapshot;
  /** What there is without the wishes. */
  readonly estate: Snapshot;
  readonly wishes: Snapshot;
  readonly policies: readonly Policy[];
}

/** The plans of units as one. What is told of it is put together when somebody asks. */
export class Merged implements MeshPlan {
  readonly mesh: Mesh;
  readonly isAssumed: boolean;
  readonly objects: readonly Manifest[];
  readonly #plans: readonly UnitPlan[];
  readonly #input: MeshInput;
  #dispositions: readonly Disposition[] | undefined;
  #status: readonly ObjectStatus[] | undefined;

  constructor(plans: readonly UnitPlan[], input: MeshInput) {
    this.mesh = input.target.mesh;
    this.isAssumed = input.target.isAssumed;
    this.objects = onceEach(
      plans.flatMap(plan => plan.objects),
      identityOfManifest,
    );
    this.#plans = plans;
    this.#input = input;
  }

  /** What holds for the whole mesh is said in every unit, and told once. */
  get dispositions(): readonly Disposition[] {
    this.#dispositions ??= onceEach(
      this.#plans.flatMap(plan => plan.dispositions),
      ({ subject, leaf, source }) => `${subject}|${leaf}|${source?.path ?? ''}`,
    );
    return this.#dispositions;
  }

  get status(): readonly ObjectStatus[] {
    const { policies, wishes } = this.#input;
    const refs = [
      ...policies.map(({ object }) => object.ref),
      ...[...routeKinds, 'Gateway'].flatMap(kind => wishes.of(gatewayGroup, kind).map(({ ref }) => ref)),
    ];
    const overruled = this.#plans.flatMap(plan => plan.overruled);
    this.#status ??= statusOf(refs, this.dispositions, overruled);
    return this.#status;
  }

  get findings(): readonly Finding[] {
    return onceEach(
      this.#plans.flatMap(plan => plan.findings),
      ({ code, path, message, subject }) => `${code}|${subject?.namespace}|${subject?.name}|${path}|${message}`,
    );
  }

  get wished(): Model {
    return this.#together(({ wished }) => wished);
  }

  get expected(): Model {
    return this.#together(({ expected }) => expected);
  }

  get places(): MeshPlan['places'] {
    return allPlaces(this.#plans.map(({ places }) => places));
  }

  #together(model: (plan: UnitPlan) => Model): Model {
    return together(this.#plans.map(model), this.#input.target.inventory, this.mesh);
  }
}

const onceEach = <T>(items: readonly T[], key: (item: T) => string): readonly T[] => [
  ...new Map(items.map(item => [key(item), item])).values(),
];

/** Everything in a model has a name of its own, or is said of a service, once. */
const nameOf = (item: { readonly id?: string; readonly service?: string }): string => item.id ?? item.service ?? '';

/** The models of units as one; what holds for the whole mesh is in each of them, and once in all. */
const together = (models: readonly Model[], inventory: Inventory, mesh: Mesh): Model => {
  const of = <T extends { readonly id: string }>(list: (model: Model) => readonly T[]): readonly T[] =>
    onceEach(models.flatMap(list), ({ id }) => id);
  const services = of(model => model.inventory.services);
  const gateways = of(model => model.inventory.gateways);
  const seen = new Set<string>();
  const fresh = ({ inventory: _, meshes: __, ...part }: Model): ModelPart =>
    Object.fromEntries(
      Object.entries(part).map(([kind, items]) => [
        kind,
        items.filter(item => {
          const name = `${kind} ${nameOf(item)}`;
          const isNew = !seen.has(name);
          seen.add(name);
          return isNew;
        }),
      ]),
    );
  const all = assemble({ ...inventory, services, gateways }, models.map(fresh));
  return { ...all, meshes: models[0]?.meshes ?? [mesh] };
};
