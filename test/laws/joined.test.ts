/** A mesh that is written for itself: only callers of the mesh that it was joined with notice. */
import { describe, expect, it } from 'vitest';
import { withoutJoined } from '../../src/adapter/joined.ts';
import type { Model } from '../../src/model/model.ts';
import { adapters } from './adapters.ts';
import { differences, told } from './behaviour.ts';
import { forRandomModels } from './random.ts';

/** Everything as it is, but that nobody comes in. */
const shut = (model: Model): Model => ({ ...model, meshes: model.meshes.map(({ joined: _, ...mesh }) => mesh) });

describe.each(adapters.map(adapter => [adapter.id, adapter] as const))('%s', (_, adapter) => {
  it('does the same for its own callers as before', () => {
    let compared = 0;
    forRandomModels(adapter, 60, model => {
      if (model.meshes.every(({ joined }) => joined === undefined)) return undefined;
      compared += 1;
      const found = differences(shut(model), withoutJoined(model));
      return found.length === 0 ? undefined : found.map(told).join('\n');
    });
    expect(compared, 'models with joined meshes').toBeGreaterThan(0);
  });
});
