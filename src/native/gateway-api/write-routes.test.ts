import { expect, it } from 'vitest';
import { written } from '../../base/source.ts';
import type { Action, Rule } from '../../model/frontend.ts';
import { specificationProfile } from './profile.ts';
import { writeRoutes } from './write-routes.ts';

const to = (rewrite: Action['rewrite']): Action => ({
  id: 'a',
  target: {
    kind: 'forward',
    backends: [{ backend: { kind: 'service', service: 'shop/cart', port: 80 }, weight: written(1) }],
  },
  ...(rewrite ? { rewrite } : {}),
});

/** How many matches each rule has that is written for two of one action. */
const matchesWith = (action: Action): readonly number[] => {
  const rules: readonly Rule[] = [
    { id: 'one', match: { path: { kind: 'segmentPrefix', value: '/a' } }, action },
    { id: 'two', match: { path: { kind: 'segmentPrefix', value: '/b' } }, action },
  ];
  const routes = writeRoutes(
    {
      id: 'cart',
      listens: { kind: 'service', service: 'shop/cart' },
      protocol: 'http',
      clients: {},
      rules,
      noMatch: { kind: 'respond', status: 404 },
    },
    { namespace: 'shop', name: 'cart', parents: [], dialled: 80 },
    {
      profile: specificationProfile,
      portsOf: () => [80],
      labels: {},
      referTo: () => ({ namespace: 'shop', name: 'cart', port: 80 }),
    },
  );
  return routes.flatMap(({ spec }) =>
    (spec.rules as readonly { matches: readonly unknown[] }[]).map(one => one.matches.length),
  );
};

it('matches of one action share a rule, unless it replaces a prefix: the API takes one match then', () => {
  expect(matchesWith(to(undefined))).toEqual([2]);
  expect(matchesWith(to({ path: { kind: 'full', value: '/new' } }))).toEqual([2]);
  expect(matchesWith(to({ path: { kind: 'segmentPrefix', value: '/new' } }))).toEqual([1, 1]);
});
