import { apiGroup } from '../../api/kind.ts';
import type { MeshSpec } from '../../api/kinds/mesh.ts';
import { readApiObject } from '../../api/read-object.ts';
import type { Assumed } from '../../engine/plan/plan.ts';
import { adapterIds } from '../../engine/read.ts';
import type { Snapshot } from '../../native/snapshot.ts';
import { UserError } from '../exit.ts';
import type { SourceOptions } from '../program.ts';

/** What every command that plans takes. */
export interface PlanningOptions extends SourceOptions {
  /** `TYPE[@VERSION]`: a mesh to plan for also where nothing shows it. */
  readonly mesh: readonly string[];
  readonly owner: string;
  /** The folder that the objects are for. */
  readonly to?: string;
  /** The store that they are for. */
  readonly store?: string;
  /** `KIND/NAMESPACE/NAME`: objects of the user's that may be changed where a mesh needs it. */
  readonly adopt: readonly string[];
  /** Takes over fields that others own. */
  readonly forceConflicts?: boolean;
  /** Codes of what may get weaker. */
  readonly accept: readonly string[];
}

/** The meshes that are named: with `--mesh`, and by an object of the kind Mesh. */
export const assumedMeshes = (options: Pick<PlanningOptions, 'mesh'>, snapshot: Snapshot): readonly Assumed[] => {
  const named = namedMeshes(options);
  const said = snapshot.of(apiGroup, 'Mesh').flatMap((object): Assumed[] => {
    const { spec } = readApiObject(object) as { readonly spec?: MeshSpec };
    return spec && adapterIds.includes(spec.type) ? [{ type: spec.type }] : [];
  });
  const all = [...named, ...said];
  return all.filter(({ type }, at) => all.findIndex(one => one.type === type) === at);
};

const namedMeshes = ({ mesh }: Pick<PlanningOptions, 'mesh'>): readonly Assumed[] =>
  mesh.map(text => {
    const [type = '', version] = text.split('@', 2);
    if (!adapterIds.includes(type))
      throw new UserError(`--mesh \`${text}\`: no mesh \`${type}\`; there are ${adapterIds.join(', ')}`);
    return version ? { type, version } : { type };
  });
