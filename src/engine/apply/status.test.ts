import { describe, expect, it } from 'vitest';
import { type NativeObject, Snapshot } from '../../native/snapshot.ts';
import { plan } from '../plan/plan.ts';
import { type Status, statusesAfter } from './status.ts';

const object = (apiVersion: string, kind: string, name: string, rest: object): NativeObject => ({
  ref: { apiVersion, kind, namespace: 'shop', name },
  body: { apiVersion, kind, metadata: { name, namespace: 'shop', generation: 3 }, ...rest },
});

const reviews = object('v1', 'Service', 'reviews', {
  spec: { selector: { app: 'reviews' }, ports: [{ name: 'http', port: 80 }] },
});

const policy = (spec: object, status?: object): NativeObject =>
  object('supergloo.dev/v1alpha1', 'TrafficPolicy', 'reviews', { spec, ...(status ? { status } : {}) });

const target = (name: string) => [{ kind: 'Service', name }];

const statusOf = async (
  wish: NativeObject,
  meshes: readonly string[],
  now = '2026-01-01T00:00:00Z',
): Promise<Status> => {
  const made = await plan(new Snapshot([reviews, wish]), { assume: meshes.map(type => ({ type })) });
  const [one] = statusesAfter(made, [reviews, wish], now);
  return one!.status;
};

const reasons = ({ conditions }: Status): readonly string[] =>
  conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`);

const timeout = policy({ targetRefs: target('reviews'), timeouts: { request: '2s' } });
const delay = policy({ targetRefs: target('reviews'), fault: { delay: { fixed: '2s' } } });

describe('the status of an object', () => {
  it.each([
    ['what is done in full', timeout, ['istio'], ['Accepted True Accepted', 'Applied True Applied']],
    ['what one mesh cannot do', delay, ['istio', 'linkerd'], ['Accepted True Accepted', 'Applied False Refused']],
    ['what no mesh is there for', timeout, [], ['Accepted True Accepted', 'Applied False NoEffect']],
    [
      'a target that is not there',
      policy({ targetRefs: target('ratings'), timeouts: { request: '2s' } }),
      ['istio'],
      ['Accepted False TargetNotFound', 'Applied False TargetNotFound'],
    ],
    [
      'what is not valid',
      policy({ targetRefs: target('reviews'), timeouts: { request: 'soon' } }),
      ['istio'],
      ['Accepted False Invalid', 'Applied False Invalid'],
    ],
  ] as const)('tells %s', async (_, wish, meshes, told) => {
    expect(reasons(await statusOf(wish, meshes))).toEqual(told);
  });

  it('is of the generation that was looked at', async () => {
    const { observedGeneration, conditions } = await statusOf(timeout, ['istio']);
    expect([observedGeneration, ...conditions.map(one => one.observedGeneration)]).toEqual([3, 3, 3]);
  });

  it('remembers since when a condition holds, and stays the same where nothing changes', async () => {
    const before = await statusOf(timeout, ['istio']);
    const kept = policy(timeout.body.spec as object, before);
    expect(await statusOf(kept, ['istio'], '2026-02-02T00:00:00Z')).toEqual(before);
    const { conditions } = await statusOf(kept, [], '2026-02-02T00:00:00Z');
    expect(conditions.map(one => one.lastTransitionTime)).toEqual(['2026-01-01T00:00:00Z', '2026-02-02T00:00:00Z']);
  });
});
