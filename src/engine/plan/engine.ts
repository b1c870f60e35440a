import type { Manifest } from '../../adapter/adapter.ts';
import { readApiObject } from '../../api/read-object.ts';
import { isSame } from '../../base/same.ts';
import type { ObjectRef } from '../../base/source.ts';
import { type NativeObject, Snapshot } from '../../native/snapshot.ts';
import { type Ground, keepingKnown, readGround } from './ground.ts';
import { MadeForMesh } from './mesh-plan.ts';
import { identityOf, identityOfManifest, isOwnedBy, owned } from './ownership.ts';
import { defaultOwner, type Plan, type PlanOptions, planOn } from './plan.ts';
import { type Divided, divide, dividedAfter, isWish } from './split.ts';

/** What has to be written in one cluster after some edits, for one mesh. */
export interface Change {
  readonly cluster: string;
  /** The id of the mesh. */
  readonly mesh: string;
  /** New, or not as it was. */
  readonly written: readonly Manifest[];
  readonly gone: readonly ObjectRef[];
}

/** Everything that is known of one cluster. */
interface Cluster {
  readonly objects: Map<string, NativeObject>;
  /** The last version of each policy that was valid. */
  readonly valid: Map<string, NativeObject>;
  /** What has to be looked at again: `ground` is everything. */
  stale: 'nothing' | 'wishes' | 'ground';
  divided?: Divided;
  /** Edits that are not in `divided` yet. */
  edits: { readonly gone: NativeObject | undefined; readonly come: NativeObject | undefined }[];
  ground?: Ground;
  plan?: Plan;
  /** By mesh, what was made of units of wishes. */
  readonly made: Map<string, MadeForMesh>;
  /** By mesh, what is written now. */
  readonly output: Map<string, Map<string, Manifest>>;
}

/**
 * Keeps what is written up with what is wished, edit by edit. Clusters have nothing to do with each other; what there is
 * in one is read again only when something other than a wish changed. What comes out is what `plan` makes of the same
 * objects in one go (law 6).
 */
export class Engine {
  readonly #clusters = new Map<string, Cluster>();
  readonly #options: PlanOptions;
  readonly #extent: 'whole' | 'partial';
  readonly #isOwned: (object: NativeObject) => boolean;

  constructor(options: Omit<PlanOptions, 'lastValid'> = {}, extent: 'whole' | 'partial' = 'whole') {
    this.#options = options;
    this.#extent = extent;
    this.#isOwned = isOwnedBy(options.owner ?? defaultOwner);
  }

  /** An object that is new, or is not as it was. */
  put(object: NativeObject): void {
    const cluster = this.#cluster(object.ref);
    const identity = identityOf(object.ref);
    const before = cluster.objects.get(identity);
    if (before && isSame(before.body, object.body)) return;
    cluster.objects.set(identity, object);
    if (isValidPolicy(object)) cluster.valid.set(identity, object);
    this.#touch(cluster, before, object);
  }

  remove(ref: ObjectRef): void {
    const cluster = this.#cluster(ref);
    const identity = identityOf(ref);
    const before = cluster.objects.get(identity);
    if (!before) return;
    cluster.objects.delete(identity);
    cluster.valid.delete(identity);
    this.#touch(cluster, before, undefined);
  }

  /** Works out what the edits since the last time change. No change, no entry. */
  async settle(): Promise<readonly Change[]> {
    const changes: Change[] = [];
    for (const [name, cluster] of this.#clusters) {
      if (cluster.stale === 'nothing') continue;
      changes.push(...(await this.#settle(name, cluster)));
    }
    return changes;
  }

  /** The plan of a cluster as it was settled last. */
  planOf(cluster: string): Plan | undefined {
    return this.#clusters.get(cluster)?.plan;
  }

  async #settle(name: string, cluster: Cluster): Promise<readonly Change[]> {
    const divided = this.#divide(cluster);
    if (cluster.stale === 'ground' || !cluster.ground) {
      const ground = await readGround(divided.ground, this.#options.assume ?? []);
      cluster.ground = cluster.ground ? keepingKnown(cluster.ground, ground) : ground;
    }
    const lastValid = ({ ref }: NativeObject): NativeObject | undefined => cluster.valid.get(identityOf(ref));
    const made = (mesh: string): MadeForMesh => {
      const known = cluster.made.get(mesh) ?? new MadeForMesh();
      cluster.made.set(mesh, known);
      return known;
    };
    cluster.plan = await planOn(cluster.ground, divided, { ...this.#options, lastValid }, made);
    cluster.stale = 'nothing';
    return this.#takeIn(name, cluster, cluster.plan);
  }

  #takeIn(name: string, cluster: Cluster, { meshes }: Plan): readonly Change[] {
    const owner = this.#options.owner ?? defaultOwner;
    const left = new Set(cluster.output.keys());
    const changes = meshes.map(({ mesh, objects }): Change => {
      left.delete(mesh.id);
      const before = cluster.output.get(mesh.id) ?? new Map<string, Manifest>();
      const now = new Map(objects.map(object => [identityOfManifest(object), owned(object, owner)]));
      for (const [identity, manifest] of now) {
        const known = before.get(identity);
        if (known && isSame(known, manifest)) now.set(identity, known);
      }
      cluster.output.set(mesh.id, now);
      return { cluster: name, mesh: mesh.id, ...between(before, now) };
    });
    const lost = [...left].map((mesh): Change => {
      const before = cluster.output.get(mesh) ?? new Map<string, Manifest>();
      cluster.output.delete(mesh);
      return { cluster: name, mesh, ...between(before, new Map()) };
    });
    return [...changes, ...lost].filter(({ written, gone }) => written.length + gone.length > 0);
  }

  #cluster({ cluster: name = '' }: ObjectRef): Cluster {
    const known = this.#clusters.get(name);
    if (known) return known;
    const cluster: Cluster = {
      objects: new Map(),
      valid: new Map(),
      stale: 'nothing',
      edits: [],
      made: new Map(),
      output: new Map(),
    };
    this.#clusters.set(name, cluster);
    return cluster;
  }

  #touch(cluster: Cluster, gone: NativeObject | undefined, come: NativeObject | undefined): void {
    const areWishes = [gone, come].every(object => !object || isWish(object, this.#isOwned));
    if (!areWishes) cluster.stale = 'ground';
    else if (cluster.stale === 'nothing') cluster.stale = 'wishes';
    cluster.edits.push({ gone, come });
  }

  /** A few edits are carried out on what is known; for many it is cheaper to begin anew. */
  #divide(cluster: Cluster): Divided {
    const { divided: before, edits, objects } = cluster;
    const now =
      before && edits.length <= fewEdits
        ? edits.reduce((at, { gone, come }) => dividedAfter(at, gone, come, this.#isOwned), before)
        : divide(new Snapshot([...objects.values()], this.#extent), this.#isOwned);
    cluster.divided = now;
    cluster.edits = [];
    return now;
  }
}

const fewEdits = 20;

const isValidPolicy = (object: NativeObject): boolean => readApiObject(object).spec !== undefined;

const between = (
  before: ReadonlyMap<string, Manifest>,
  now: ReadonlyMap<string, Manifest>,
): Pick<Change, 'written' | 'gone'> => ({
  written: [...now].flatMap(([identity, manifest]) => (before.get(identity) === manifest ? [] : manifest)),
  gone: [...before].flatMap(
    ([
      identity,
      {
        apiVersion,
        kind,
        metadata: { name, namespace },
      },
    ]) => (now.has(identity) ? [] : { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) }),
  ),
});
