/** Random meshes that are joined with the one of a sample, and what is said of whom they send. */
import fc, { type Arbitrary } from 'fast-check';
import type { AccessValue } from '../../../src/model/capabilities/access.ts';
import type { JoinedMesh } from '../../../src/model/mesh.ts';
import { oneOf } from './parts.ts';

/** By which scopes of clients call the proxies through which callers of the joined mesh come in. */
export const wayIn = 'the way in';

/** Everything but the proxies, which are those of a mesh that is known later. */
export type JoinedWish = Omit<JoinedMesh, 'mode'>;

/** The mesh `east`, whose callers reach some of these services, or all that there are; of others it may know. */
export const joinedWith = (...services: readonly string[]): Arbitrary<JoinedWish> =>
  fc
    .record({
      reaches: fc.oneof(
        { weight: 3, arbitrary: fc.subarray([...services]) },
        { weight: 1, arbitrary: fc.constant<string[]>(['*']) },
      ),
      missing: fc.subarray([...services]),
    })
    .map(({ reaches, missing }) => {
      const lost = missing.filter(id => !reaches.includes(id) && !reaches.includes('*'));
      return {
        name: 'east',
        identities: 'spiffe://east.test/svc/{name}',
        gateway: wayIn,
        reaches,
        ...(lost.length > 0 ? { missing: lost } : {}),
      };
    });

/** Whom policies name of those callers, and others may stand for: by ids, and by patterns over them. */
export const theirs: Arbitrary<readonly AccessValue[]> = oneOf<readonly AccessValue[]>(
  [{ kind: 'spiffe', id: 'spiffe://east.test/svc/web' }],
  [
    { kind: 'spiffe', id: 'spiffe://east.test/svc/web' },
    { kind: 'spiffe', id: 'spiffe://east.test/svc/api' },
  ],
  [{ kind: 'prefix', value: 'east.test/' }],
  [{ kind: 'prefix', value: 'east.test/svc/w' }],
  [{ kind: 'exact', value: 'east.test/svc/api' }],
  [{ kind: 'suffix', value: '/svc/web' }],
);
