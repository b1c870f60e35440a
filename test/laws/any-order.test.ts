/** Law 5: the order of the input does not matter, and writing what was written gives the same bytes. */
import { describe, expect, it } from 'vitest';
import type { Adapter } from '../../src/adapter/adapter.ts';
import { toYamlStream } from '../../src/base/yaml.ts';
import { type NativeObject, Snapshot } from '../../src/native/snapshot.ts';
import { objectsFrom } from '../support/snapshot.ts';
import { adapters, pairs, readBack, targets, write } from './adapters.ts';
import { live } from './live/index.ts';
import { forRandomModels } from './random.ts';
import { applied, plainText, readWith } from './reading.ts';
import { shuffled } from './shuffled.ts';
import { isUnfinished } from './unfinished.ts';
import { worldObjects } from './world.ts';

/** The scenes of all kinds that an adapter reads. */
const scenesOf = (adapter: Adapter): readonly NativeObject[][] =>
  live
    .filter(({ group, kind }) => adapter.resources.some(known => known.group === group && known.kind === kind))
    .flatMap(({ scenes }) => scenes.map(objectsFrom));

/** Everything that comes out of objects, as text. */
const everythingFrom = (adapter: Adapter, objects: readonly NativeObject[]): string => {
  const { model, findings, unread } = readWith(adapter, objects);
  const written = targets.map(to => to.write(model, { mesh: to.assume(), snapshot: new Snapshot(objects) }));
  const out = written.map(({ objects: manifests, dispositions }) => ({ yaml: toYamlStream(manifests), dispositions }));
  return plainText({ model, findings, unread, out });
};

describe.each(adapters.map(adapter => [adapter.id, adapter] as const))('%s', (_, adapter) => {
  it('reads, reports and writes the same from objects in any order', () => {
    for (const objects of scenesOf(adapter)) {
      const usual = everythingFrom(adapter, objects);
      for (const seed of [1, 2]) {
        const other = everythingFrom(adapter, shuffled(objects, seed));
        if (other !== usual) expect(other, `seed ${seed}`).toBe(usual);
      }
    }
  });
});

describe.each(pairs)('from %s to %s', (_from, _to, from, to) => {
  it.skipIf(isUnfinished('written again', to))('what was written and read again is written the same', () => {
    forRandomModels(from, 40, model => {
      const first = write(to, model);
      const again = write(to, readBack(to, first.objects).model);
      const [once, twice] = [toYamlStream(first.objects), toYamlStream(again.objects)];
      return once === twice ? undefined : `Written first:\n${once}\nWritten again:\n${twice}`;
    });
  });

  it('what was written reads the same in any order', () => {
    forRandomModels(from, 20, model => {
      const { objects } = write(to, model);
      const there = applied(worldObjects, objects);
      const [usual, other] = [there, shuffled(there, 3)].map(all => plainText(readWith(to, all).model));
      return usual === other ? undefined : toYamlStream(objects);
    });
  });
});

it('the world is the same in any order', () => {
  for (const adapter of adapters) {
    expect(everythingFrom(adapter, shuffled(worldObjects, 5))).toBe(everythingFrom(adapter, worldObjects));
  }
});
