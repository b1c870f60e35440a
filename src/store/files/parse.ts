import { load, loadAll, YAMLException } from 'js-yaml';
import { type Finding, findingOf } from '../../base/finding.ts';
import type { ObjectRef, Place } from '../../base/source.ts';
import type { NativeObject } from '../../native/snapshot.ts';
import { type DocumentRange, documentRanges, isBlank } from './documents.ts';
import { fileFindings } from './findings.ts';
import { kubernetesSchema } from './yaml-schema.ts';

/** What one file says. Line and column are not worked out here; `ranges` is what `locate` needs for that. */
export interface ParsedFile {
  readonly file: string;
  readonly text: string;
  readonly objects: readonly NativeObject[];
  readonly findings: readonly Finding[];
  readonly ranges: readonly DocumentRange[];
}

/** More nodes than that in one document, aliases unfolded, are an attack or a mistake. */
const maxNodes = 2_000_000;

/** Reads the objects of one file as kubectl would. A broken document is a finding and takes nothing else with it. */
export const parseFile = (file: string, raw: string): ParsedFile => {
  const text = raw.charCodeAt(0) === 0xfeff ? raw.slice(1) : raw;
  const objects: NativeObject[] = [];
  const findings: Finding[] = [];
  const ranges = documentRanges(text);
  const written = [...ranges.entries()].filter(([, { start, end }]) => !isBlank(text, start, end));
  const values = readTogether(text, written.length);
  for (const [index, [document, range]] of written.entries()) {
    const at = placeIn(file, text, range.start);
    const { value, finding } = values ? { value: values[index] } : readDocument(text.slice(range.start, range.end), at);
    if (finding) findings.push(finding);
    else collect(value, { file, document }, at, objects, findings);
  }
  return { file, text, objects, findings, ranges };
};

const options = { schema: kubernetesSchema, maxDepth: 200, maxAliases: 10_000 } as const;

/**
 * All documents in one go, which is faster by half; undefined if that does not give one value for each document that
 * was cut out, or anything is out of the ordinary: then each document is read by itself.
 */
const readTogether = (text: string, documents: number): readonly unknown[] | undefined => {
  if (/[\s[{]\*\S/.test(text)) return undefined;
  try {
    const values = loadAll(text, options).filter(value => value !== null && value !== undefined);
    return values.length === documents ? values : undefined;
  } catch (error) {
    if (error instanceof YAMLException) return undefined;
    throw error;
  }
};

/** Finds the line of an offset within a document, when a finding needs it. */
type At = (offset: number) => Place;

const placeIn =
  (file: string, text: string, start: number): At =>
  offset => {
    const before = text.slice(0, start + offset);
    const line = before.split('\n').length;
    return { file, line, column: before.length - before.lastIndexOf('\n') };
  };

const readDocument = (part: string, at: At): { readonly value?: unknown; readonly finding?: Finding } => {
  try {
    const value = load(part, options);
    if (part.includes('*') && unfoldedSize(value, new Map()) > maxNodes) {
      return {
        finding: findingOf(
          fileFindings,
          'FILE005',
          at(firstText(part)),
          'the document unfolds to over two million values',
        ),
      };
    }
    return { value };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return { finding: syntaxFinding(part, error, at) };
  }
};

const syntaxFinding = (part: string, error: YAMLException, at: At): Finding => {
  const template = part.search(/\{\{/);
  if (template >= 0) {
    return findingOf(
      fileFindings,
      'FILE002',
      at(template),
      'the document holds `{{ … }}` and is no YAML until it is rendered',
    );
  }
  // What is missing at the end is noticed behind the last blank line; people look at the text before it.
  const offset = Math.min(error.mark?.position ?? firstText(part), Math.max(0, part.trimEnd().length - 1));
  if (/duplicat/i.test(error.reason))
    return findingOf(fileFindings, 'FILE004', at(offset), keyWrittenTwice(part, offset));
  const reason =
    part[offset] === '\t' || /\n\t/.test(part.slice(Math.max(0, offset - 1), offset + 1))
      ? 'a tab cannot indent'
      : error.reason;
  return findingOf(fileFindings, 'FILE001', at(offset), reason);
};

const keyWrittenTwice = (part: string, offset: number): string => {
  const line = part.slice(part.lastIndexOf('\n', offset - 1) + 1).split('\n', 1)[0] ?? '';
  const key = /^[\s-]*("[^"]*"|'[^']*'|[^:\s]+)\s*:/.exec(line)?.[1];
  return key ? `key \`${key}\` is written a second time here` : 'a key is written a second time here';
};

const firstText = (part: string): number => Math.max(0, part.search(/^[^\s#]/m));

/** How many values there are when every alias is written out; stops counting past the limit. */
const unfoldedSize = (value: unknown, known: Map<object, number>): number => {
  if (typeof value !== 'object' || value === null) return 1;
  const before = known.get(value);
  if (before !== undefined) return before;
  known.set(value, maxNodes + 1);
  let size = 1;
  for (const inner of Object.values(value)) {
    size += unfoldedSize(inner, known);
    if (size > maxNodes) return size;
  }
  known.set(value, size);
  return size;
};

type Origin = Pick<ObjectRef, 'file' | 'document' | 'item'>;

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Adds the object, or the elements of a `List`, or says why there is none. */
const collect = (value: unknown, origin: Origin, at: At, objects: NativeObject[], findings: Finding[]): void => {
  if (value === null || value === undefined) return;
  if (!isMapping(value)) {
    findings.push(findingOf(fileFindings, 'FILE008', at(0), 'the document is no mapping'));
    return;
  }
  const { kind, items } = value;
  if (typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)) {
    for (const [item, inner] of items.entries()) collect(inner, { ...origin, item }, at, objects, findings);
    return;
  }
  const ref = refOf(value, origin);
  if (typeof ref === 'string') {
    const isOther = kind === undefined && value.apiVersion === undefined;
    findings.push(findingOf(fileFindings, isOther ? 'FILE008' : 'FILE003', at(0), ref));
    return;
  }
  if (ref.name.endsWith('…'))
    findings.push(findingOf(fileFindings, 'FILE006', ref, `the name is made up from \`${ref.name}\``));
  objects.push({ ref, body: value });
};

/** The identity of an object, or what it lacks. A made-up name is shown with an ellipsis. */
const refOf = (body: Record<string, unknown>, origin: Origin): ObjectRef | string => {
  const { apiVersion, kind } = body;
  const metadata = isMapping(body.metadata) ? body.metadata : {};
  const { name, generateName, namespace } = metadata;
  const missing = [
    typeof apiVersion === 'string' ? '' : 'apiVersion',
    typeof kind === 'string' ? '' : 'kind',
    typeof name === 'string' || typeof generateName === 'string' ? '' : 'metadata.name',
  ].filter(part => part !== '');
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || missing.length > 0) {
    return `${typeof kind === 'string' ? `a ${kind}` : 'an object'} without ${missing.join(', ')}`;
  }
  return {
    apiVersion,
    kind,
    name: typeof name === 'string' ? name : `${String(generateName)}…`,
    ...(typeof namespace === 'string' && namespace !== '' ? { namespace } : {}),
    ...origin,
  };
};
