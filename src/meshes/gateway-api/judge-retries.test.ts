import { describe, expect, it } from 'vitest';
import { objectsFrom } from '../../../test/support/snapshot.ts';
import { written } from '../../base/source.ts';
import type { RetryCondition } from '../../model/capabilities/retries.ts';
import { emptyModel } from '../../model/model.ts';
import { Snapshot } from '../../native/snapshot.ts';
import { adapter } from './adapter.ts';

const crd = objectsFrom(`
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: httproutes.gateway.networking.k8s.io
  annotations: { gateway.networking.k8s.io/channel: experimental, gateway.networking.k8s.io/bundle-version: v1.6.1 }
`);

/** What is written of retries, and the effects of what is not. */
const retried = (max: number, ...on: readonly RetryCondition[]) => {
  const web = { kind: 'service', service: 'shop/web', port: 80 } as const;
  const action = {
    id: 'a',
    target: { kind: 'forward', backends: [{ backend: web, weight: written(1) }] },
    retries: { max: written(max), on: written(on) },
  } as const;
  const { objects, dispositions } = adapter.write(
    {
      ...emptyModel,
      frontends: [
        {
          id: 'shop/web',
          listens: { kind: 'service', service: 'shop/web' },
          protocol: 'http',
          clients: {},
          rules: [{ id: 'r', match: {}, action }],
          noMatch: { kind: 'respond', status: 404 },
        },
      ],
    },
    { mesh: adapter.assume(), snapshot: new Snapshot(crd, 'whole') },
  );
  const [rule] = objects.flatMap(({ spec }) => (spec as { rules: readonly { retry?: unknown }[] }).rules);
  const effects = dispositions.flatMap(({ leaf, loss }) => (loss && leaf.startsWith('a retries.') ? loss.effect : []));
  return { retry: rule?.retry, effects };
};

describe('retries, where the CRDs have them', () => {
  it.each<[readonly RetryCondition[], readonly number[], readonly string[]]>([
    [['status:503', 'status:429'], [503, 429], []],
    [['status:502-504'], [502, 503, 504], ['none']],
    [['status:500-599'], [500, 501, 502, 503, 504], ['differs']],
    [['status:599-600'], [599], ['differs']],
    [['gateway-error', 'status:503'], [502, 503, 504], ['differs']],
  ])('on %o are on %o', (on, codes, effects) => {
    expect(retried(2, ...on)).toEqual({ retry: { codes, attempts: 2 }, effects });
  });

  it('are left out with all that belongs to them where there are none', () => {
    expect(retried(0, '5xx')).toEqual({ retry: undefined, effects: ['none', 'none'] });
  });
});
