import { apiGroup } from '../../api/kind.ts';
import { gatewayGroup } from '../../native/gateway-api/kinds.ts';
import { groupOf, type NativeObject, Snapshot } from '../../native/snapshot.ts';

/** What people want, and what there is. */
export interface Divided {
  /** Everything. */
  readonly snapshot: Snapshot;
  /** Objects of `supergloo.dev` and of Gateway API. */
  readonly wishes: Snapshot;
  /** What runs without them: Kubernetes' own objects and those of meshes, what we wrote among them. */
  readonly estate: Snapshot;
  /** The estate without what we wrote. */
  readonly ground: Snapshot;
  /** What we wrote. */
  readonly owned: readonly NativeObject[];
}

type IsOwned = (object: NativeObject) => boolean;

const isOfWishes = ({ ref }: NativeObject): boolean => groupOf(ref) === apiGroup || groupOf(ref) === gatewayGroup;

/** What we wrote ourselves is no wish, whatever its kind. */
export const isWish = (object: NativeObject, isOwned: IsOwned): boolean => isOfWishes(object) && !isOwned(object);

/**
 * Gateway API is the language for routes here: its objects are wishes, and what a mesh gets is written from them, in its
 * own words (decision 0010).
 */
export const divide = (snapshot: Snapshot, isOwned: IsOwned): Divided => {
  const { objects, extent, superseded } = snapshot;
  const parts: Record<'wish' | 'owned' | 'ground', NativeObject[]> = { wish: [], owned: [], ground: [] };
  for (const object of objects) {
    if (superseded.has(object)) continue;
    parts[isOwned(object) ? 'owned' : isOfWishes(object) ? 'wish' : 'ground'].push(object);
  }
  return {
    snapshot,
    wishes: new Snapshot(parts.wish, extent),
    estate: new Snapshot([...parts.ground, ...parts.owned], extent),
    ground: new Snapshot(parts.ground, extent),
    owned: parts.owned,
  };
};

/** The same after an edit of one object (`Snapshot.edited`). */
export const dividedAfter = (
  { snapshot, wishes, estate, ground, owned }: Divided,
  gone: NativeObject | undefined,
  come: NativeObject | undefined,
  isOwned: IsOwned,
): Divided => {
  const only = (object: NativeObject | undefined, isMeant: IsOwned): NativeObject | undefined =>
    object && isMeant(object) ? object : undefined;
  const edited = (before: Snapshot, isMeant: IsOwned): Snapshot => {
    const [less, more] = [only(gone, isMeant), only(come, isMeant)];
    return less || more ? before.edited(less, more) : before;
  };
  const isOfEstate: IsOwned = object => !isWish(object, isOwned);
  const [less, more] = [only(gone, isOwned), only(come, isOwned)];
  return {
    snapshot: snapshot.edited(gone, come),
    wishes: edited(wishes, object => isWish(object, isOwned)),
    estate: edited(estate, isOfEstate),
    ground: edited(ground, object => isOfEstate(object) && !isOwned(object)),
    owned: less || more ? [...owned.filter(object => object !== less), ...(more ? [more] : [])] : owned,
  };
};
