/**
 * Law 3: losses are the differences. What is written, read again, does what the expected model does; a loss shows as a
 * difference between the source and what is expected, or says that it has no effect; and nothing else differs.
 */
import { describe, expect, it } from 'vitest';
import type { Adapter, WriteResult } from '../../src/adapter/adapter.ts';
import type { Disposition } from '../../src/adapter/disposition.ts';
import { retarget } from '../../src/adapter/retarget.ts';
import { written } from '../../src/base/source.ts';
import { toYamlStream } from '../../src/base/yaml.ts';
import { type CapabilityId, capabilities } from '../../src/model/capability.ts';
import type { Frontend } from '../../src/model/frontend.ts';
import { emptyModel, type Model } from '../../src/model/model.ts';
import { conversions, pairs, readBack, write } from './adapters.ts';
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
/** Not what the mesh does by itself, unless the wish is what makes it matter; how a table is found matters with one. */
const isWish = ({ leaf }: Disposition, from: Adapter, to: Adapter, { frontends }: Model): boolean =>
  !leaf.startsWith('default.') &&
  !(
    leaf.startsWith('data plane.') &&
    isUsual(leaf, from, to) &&
    !(leaf.endsWith('.findsRoutesBy') && frontends.length > 0)
  );

const isUsual = (leaf: string, from: Adapter, to: Adapter): boolean =>
  write(to, bareWorld(from)).dispositions.some(usual => usual.leaf === leaf);

describe.each(conversions)('from %s to %s, one wish at a time', (_from, _to, from, to) => {
  const ofSource = (Object.keys(capabilities) as CapabilityId[]).filter(id => from.capabilities[id].level === 'full');

  it.skipIf(isUnfinished('losses show', to, from)).each(ofSource)('%s', id => {
    const model = worldWith(from, capabilityFixtures[id](givenOf(from)));
    const result = write(to, model);
    const lost = result.dispositions.filter(
      disposition => differs(disposition) && isWish(disposition, from, to, model),
    );
    const losses = lost.map(({ leaf, loss }) => `${leaf}: ${loss?.message}`);
    if (losses.length === 0) {
      expect(newDifferences(from, to, model, result), 'differences that no loss speaks of').toEqual([]);
    } else {
      const found = differenceKeys(model, result.expected);
      expect(found.length, `no difference for ${losses.join('; ')}`).toBeGreaterThan(0);
    }
  });
});

/** What differs between the wishes at proxies of the target, which read ports as they do, and what is expected of it. */
const differencesByWish = (to: Adapter, model: Model, { expected }: WriteResult): readonly string[] => {
  const { inventory, ...moved } = retarget(model, to.assume());
  return differenceKeys({ ...moved, inventory: { ...inventory, services: expected.inventory.services } }, expected);
};

/**
 * Each table alone, its first rule alone, and what that rule takes, sent to one place: of a whole random model something
 * is nearly always lost.
 */
const slices = ({ inventory, meshes, frontends, encryption }: Model): readonly Model[] =>
  frontends
    .flatMap(frontend => [frontend, { ...frontend, rules: frontend.rules.slice(0, 1) }, ...firstMatch(frontend)])
    .map(frontend => ({
      ...emptyModel,
      inventory,
      meshes,
      frontends: [frontend],
      // What a mesh takes by itself.
      encryption: encryption.filter(({ mode }) => mode.origin !== 'written'),
    }));

/** The first rule with nothing but its match and one end; the rest goes on to the service. */
const firstMatch = (frontend: Frontend): readonly Frontend[] => {
  const { listens, rules, noMatch: _, ...table } = frontend;
  const [rule] = rules;
  if (listens.kind !== 'service' || rule?.action.target.kind !== 'forward') return [];
  const [only] = rule.action.target.backends;
  if (!only) return [];
  const action = {
    id: rule.action.id,
    target: { kind: 'forward', backends: [{ ...only, weight: written(1) }] },
  } as const;
  const face = { kind: 'service', service: listens.service } as const;
  return [{ ...table, listens: face, rules: [{ ...rule, action }], noMatch: { kind: 'passToService' } }];
};

describe.each(conversions)('from %s to %s', (_from, _to, from, to) => {
  it.skipIf(isUnfinished('losses show', to, from))('where nothing is lost, nothing differs', () => {
    const bare = write(to, bareWorld(from));
    const usual = new Set(differencesByWish(to, bareWorld(from), bare));
    const place = ({ subject, leaf }: Disposition): string => `${subject} ${leaf}`;
    const ofMesh = new Set(bare.dispositions.map(place));
    const isOfMesh = (disposition: Disposition): boolean =>
      disposition.leaf.startsWith('data plane.') || ofMesh.has(place(disposition));
    let compared = 0;
    const law = (whole: Model): string | undefined => {
      const found = [whole, ...slices(whole)].flatMap(model => {
        const result = write(to, model);
        if (result.dispositions.some(disposition => differs(disposition) && !isOfMesh(disposition))) return [];
        if (model.frontends.length > 0) compared += 1;
        return differencesByWish(to, model, result).filter(key => !usual.has(key));
      });
      return found.length === 0 ? undefined : ['Differs without a loss:', ...found].join('\n');
    };
    // A target that keeps little whole is given more to find it in.
    for (const runs of [12, 60]) if (compared === 0) forRandomModels(from, runs, law);
    expect(compared, 'tables that are kept whole').toBeGreaterThan(0);
  });
});
