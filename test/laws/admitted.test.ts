/** What is written is let in: no validator, each of which knows what one API refuses, finds a fault in it. */
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/adapter/adapter.ts';
import { toYamlStream } from '../../src/base/yaml.ts';
import { validate as validateConsul } from '../../src/meshes/consul/validate.ts';
import { validate as validateGatewayApi } from '../../src/meshes/gateway-api/validate.ts';
import { validate as validateIstio } from '../../src/meshes/istio/validate.ts';
import { validate as validateLinkerd } from '../../src/meshes/linkerd/validate.ts';
import { type CapabilityId, capabilities } from '../../src/model/capability.ts';
import { Snapshot } from '../../src/native/snapshot.ts';
import { conversions, targets, write } from './adapters.ts';
import { capabilityFixtures } from './capability-fixtures/index.ts';
import { forRandomModels } from './random.ts';
import { asObjects } from './reading.ts';
import { isUnfinished } from './unfinished.ts';
import { givenOf, worldWith } from './world.ts';

const validators = [validateConsul, validateGatewayApi, validateIstio, validateLinkerd];

const refused = (manifests: readonly Manifest[]): readonly string[] => {
  const snapshot = new Snapshot(asObjects(manifests));
  return validators
    .flatMap(validate => validate(snapshot))
    .map(({ code, subject, path, message }) => `${code} ${subject?.kind} ${subject?.name} ${path}: ${message}`);
};

it('every validator is asked', () => {
  expect(targets.filter(({ validate }) => validate)).toHaveLength(validators.length);
});

describe.each(conversions)('from %s to %s', (_from, _to, from, to) => {
  const isKnown = isUnfinished('admitted', to);

  it.skipIf(isKnown)('what each capability needs is let in', () => {
    for (const id of Object.keys(capabilities) as CapabilityId[]) {
      const { objects } = write(to, worldWith(from, capabilityFixtures[id](givenOf(from))));
      expect(refused(objects), id).toEqual([]);
    }
  });

  it.skipIf(isKnown)('what is written of any wish is let in', () => {
    forRandomModels(from, 15, model => {
      const { objects } = write(to, model);
      const found = refused(objects);
      return found.length === 0 ? undefined : [...found, '', 'Written:', toYamlStream(objects)].join('\n');
    });
  });
});
