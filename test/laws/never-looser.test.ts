/** Law 6, Linkerd as the target: nobody gets in who was kept out, and nothing is less protected, without a security loss. */
import { describe, it } from 'vitest';
import { retarget } from '../../src/adapter/retarget.ts';
import { toYamlStream } from '../../src/base/yaml.ts';
import type { Model } from '../../src/model/model.ts';
import { adapters, pairs, readBack, write } from './adapters.ts';
import { differences, told } from './behaviour.ts';
import { forRandomModels } from './random.ts';

/** Only who may come in and how connections are protected: routes and visibility change where requests go. */
const guards = ({ access, encryption, requestAuthentication, rateLimits, ...model }: Model): Model => ({
  ...model,
  access,
  encryption,
  requestAuthentication,
  rateLimits,
  frontends: [],
  destinations: [],
  visibility: [],
  exposures: [],
});

describe.each(pairs.filter(([, to]) => to === 'linkerd'))('from %s to %s', (_from, _to, from, to) => {
  it('lets in nobody new without saying so', () => {
    forRandomModels(from, 25, whole => {
      const model = guards(whole);
      const { objects, dispositions } = write(to, model);
      if (dispositions.some(({ loss }) => loss?.severity === 'security')) return undefined;
      // The same wishes at proxies of the target: what its data plane does otherwise is told on its own account.
      const found = differences(retarget(model, to.assume()), readBack(to, objects).model).filter(
        ({ aspect, verdict }) => verdict === 'looser' || (aspect === 'access' && verdict === 'different'),
      );
      return found.length === 0 ? undefined : [...found.map(told), '', toYamlStream(objects)].join('\n');
    });
  });
});

it('is tried from every mesh', ({ expect }) => {
  expect(pairs.filter(([, to]) => to === 'linkerd')).toHaveLength(adapters.length);
});
