/** Never looser: nobody gets in who was kept out, and nothing is less protected, without a security loss. */
import { describe, expect, it } from 'vitest';
import type { Disposition } from '../../src/adapter/disposition.ts';
import { retarget } from '../../src/adapter/retarget.ts';
import { toYamlStream } from '../../src/base/yaml.ts';
import type { Model } from '../../src/model/model.ts';
import { conversions, readBack, write } from './adapters.ts';
import { differences, told } from './behaviour.ts';
import { forRandomModels } from './random.ts';

/**
 * Only who may come in and how connections are protected, as somebody wished it: routes and visibility change where
 * requests go, and what a mesh takes by itself is in no wish.
 */
const guards = ({ access, encryption, requestAuthentication, rateLimits, ...model }: Model): Model => ({
  ...model,
  access,
  encryption: encryption.filter(({ mode }) => mode.origin === 'written'),
  requestAuthentication,
  rateLimits,
  frontends: [],
  destinations: [],
  visibility: [],
  exposures: [],
});

/** What a data plane does otherwise is told on its own account, and is not in the model that is compared with. */
const isSecurityLoss = ({ leaf, loss }: Disposition): boolean =>
  loss?.severity === 'security' && loss.effect === 'differs' && !leaf.startsWith('data plane.');

describe.each(conversions)('from %s to %s', (_from, _to, from, to) => {
  it('lets in nobody new without saying so', () => {
    let compared = 0;
    forRandomModels(from, 15, whole => {
      const model = guards(whole);
      const { objects, dispositions, expected } = write(to, model);
      if (dispositions.some(isSecurityLoss)) return undefined;
      if (model.access.length + model.encryption.length > 0) compared += 1;
      const there = to.isTargetOnly ? expected : readBack(to, objects).model;
      // The same wishes at proxies of the target, which read ports as they do.
      const { inventory, ...moved } = retarget(model, to.assume());
      const wished = { ...moved, inventory: { ...inventory, services: expected.inventory.services } };
      const found = differences(wished, there).filter(
        ({ aspect, verdict }) => verdict === 'looser' || (aspect === 'access' && verdict === 'different'),
      );
      return found.length === 0 ? undefined : [...found.map(told), '', toYamlStream(objects)].join('\n');
    });
    expect(compared, 'models with something to guard').toBeGreaterThan(0);
  });
});
