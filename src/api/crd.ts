import type { TSchema } from '@sinclair/typebox';
import { type ApiKind, apiGroup, apiVersion } from './kind.ts';
import { rulesFor } from './schema.ts';

/** A schema as plain JSON, with the rules that the API server checks. */
export const structural = (schema: TSchema): Record<string, unknown> => {
  const plain: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    // What Kubernetes forbids in a structural schema beside `properties`: it prunes unknown fields anyway.
    if (key === 'additionalProperties' && value === false) continue;
    if (key === 'properties') {
      plain.properties = Object.fromEntries(
        Object.entries(value as Record<string, TSchema>).map(([name, field]) => [name, structural(field)]),
      );
    } else if (key === 'items' || key === 'additionalProperties') plain[key] = structural(value as TSchema);
    else if (key !== 'required' || (value as unknown[]).length > 0) plain[key] = value;
  }
  const rules = rulesFor(schema);
  if (rules.length > 0) plain['x-kubernetes-validations'] = rules.map(({ cel, message }) => ({ rule: cel, message }));
  return plain;
};

const list = (items: object, keys?: readonly string[]): object => ({
  type: 'array',
  items,
  ...(keys
    ? { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys }
    : { 'x-kubernetes-list-type': 'atomic' }),
});

const text = { type: 'string' };

/** What became of an object: as a whole, and of each of its fields in each mesh. */
const status = {
  type: 'object',
  properties: {
    observedGeneration: { type: 'integer', format: 'int64' },
    conditions: list(
      {
        type: 'object',
        required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
        properties: {
          type: text,
          status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
          reason: text,
          message: text,
          lastTransitionTime: { type: 'string', format: 'date-time' },
          observedGeneration: { type: 'integer', format: 'int64' },
        },
      },
      ['type'],
    ),
    meshes: list(
      {
        type: 'object',
        required: ['mesh', 'result'],
        properties: {
          mesh: text,
          result: { type: 'string', enum: ['applied', 'approximated', 'refused', 'none'] },
          fields: list({
            type: 'object',
            required: ['path', 'result'],
            properties: {
              path: text,
              result: { type: 'string', enum: ['applied', 'approximated', 'refused', 'overruled'] },
              code: text,
              message: text,
            },
          }),
        },
      },
      ['mesh'],
    ),
  },
};

/** The CustomResourceDefinition of a kind. */
export const crdOf = ({ kind, plural, shortNames, scope, meaning, spec, columns }: ApiKind): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${apiGroup}`, labels: { 'app.kubernetes.io/part-of': 'supergloo' } },
  spec: {
    group: apiGroup,
    names: {
      kind,
      listKind: `${kind}List`,
      plural,
      singular: kind.toLowerCase(),
      shortNames,
      categories: ['supergloo'],
    },
    scope,
    versions: [
      {
        name: apiVersion.slice(apiGroup.length + 1),
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: columns.map(({ name, type, jsonPath, isWide }) => ({
          name,
          type,
          jsonPath,
          ...(isWide ? { priority: 1 } : {}),
        })),
        schema: {
          openAPIV3Schema: {
            type: 'object',
            description: meaning,
            required: ['spec'],
            properties: {
              apiVersion: text,
              kind: text,
              metadata: { type: 'object' },
              spec: structural(spec),
              status,
            },
          },
        },
      },
    ],
  },
});
