import type { Adapter, Manifest } from '../../adapter/adapter.ts';
import type { Disposition } from '../../adapter/disposition.ts';
import type { Finding } from '../../base/finding.ts';
import { isSame } from '../../base/same.ts';
import type { Policy } from '../../compile/policy.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { Mesh } from '../../model/mesh.ts';
import type { Model } from '../../model/model.ts';
import { gatewayGroup, routeKinds } from '../../native/gateway-api/kinds.ts';
import type { Snapshot } from '../../native/snapshot.ts';
import type { TargetMesh } from './ground.ts';
import { identityOfManifest } from './ownership.ts';
import { type ObjectStatus, statusOf } from './status.ts';
import { planUnit, type UnitPlan } from './unit-plan.ts';
import { type Unit, unitsOf } from './units.ts';

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
  /** The services that a wish is for, by id. */
  readonly places: 'everything' | ReadonlySet<string>;
}

/** What a plan for one mesh is made of. */
export interface MeshInput {
  readonly adapter: Adapter;
  readonly target: TargetMesh;
  /** Everything there is and is wished. */
  readonly snapshot: Snapshot;
  readonly wishes: Snapshot;
  readonly policies: readonly Policy[];
}

/** What was made of units, as long as what they are made of is the same. */
export class Made {
  #known = new Map<string, { readonly inputs: readonly unknown[]; readonly plan: UnitPlan }>();

  /** One plan for each unit, in their order; what no unit needs any more is forgotten. */
  async of(units: readonly Unit[], make: (unit: Unit) => Promise<UnitPlan>): Promise<readonly UnitPlan[]> {
    const used = new Map<string, { readonly inputs: readonly unknown[]; readonly plan: UnitPlan }>();
    for (const unit of units) {
      const known = this.#known.get(unit.id);
      const isFresh = known && areOne(known.inputs, unit.inputs);
      used.set(unit.id, isFresh ? known : { inputs: unit.inputs, plan: await make(unit) });
    }
    this.#known = used;
    return units.map(({ id }) => used.get(id)!.plan);
  }
}

const areOne = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((one, index) => one === b[index]);

/** What was made for a mesh before: of namespaces by themselves, and of those that had to be put together. */
export class MadeForMesh {
  readonly apart = new Made();
  readonly together = new Made();
}

/** Writes the wishes for one mesh, unit by unit. */
export const planMesh = async (input: MeshInput, made = new MadeForMesh()): Promise<MeshPlan> => {
  const { adapter, target, snapshot, wishes, policies } = input;
  const { mesh, inventory } = target;
  const make = (unit: Unit): Promise<UnitPlan> => planUnit(unit, { adapter, mesh, snapshot });
  const wished = { inventory, wishes, policies, hasGlobalNames: adapter.hasGlobalNames === true };
  const units = unitsOf(wished);
  const plans = await made.apart.of(units, make);
  const meeting = meetingUnits(units, plans, mesh);
  if (meeting.length === 0) return new Merged(plans, input);
  const joined = unitsOf(wished, meeting);
  return new Merged(await made.together.of(joined, make), input);
};

/**
 * Units that have to be written together: those that write one object in two ways, and one that writes into a namespace of
 * another. In the mesh's own namespace stands what holds for all, and all write it alike.
 */
const meetingUnits = (
  units: readonly Unit[],
  plans: readonly UnitPlan[],
  { namespace: common }: Mesh,
): readonly (readonly string[])[] => {
  const homes = new Map(units.flatMap(unit => [...unit.namespaces].map(namespace => [namespace, unit] as const)));
  const writers = new Map<string, { readonly unit: Unit; readonly manifest: Manifest }>();
  const meeting: string[][] = [];
  for (const [index, unit] of units.entries()) {
    for (const manifest of plans[index]?.objects ?? []) {
      const identity = identityOfManifest(manifest);
      const other = writers.get(identity);
      if (!other) writers.set(identity, { unit, manifest });
      else if (!isSame(other.manifest, manifest)) meeting.push([...other.unit.namespaces, ...unit.namespaces]);
      const { namespace = '' } = manifest.metadata;
      const host = namespace === common ? undefined : homes.get(namespace);
      if (host && host !== unit) meeting.push([...host.namespaces, ...unit.namespaces]);
    }
  }
  return meeting;
};

/** The plans of units as one. What is told of it is put together when somebody asks. */
class Merged implements MeshPlan {
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
    if (this.#plans.some(({ places }) => places === 'everything')) return 'everything';
    return new Set(this.#plans.flatMap(({ places }) => [...places]));
  }

  #together(model: (plan: UnitPlan) => Model): Model {
    return together(this.#plans.map(model), this.#input.target.inventory, this.mesh);
  }
}

const onceEach = <T>(items: readonly T[], key: (item: T) => string): readonly T[] => [
  ...new Map(items.map(item => [key(item), item])).values(),
];

/** The models of units as one; what holds for the whole mesh is in each of them, and once in all. */
const together = (models: readonly Model[], inventory: Inventory, mesh: Mesh): Model => {
  const all = <K extends Exclude<keyof Model, 'inventory' | 'meshes'>>(key: K): Model[K][number][] => {
    const items = models.flatMap((model): Model[K][number][] => [...model[key]]);
    return [...onceEach(items, item => ('id' in item ? item.id : JSON.stringify(item)))];
  };
  const services = onceEach(
    models.flatMap(model => model.inventory.services),
    ({ id }) => id,
  );
  const gateways = onceEach(
    models.flatMap(model => model.inventory.gateways),
    ({ id }) => id,
  );
  return {
    inventory: { ...inventory, services, gateways },
    meshes: models[0]?.meshes ?? [mesh],
    frontends: all('frontends'),
    destinations: all('destinations'),
    encryption: all('encryption'),
    access: all('access'),
    requestAuthentication: all('requestAuthentication'),
    rateLimits: all('rateLimits'),
    visibility: all('visibility'),
    exposures: all('exposures'),
    egress: all('egress'),
    telemetry: all('telemetry'),
    opaque: all('opaque'),
  };
};
