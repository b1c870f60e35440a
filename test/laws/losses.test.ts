/**
 * Law 3: losses are the differences. What is written, read again, does what the expected model does; a loss shows as a
 * difference between the source and what is expected, or says that it has no effect; and nothing else differs.
 */
import { describe, expect, it } from 'vitest';
import type { Adapter, WriteResult } from '../../src/adapter/adapter.ts';
import type { Disposition } from '../../src/adapter/disposition.ts';
import { retarget } from '../../src/adapter/retarget.ts';
import { toYamlStream } from '../../src/base/yaml.ts';
import { type CapabilityId, capabilities } from '../../src/model/capability.ts';
import { emptyModel, type Model } from '../../src/model/model.ts';
import { pairs, readBack, write } from './adapters.ts';
import { differenceKeys, differences, told } from './behaviour.ts';
import { capabilityFixtures } from './capability-fixtures/index.ts';
import { forRandomModels } from './random.ts';
import { isUnfinished } from './unfinished.ts';
import { bareWorld, givenOf, worldWith } from './world.ts';

describe.each(pairs)('from %s to %s', (_from, _to, from, to) => {
  it.skipIf(isUnfinished('read back', to, from))('what is written does what is expected', () => {
    forRandomModels(from, 25, model => {
      const { objects, expected } = write(to, model);
      const found = differences(expected, readBack(to, objects).model);
      return found.length === 0 ? undefined : [...found.map(told), '', 'Written:', toYamlStream(objects)].join('\n');
    });
  });
});

/** What differs, beside what differs already when nobody wishes for anything. */
const newDifferences = (from: Adapter, to: Adapter, model: Model, { expected }: WriteResult): readonly string[] => {
  const usual = new Set(differenceKeys(bareWorld(from), write(to, bareWorld(from)).expected));
  return differenceKeys(model, expected).filter(key => !usual.has(key));
};

const differs = ({ loss }: Disposition): boolean => loss?.effect === 'differs';
/** Not what the mesh does by itself, unless the wish is what makes it matter. */
const isWish = ({ leaf }: Disposition, from: Adapter, to: Adapter): boolean =>
  !leaf.startsWith('default.') && !(leaf.startsWith('data plane.') && isUsual(leaf, from, to));

const isUsual = (leaf: string, from: Adapter, to: Adapter): boolean =>
  write(to, bareWorld(from)).dispositions.some(usual => usual.leaf === leaf);

describe.each(pairs)('from %s to %s, one wish at a time', (_from, _to, from, to) => {
  const ofSource = (Object.keys(capabilities) as CapabilityId[]).filter(id => from.capabilities[id].level === 'full');

  it.skipIf(isUnfinished('losses show', to, from)).each(ofSource)('%s', id => {
    const model = worldWith(from, capabilityFixtures[id](givenOf(from)));
    const result = write(to, model);
    const lost = result.dispositions.filter(disposition => differs(disposition) && isWish(disposition, from, to));
    const losses = lost.map(({ leaf, loss }) => `${leaf}: ${loss?.message}`);
    if (losses.length === 0) {
      expect(newDifferences(from, to, model, result), 'differences that no loss speaks of').toEqual([]);
    } else {
      const found = differenceKeys(model, result.expected);
      expect(found.length, `no difference for ${losses.join('; ')}`).toBeGreaterThan(0);
    }
  });
});

/** What a mesh or its data plane does by itself, told on its own account. */
const isOfMesh = ({ leaf }: Disposition): boolean => leaf.startsWith('default.') || leaf.startsWith('data plane.');

/** What differs between the wishes at proxies of the target, which read ports as they do, and what is expected of it. */
const differencesByWish = (to: Adapter, model: Model, { expected }: WriteResult): readonly string[] => {
  const { inventory, ...moved } = retarget(model, to.assume());
  return differenceKeys({ ...moved, inventory: { ...inventory, services: expected.inventory.services } }, expected);
};

/** Each table alone, and with its first rule alone: of a whole random model something is nearly always lost. */
const slices = ({ inventory, meshes, frontends }: Model): readonly Model[] =>
  frontends
    .flatMap(frontend => [frontend, { ...frontend, rules: frontend.rules.slice(0, 1) }])
    .map(frontend => ({ ...emptyModel, inventory, meshes, frontends: [frontend] }));

describe.each(pairs)('from %s to %s', (_from, _to, from, to) => {
  it.skipIf(isUnfinished('losses show', to, from))('where nothing is lost, nothing differs', () => {
    const usual = new Set(differencesByWish(to, bareWorld(from), write(to, bareWorld(from))));
    let compared = 0;
    forRandomModels(from, 12, whole => {
      const found = [whole, ...slices(whole)].flatMap(model => {
        const result = write(to, model);
        if (result.dispositions.some(disposition => differs(disposition) && !isOfMesh(disposition))) return [];
        if (model.frontends.length > 0) compared += 1;
        return differencesByWish(to, model, result).filter(key => !usual.has(key));
      });
      return found.length === 0 ? undefined : ['Differs without a loss:', ...found].join('\n');
    });
    expect(compared, 'tables that are kept whole').toBeGreaterThan(0);
  });
});
