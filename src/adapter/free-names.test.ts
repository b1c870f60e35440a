import { expect, test } from 'vitest';
import { snapshotFrom } from '../../test/support/snapshot.ts';
import { type Manifest, ownershipLabel } from './adapter.ts';
import { withFreeNames } from './free-names.ts';

const manifest = (kind: string, name: string, spec: unknown, apiVersion = 'example.org/v1'): Manifest => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop', labels: ownershipLabel },
  spec,
});

const theirs = (kind: string, name: string, labels = '{}'): string =>
  `{ apiVersion: example.org/v1beta1, kind: ${kind}, metadata: { name: ${name}, namespace: shop, labels: ${labels} } }`;

test('a name that is free, or ours already, stays', () => {
  const ours = [manifest('Route', 'a', {}), manifest('Route', 'b', {})];
  const there = snapshotFrom(
    `${theirs('Route', 'a', '{ app.kubernetes.io/managed-by: supergloo }')}\n---\n${theirs('Other', 'b')}`,
  );
  expect(withFreeNames(ours, there)).toBe(ours);
});

test('a name that is taken in any version of the kind gets a suffix, and another if that is taken too', () => {
  const there = snapshotFrom(`${theirs('Route', 'a')}\n---\n${theirs('Route', 'a-supergloo')}`);
  expect(withFreeNames([manifest('Route', 'a', {})], there).map(({ metadata }) => metadata.name)).toEqual([
    'a-supergloo-2',
  ]);
});

test('references follow the object, with and without kind and namespace', () => {
  const there = snapshotFrom(`${theirs('Gateway', 'edge')}\n---\n${theirs('Server', 'web')}`);
  const written = withFreeNames(
    [
      manifest('Gateway', 'edge', {}),
      manifest('Server', 'web', {}),
      manifest('Route', 'in', {
        parentRefs: [
          { name: 'edge', sectionName: 'web' },
          { name: 'edge', namespace: 'other' },
        ],
        gateways: ['edge', 'shop/edge', 'other/edge', 'mesh'],
        targetRef: { kind: 'Server', name: 'web' },
        text: 'edge',
      }),
    ],
    there,
  );
  expect(written[2]?.spec).toEqual({
    parentRefs: [
      { name: 'edge-supergloo', sectionName: 'web' },
      { name: 'edge', namespace: 'other' },
    ],
    gateways: ['edge-supergloo', 'shop/edge-supergloo', 'other/edge', 'mesh'],
    targetRef: { kind: 'Server', name: 'web-supergloo' },
    text: 'edge',
  });
});

test("an object of a user's that is written with additions keeps its name", () => {
  const added: Manifest = { apiVersion: 'example.org/v1', kind: 'Route', metadata: { name: 'a', namespace: 'shop' } };
  expect(withFreeNames([added], snapshotFrom(theirs('Route', 'a')))).toEqual([added]);
});
