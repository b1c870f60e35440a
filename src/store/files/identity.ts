import { bootstrapEntries, identifyEntry } from './config-entry.ts';
import type { fileFindings } from './findings.ts';

type Mapping = Readonly<Record<string, unknown>>;

/** Part of a document that should be an object, and where in the document it is. */
export interface Candidate {
  readonly body: unknown;
  /** Empty for the document itself, `items[2]` for an element of a list. */
  readonly path: string;
  /** Counts the elements of a list, those of lists within it included. */
  readonly item?: number;
}

export interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  /** The cluster will choose the name; this one is its beginning and an ellipsis. */
  readonly isGenerated: boolean;
}

/** Why something is no object, in words, with the place inside it. */
export interface NoIdentity {
  readonly code: keyof typeof fileFindings;
  readonly path: string;
  readonly message: string;
}

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const typeName = (value: unknown): string =>
  value === null ? 'empty' : Array.isArray(value) ? 'a list' : isMapping(value) ? 'a mapping' : `a ${typeof value}`;

/** A `List`, or a list of one kind as the API server answers it (`ServiceList`), which names each element's kind once. */
const elementsOf = (body: unknown): { items: readonly unknown[]; apiVersion: unknown; kind: string } | undefined => {
  if (!isMapping(body) || typeof body.kind !== 'string' || !body.kind.endsWith('List')) return undefined;
  if (!Array.isArray(body.items) || 'spec' in body) return undefined;
  return { items: body.items, apiVersion: body.apiVersion, kind: body.kind.slice(0, -'List'.length) };
};

const withKind = (element: unknown, apiVersion: unknown, kind: string): unknown =>
  isMapping(element) && kind !== '' && element.kind === undefined && element.apiVersion === undefined
    ? { apiVersion, kind, ...element }
    : element;

/** What a document holds: itself, or the elements of the list that it is, in order. */
export const candidatesIn = (document: unknown): Candidate[] => {
  const found: Candidate[] = [];
  const add = (body: unknown, path: string, isElement: boolean): void => {
    const list = elementsOf(body);
    if (list) {
      const prefix = path === '' ? 'items' : `${path}.items`;
      for (const [index, element] of list.items.entries()) {
        add(withKind(element, list.apiVersion, list.kind), `${prefix}[${index}]`, true);
      }
    } else found.push(isElement ? { body, path, item: found.length } : { body, path });
  };
  const entries = bootstrapEntries(document);
  if (entries.length > 0) {
    if (identifyEntry(document)) add(document, '', true);
    for (const { body, path } of entries) add(body, path, true);
    return found;
  }
  add(document, '', false);
  return found;
};

const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** The identity of an object, or why it has none. */
export const identify = (body: unknown): Identity | NoIdentity => {
  if (!isMapping(body) || !isMapping(body.metadata)) {
    const entry = identifyEntry(body);
    return entry ? { ...entry, isGenerated: false } : explain(body);
  }
  const { apiVersion, kind, metadata } = body;
  const isGenerated = isAbsent(metadata.name);
  const written = isGenerated ? metadata.generateName : metadata.name;
  const namespace = isAbsent(metadata.namespace) ? undefined : metadata.namespace;
  if (!isText(apiVersion) || !isText(kind) || !isText(written)) return explain(body);
  const name = isGenerated ? `${written}…` : written;
  if (namespace === undefined) return { apiVersion, kind, name, isGenerated };
  return isText(namespace) ? { apiVersion, kind, namespace, name, isGenerated } : explain(body);
};

/** What keeps something from being an object. One that claims little is taken for something else altogether. */
const explain = (body: unknown): NoIdentity => {
  if (!isMapping(body)) return { code: 'FILE008', path: '', message: `no Kubernetes object: it is ${typeName(body)}` };
  const missing = ['apiVersion', 'kind', 'metadata'].filter(key => isAbsent(body[key]));
  if (missing.length > 1) {
    return { code: 'FILE008', path: '', message: `no Kubernetes object: it has no ${missing.join(' and no ')}` };
  }
  const title = isText(body.kind) ? `this ${body.kind}` : 'this object';
  const metadata = isMapping(body.metadata) ? body.metadata : {};
  const name = isAbsent(metadata.name) ? metadata.generateName : metadata.name;
  const needed: [string, unknown][] = [
    ['apiVersion', body.apiVersion],
    ['kind', body.kind],
    ['metadata.name', name],
  ];
  const [absent] = needed.find(([, value]) => isAbsent(value)) ?? [];
  if (absent) return { code: 'FILE003', path: absent, message: `${title} has no ${absent}` };
  const [path, value] =
    [...needed, ['metadata.namespace', metadata.namespace] as const].find(([, v]) => !isText(v)) ?? [];
  return {
    code: 'FILE003',
    path: path ?? '',
    message: `${path} of ${title} is ${typeName(value)}, not a text; put it in quotes`,
  };
};
