import { describe, expect, it } from 'vitest';
import type { AccessValue } from '../model/capabilities/access.ts';
import type { Mesh } from '../model/mesh.ts';
import { emptyModel, type Model } from '../model/model.ts';
import { joinedLosses, withoutJoined } from './joined.ts';

const mesh: Pick<Mesh, 'id' | 'joined'> = {
  id: 'one',
  joined: [
    {
      name: 'east',
      identities: 'spiffe://east.test/svc/{name}',
      mode: 'gateway',
      gateway: 'gateway',
      reaches: ['shop/back'],
    },
  ],
};

const rule = (id: string, ...values: readonly AccessValue[]) => ({
  id,
  effect: 'deny' as const,
  clauses: [
    {
      conditions: [
        {
          attribute: 'peer.identity' as const,
          values,
          negated: false,
          whenAbsent: 'fails' as const,
          whenNotHttp: 'fails' as const,
        },
      ],
    },
  ],
});

const theirs: AccessValue = { kind: 'spiffe', id: 'spiffe://east.test/svc/web' };
const own: AccessValue = { kind: 'spiffe', id: 'spiffe://one.test/svc/web' };

const model: Model = {
  ...emptyModel,
  meshes: [mesh as Mesh],
  access: [
    {
      id: 'guard',
      scope: {},
      tier: 0,
      otherwise: 'nothing',
      rules: [
        rule('theirs', theirs),
        rule('all of theirs', { kind: 'prefix', value: 'east.test/' }),
        rule('own', own),
        rule('both', theirs, own),
        rule('everyone'),
      ],
    },
  ],
};

describe('a mesh that is joined with another', () => {
  it('is left for itself, with the rules for callers of its own', () => {
    const { meshes, access } = withoutJoined(model);
    expect(meshes[0]?.joined).toBeUndefined();
    expect(access[0]?.rules.map(({ id }) => id)).toEqual(['own', 'both', 'everyone']);
  });

  it('is told as a loss, as is each rule that nobody meets any more', () => {
    const told = joinedLosses(model).map(({ leaf, loss }) => [leaf, loss?.code, loss?.effect]);
    expect(told).toEqual([
      ['joined east', 'visibility-joined', 'differs'],
      ['theirs', 'access-joined', 'none'],
      ['all of theirs', 'access-joined', 'none'],
    ]);
  });
});
