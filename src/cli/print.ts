import { plainSource } from '../base/field.ts';
import type { Finding } from '../base/finding.ts';
import type { Place, Source } from '../base/source.ts';
import { toYaml } from '../base/yaml.ts';
import type { ServiceComparison } from '../verify/compare/comparison.ts';
import type { Locate } from './source.ts';

/** A source as it is published: the object, the path, and the line if it came from a file. */
export interface PrintedSource {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly cluster?: string;
  readonly object: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace?: string;
    readonly name: string;
  };
  readonly path?: string;
}

export const printedSource = async (source: Source, locate: Locate): Promise<PrintedSource> => {
  const { object, path } = plainSource(source);
  const place = await locate(source);
  const { apiVersion, kind, namespace, name, cluster, file } = object;
  return {
    ...(file === undefined ? {} : { file }),
    ...(place ? { line: place.line, column: place.column } : {}),
    ...(cluster === undefined ? {} : { cluster }),
    object: { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), name },
    ...(path === '' ? {} : { path }),
  };
};

/** `shop/routes.yaml:12`, or the object's name where there is no file. */
export const placeText = async (source: Source | undefined, locate: Locate, known?: Place): Promise<string> => {
  if (known) return `${known.file}:${known.line}`;
  if (!source) return '';
  const place = await locate(source);
  if (place) return `${place.file}:${place.line}`;
  return source.object.file ?? `${source.object.kind} ${source.object.name}`;
};

export const printedFinding = async (finding: Finding, locate: Locate): Promise<Record<string, unknown>> => {
  const source = finding.source ? await printedSource(finding.source, locate) : undefined;
  return {
    code: finding.code,
    severity: finding.severity,
    message: finding.message,
    ...(source ? { subject: source.object } : {}),
    ...(finding.path ? { path: finding.path } : {}),
    ...(source ? { source } : {}),
    ...(finding.place ? { source: finding.place } : {}),
    ...(finding.hint ? { hint: finding.hint } : {}),
  };
};

/** Sources anywhere inside a value, as they are published. */
export const withPrintedSources = async (value: unknown, locate: Locate): Promise<unknown> => {
  if (Array.isArray(value)) return Promise.all(value.map(item => withPrintedSources(item, locate)));
  if (typeof value !== 'object' || value === null) return value;
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, inner]) =>
      key === 'source' && inner
        ? ([key, await printedSource(inner as Source, locate)] as const)
        : ([key, await withPrintedSources(inner, locate)] as const),
    ),
  );
  return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
};

/** One place of a comparison as it is published, with the witness that shows a difference. */
export const printedComparison = async (
  { witness, ...rest }: ServiceComparison,
  [a, b]: readonly [Locate, Locate],
): Promise<Record<string, unknown>> => ({
  ...rest,
  ...(witness
    ? { witness: { ...witness, a: await withPrintedSources(witness.a, a), b: await withPrintedSources(witness.b, b) } }
    : {}),
});

/** Prints exactly one document. */
export const printDocument = (kind: string, fields: Record<string, unknown>, format: 'json' | 'yaml'): void => {
  const document = { apiVersion: 'cli.supergloo.dev/v1', kind, ...fields };
  process.stdout.write(format === 'json' ? `${JSON.stringify(document, null, 2)}\n` : toYaml(document));
};
