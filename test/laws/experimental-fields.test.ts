/** Law 3 towards a Gateway API whose CRDs are of the experimental channel, where routes can say more. */
import { expect, it } from 'vitest';
import { toYamlStream } from '../../src/base/yaml.ts';
import { adapter } from '../../src/meshes/gateway-api/adapter.ts';
import { objectsFrom } from '../support/snapshot.ts';
import { adapters, readBack, write } from './adapters.ts';
import { differences, told } from './behaviour.ts';
import { forRandomModels } from './random.ts';
import { worldObjects } from './world.ts';

const crd = objectsFrom(`
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: httproutes.gateway.networking.k8s.io
  annotations: { gateway.networking.k8s.io/channel: experimental, gateway.networking.k8s.io/bundle-version: v1.6.1 }
`);

it.each(adapters.map(from => [from.id, from] as const))('from %s, what is written does what is expected', (_, from) => {
  let retried = 0;
  forRandomModels(from, 25, model => {
    const { objects, expected } = write(adapter, model, [...worldObjects, ...crd]);
    if (JSON.stringify(objects).includes('"retry":')) retried += 1;
    const found = differences(expected, readBack(adapter, objects).model);
    return found.length === 0 ? undefined : [...found.map(told), '', 'Written:', toYamlStream(objects)].join('\n');
  });
  expect(retried, 'models with retries').toBeGreaterThan(0);
});
