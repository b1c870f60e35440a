import { structural } from './crd.ts';
import { type ApiKind, apiVersion } from './kind.ts';

type Schema = Record<string, unknown>;

/** In an editor a field that there is not is underlined; the API server would only drop it. */
const closed = (schema: Schema): Schema => {
  const properties = schema.properties as Record<string, Schema> | undefined;
  const plain: Schema = {};
  for (const [key, value] of Object.entries(schema)) if (!key.startsWith('x-kubernetes-')) plain[key] = value;
  if (properties) {
    plain.properties = Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, closed(field)]));
    plain.additionalProperties = false;
    // What has a default may be left out.
    const needed = ((schema.required ?? []) as string[]).filter(name => properties[name]?.default === undefined);
    plain.required = needed;
    if (needed.length === 0) delete plain.required;
  }
  if (schema.items) plain.items = closed(schema.items as Schema);
  return plain;
};

/** One JSON Schema for files with objects of these kinds, for editors that complete and check YAML. */
export const editorSchema = (kinds: readonly ApiKind[]): object => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: `Objects of ${apiVersion}`,
  oneOf: kinds.map(({ kind, meaning, spec }) => ({
    type: 'object',
    description: meaning,
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
    properties: {
      apiVersion: { const: apiVersion },
      kind: { const: kind },
      metadata: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
      spec: closed(structural(spec)),
      status: { type: 'object' },
    },
    additionalProperties: false,
  })),
});
