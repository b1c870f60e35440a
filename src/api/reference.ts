import type { TSchema } from '@sinclair/typebox';
import { toYaml } from '../base/yaml.ts';
import { type ApiKind, apiVersion } from './kind.ts';
import { rulesFor } from './schema.ts';

interface Row {
  readonly path: string;
  readonly type: string;
  readonly notes: string;
}

const typeOf = (schema: TSchema): string => {
  if (schema.enum) return (schema.enum as string[]).map(one => `\`${one}\``).join(', ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items).replace(/^object$/, 'objects')}`;
  return schema.type === 'object' && schema.additionalProperties ? 'map of string' : String(schema.type);
};

const rowsOf = (schema: TSchema, path: string): Row[] => {
  const inner: TSchema = schema.type === 'array' ? schema.items : schema;
  const below = schema.type === 'array' ? `${path}[]` : path;
  return Object.entries((inner.properties ?? {}) as Record<string, TSchema>).flatMap(([name, field]) => {
    const isNeeded = ((inner.required ?? []) as string[]).includes(name) && field.default === undefined;
    const notes = [
      ...(isNeeded ? ['**needed**'] : []),
      field.description ?? '',
      ...(field.default === undefined ? [] : [`Default: \`${String(field.default)}\`.`]),
      ...[...rulesFor(field), ...(field.items ? rulesFor(field.items) : [])].map(
        ({ message }) => `Checked: ${message}.`,
      ),
    ];
    const at = `${below}.${name}`;
    return [{ path: at, type: typeOf(field), notes: notes.join(' ') }, ...rowsOf(field, at)];
  });
};

const cell = (text: string): string => text.replaceAll('|', '\\|');

const pageOf = ({ kind, plural, shortNames, scope, meaning, spec, example, isLater }: ApiKind): string => `## ${kind}

${meaning}${isLater ? ` It is checked and kept; ${isLater}.` : ''}

\`${plural}\`${shortNames.map(name => `, \`${name}\``).join('')}; ${scope === 'Cluster' ? 'in no namespace' : 'in a namespace'}.

\`\`\`yaml
${toYaml(example).trimEnd()}
\`\`\`

| field | type | meaning |
|---|---|---|
${rowsOf(spec, 'spec')
  .map(({ path, type, notes }) => `| \`${path}\` | ${cell(type)} | ${cell(notes)} |`)
  .join('\n')}
${rulesFor(spec)
  .map(({ message }) => `\nChecked of \`spec\`: ${message}.\n`)
  .join('')}`;

/** The reference of all kinds, as Markdown. */
export const apiReference = (kinds: readonly ApiKind[]): string => `# The API: \`${apiVersion}\`

Generated from \`src/api/kinds\`: do not edit. Routes are written in Gateway API; what it does not say is written in
these kinds. The CustomResourceDefinitions are in \`deploy/crds\`, the schema for editors is \`supergloo.schema.json\`.

${kinds.map(pageOf).join('\n')}`;
