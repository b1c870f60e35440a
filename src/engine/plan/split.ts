import { apiGroup } from '../../api/kind.ts';
import { gatewayGroup } from '../../native/gateway-api/kinds.ts';
import { groupOf, type NativeObject, Snapshot } from '../../native/snapshot.ts';
import { isGround } from '../verdict.ts';

/** What people want, and what there is. */
export interface Divided {
  /** Objects of `supergloo.dev` and of Gateway API, with Kubernetes' own beside them. */
  readonly wishes: Snapshot;
  /** What runs without them: Kubernetes' own objects and those of meshes, what we wrote among them. */
  readonly estate: Snapshot;
  /** The estate without what we wrote. */
  readonly ground: Snapshot;
}

export const isWish = ({ ref }: NativeObject): boolean => groupOf(ref) === apiGroup || groupOf(ref) === gatewayGroup;

/**
 * Gateway API is the language for routes here: its objects are wishes, and what a mesh gets is written from them, in its
 * own words (decision 0010). What we wrote ourselves is no wish, whatever its kind.
 */
export const divide = (snapshot: Snapshot, isOwned: (object: NativeObject) => boolean): Divided => {
  const { objects, extent, superseded } = snapshot;
  const current = objects.filter(object => !superseded.has(object));
  const wished = new Set(current.filter(object => isWish(object) && !isOwned(object)));
  return {
    wishes: new Snapshot(
      current.filter(object => wished.has(object) || isGround(object)),
      extent,
    ),
    estate: new Snapshot(
      current.filter(object => !wished.has(object)),
      extent,
    ),
    ground: new Snapshot(
      current.filter(object => !wished.has(object) && !isOwned(object)),
      extent,
    ),
  };
};
