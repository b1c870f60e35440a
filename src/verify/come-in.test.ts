import { describe, expect, it } from 'vitest';
import type { AccessValue } from '../model/capabilities/access.ts';
import type { JoinedMesh } from '../model/mesh.ts';
import { compare } from './compare/compare.ts';
import { type Ask, type Caller, requestOf, worldOf } from './request.ts';
import { simulate } from './simulate.ts';
import { accessRule, condition, mesh, modelOf, policy, service, workload } from './testing/model-builder.ts';

const east: JoinedMesh = {
  name: 'east',
  identities: 'spiffe://east.test/svc/{name}',
  mode: 'gateway',
  gateway: 'the way in',
  reaches: ['shop/web'],
  missing: ['shop/empty'],
};

const inventory = {
  workloads: [workload('shop/web'), workload('shop/api')],
  services: [service('shop/web'), service('shop/api'), service('shop/empty')],
};

const joinedWith = (joined: JoinedMesh) => modelOf(inventory, { meshes: [mesh({ joined: [joined] })] });

const caller: Caller = { kind: 'joined', mesh: 'mesh/one', from: 'east', name: 'web' };
const ask = (to: string): Ask => ({ caller, to: { service: to }, request: requestOf({}) });
const sent = (to: string, joined = east) => simulate(worldOf(joinedWith(joined)), ask(to));

describe('a caller of a joined mesh', () => {
  it('comes in through a gateway, under its own identity', () => {
    const { hops, outcome } = sent('shop/web');
    expect(hops.map(({ at }) => at)).toEqual(['gateway', 'server']);
    expect(outcome).toMatchObject({
      decision: 'forwarded',
      encrypted: 'mtls',
      identitySeen: 'spiffe://east.test/svc/web',
    });
  });

  it('does not reach what is not there for it', () => {
    expect(sent('shop/api').outcome).toMatchObject({ decision: 'reset' });
    expect(sent('shop/empty').outcome).toMatchObject({ decision: 'unroutable', status: 503 });
    expect(sent('shop/api', { ...east, reaches: ['*'] }).outcome).toMatchObject({ decision: 'forwarded' });
  });

  it('does not come in where nobody knows its mesh', () => {
    const alone = modelOf(inventory, { meshes: [mesh()] });
    expect(simulate(worldOf(alone), ask('shop/web')).outcome).toMatchObject({ decision: 'reset' });
  });

  it.each<[string, AccessValue]>([
    ['its id', { kind: 'spiffe', id: 'spiffe://east.test/svc/web' }],
    ['its id as a text', { kind: 'exact', value: 'east.test/svc/web' }],
    ['how ids begin', { kind: 'prefix', value: 'east.test/svc/w' }],
    ['how ids end', { kind: 'suffix', value: '/svc/web' }],
    [
      'an expression',
      { kind: 'regex', regex: { pattern: 'east[.]test/svc/(web|api)', dialect: 're2', anchoring: 'full' } },
    ],
  ])('is asked by comparisons where a policy knows it by %s', (_, value) => {
    const denied = [accessRule('theirs', 'deny', [condition('peer.identity', [value])])];
    const open = joinedWith(east);
    const { services } = compare(worldOf(open), worldOf({ ...open, access: [policy('guard', denied)] }));
    const stricter = services.filter(({ aspect, verdict }) => aspect === 'access' && verdict === 'stricter');
    expect(stricter.map(({ witness }) => witness?.client)).toContainEqual(expect.objectContaining({ kind: 'joined' }));
  });

  it('is asked by comparisons, also where no policy names anybody', () => {
    const less = joinedWith({ ...east, reaches: [] });
    const { services } = compare(worldOf(joinedWith(east)), worldOf(less));
    const different = services.filter(({ verdict }) => verdict !== 'equal');
    expect(different.map(one => one.service)).toContain('shop/web');
    expect(different[0]?.witness?.client).toMatchObject({ kind: 'joined', from: 'east' });
  });
});
