/** What was recorded of real meshes contradicts a model that is wrong about any capability. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { bite, errors, recordedWaves } from '../testbed/teeth/bite.ts';
import { overlook, overlooked, recordedPairs } from '../testbed/teeth/comparisons.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const waves = await recordedWaves(root);
const pairs = await recordedPairs(root);

it.each(errors)('an error about %s is noticed', (capability, error) => {
  const { noticed } = bite(waves, [capability, error], 1);
  expect(Object.values(noticed).some(count => count > 0)).toBe(true);
});

it.each(overlooked)(
  'a comparison that overlooks %s is contradicted by what was seen of pairs',
  async capability => {
    const { noticed } = await overlook(pairs, capability, 1);
    expect(noticed).toHaveLength(1);
  },
  60_000,
);
