import { isMapping } from '../ownership/parts.ts';
import type { ObjectId, StoredObject } from '../port/object.ts';
import { StoreError } from '../store-error.ts';
import { NotJson, plainJson } from './plain-json.ts';

/** What Kubernetes takes for a part of an address: names become parts of file names, and of keys. */
const isName = (name: unknown): name is string =>
  typeof name === 'string' && /^[!-$&-.0-~]{1,253}$/.test(name) && name !== '.' && name !== '..';

const invalid = (store: string, message: string): StoreError => new StoreError('invalid', store, message);

const checkName = (store: string, field: string, name: unknown): void => {
  if (isName(name)) return;
  const found = name === undefined ? 'is missing' : `is ${JSON.stringify(name)}`;
  throw invalid(store, `${field} ${found}; it must be 1 to 253 visible ASCII characters, without \`/\` and \`%\``);
};

/** Refuses (`invalid`) what names no object. */
export const checkId = (store: string, { group, kind, namespace, name }: ObjectId): void => {
  if (group !== '') checkName(store, 'the API group', group);
  checkName(store, 'kind', kind);
  if (namespace !== undefined) checkName(store, 'metadata.namespace', namespace);
  checkName(store, 'metadata.name', name);
};

const checkTexts = (store: string, field: string, texts: unknown): void => {
  if (texts === undefined) return;
  const wrong = isMapping(texts) ? Object.entries(texts).find(([, text]) => typeof text !== 'string') : [field];
  if (wrong) throw invalid(store, `${field}: the value of \`${wrong[0]}\` is no text; put it in quotes`);
};

/** A copy of what a caller wants to write, or why it is no object (`invalid`). */
export const admitted = (store: string, object: StoredObject): StoredObject => {
  const copy = plainCopy(store, object);
  if (!isMapping(copy) || !isMapping(copy.metadata)) {
    throw invalid(store, 'an object needs `apiVersion`, `kind` and `metadata` with a `name`');
  }
  const { apiVersion, kind, metadata } = copy;
  if (typeof apiVersion !== 'string' || !/^(?:[^/]+\/)?[^/]+$/.test(apiVersion)) {
    throw invalid(
      store,
      `apiVersion is ${JSON.stringify(apiVersion)}; write GROUP/VERSION, or VERSION for the core group`,
    );
  }
  const { name, namespace } = metadata as Partial<StoredObject['metadata']>;
  checkName(store, 'apiVersion', apiVersion.replace('/', ''));
  checkName(store, 'kind', kind);
  checkName(store, 'metadata.name', name);
  if (namespace !== undefined) checkName(store, 'metadata.namespace', namespace);
  checkTexts(store, 'metadata.labels', metadata.labels);
  checkTexts(store, 'metadata.annotations', metadata.annotations);
  return copy as StoredObject;
};

const plainCopy = (store: string, object: unknown): unknown => {
  try {
    return plainJson(object);
  } catch (problem) {
    if (!(problem instanceof NotJson)) throw problem;
    throw invalid(store, `${problem.path || 'the object'} ${problem.message}; objects are plain JSON`);
  }
};
