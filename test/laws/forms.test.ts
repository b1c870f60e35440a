/** What is written in another form than objects of Kubernetes does the same, read back. */
import { describe, it } from 'vitest';
import type { Adapter, Form, Manifest } from '../../src/adapter/adapter.ts';
import { toYamlStream } from '../../src/base/yaml.ts';
import type { NativeObject } from '../../src/native/snapshot.ts';
import { parseText } from '../../src/store/files/parse.ts';
import { adapters, pairs, write } from './adapters.ts';
import { differences, told } from './behaviour.ts';
import { forRandomModels } from './random.ts';
import { applied, asObjects, identityOf, readWith } from './reading.ts';
import { worldObjects } from './world.ts';

/** As a control plane would have it: what has the form as such, where the manifest lay; the rest as it is. */
const inForm = (form: Form, manifests: readonly Manifest[]): readonly NativeObject[] =>
  manifests
    .filter(manifest => !form.omits?.(manifest))
    .flatMap(manifest => {
      const text = form.print(manifest, manifests);
      if (text === undefined) return asObjects([manifest]);
      const { namespace } = manifest.metadata;
      return parseText(`entry.${form.extension}`, text).objects.map(object => ({
        ...object,
        ref: { ...object.ref, ...(namespace ? { namespace } : {}) },
      }));
    });

const forms = pairs.flatMap(([from, to, source, target]) =>
  Object.entries(target.forms ?? {}).map(
    ([name, form]) => [from, to, name, source, target, form] as [string, string, string, Adapter, Adapter, Form],
  ),
);

describe.each(forms)('from %s to %s in %s', (_from, _to, _name, from, to, form) => {
  it('does what is expected', () => {
    forRandomModels(from, 20, model => {
      const { objects, expected } = write(to, model);
      const printed = inForm(form, objects);
      const replaced = new Set(printed.map(identityOf));
      const beside = applied(worldObjects, []).filter(object => !replaced.has(identityOf(object)));
      const found = differences(expected, readWith(to, [...beside, ...printed]).model);
      return found.length === 0 ? undefined : [...found.map(told), '', 'Written:', toYamlStream(objects)].join('\n');
    });
  });
});

it('some mesh has forms', ({ expect }) => {
  expect(adapters.some(({ forms: own }) => own)).toBe(true);
});
