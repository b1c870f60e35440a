import { crdOf } from '../../src/api/crd.ts';
import { editorSchema } from '../../src/api/editor-schema.ts';
import { apiGroup } from '../../src/api/kind.ts';
import { apiKinds } from '../../src/api/kinds/kinds.ts';
import { apiReference } from '../../src/api/reference.ts';
import { toYaml } from '../../src/base/yaml.ts';

/** What is made of the definitions of kinds: CustomResourceDefinitions, the reference, a schema for editors, examples. */
export const apiFiles = (): [string, string][] => [
  ['docs/reference/api.md', apiReference(apiKinds)],
  ['docs/reference/supergloo.schema.json', `${JSON.stringify(editorSchema(apiKinds), null, 2)}\n`],
  ...apiKinds.map((kind): [string, string] => [`deploy/crds/${apiGroup}_${kind.plural}.yaml`, toYaml(crdOf(kind))]),
  ...apiKinds.map((kind): [string, string] => [`examples/api/${kind.kind.toLowerCase()}.yaml`, toYaml(kind.example)]),
];
