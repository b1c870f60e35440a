/** What was recorded of real meshes contradicts a model that is wrong about any capability. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { bite, errors, recordedWaves } from '../testbed/teeth/bite.ts';

const waves = await recordedWaves(join(dirname(fileURLToPath(import.meta.url)), '..'));

it.each(errors)('an error about %s is noticed', (capability, error) => {
  const { noticed } = bite(waves, [capability, error], 1);
  expect(Object.values(noticed).some(count => count > 0)).toBe(true);
});
