import type { ProblemKind } from './check.ts';

/** Something wrong with the metadata of an object; the path is below `metadata`. */
export interface MetadataProblem {
  readonly kind: ProblemKind;
  readonly path: readonly string[];
  readonly message: string;
}

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = new RegExp(`^${label}(\\.${label})*$`);
const namespaceForm = new RegExp(`^${label}$`);
const qualified = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

const isSubdomain = (text: string): boolean => text.length <= 253 && subdomain.test(text);
const isShortName = (text: string): boolean => text.length <= 63 && qualified.test(text);

/** `app`, `example.com/app`. */
const isKey = (key: string): boolean => {
  const slash = key.indexOf('/');
  return slash < 0 ? isShortName(key) : isSubdomain(key.slice(0, slash)) && isShortName(key.slice(slash + 1));
};

const isLabelValue = (value: string): boolean => value === '' || isShortName(value);

const entriesOf = (map: unknown): readonly [string, unknown][] =>
  typeof map === 'object' && map !== null && !Array.isArray(map) ? Object.entries(map) : [];

const mapProblems = (field: 'labels' | 'annotations', map: unknown): MetadataProblem[] => {
  const refuse = (kind: ProblemKind, path: readonly string[], message: string): MetadataProblem => ({
    kind,
    path: [field, ...path],
    message,
  });
  if (map === undefined || map === null) return [];
  if (typeof map !== 'object' || Array.isArray(map)) return [refuse('type', [], 'an object was expected')];
  return entriesOf(map).flatMap(([key, value]) => {
    // The API server compares keys of annotations without regard to case.
    if (!isKey(field === 'annotations' ? key.toLowerCase() : key))
      return [refuse('value', [], `\`${key}\` is no name`)];
    if (typeof value !== 'string') return [refuse('type', [key], 'a text was expected')];
    return field === 'labels' && !isLabelValue(value)
      ? [refuse('value', [], `\`${value}\` cannot be the value of a label`)]
      : [];
  });
};

/**
 * What the API server of Kubernetes refuses of the metadata of any object: stores that are no API server would keep it, and
 * names that it would not take would end up in what is written for meshes.
 */
export const metadataProblems = (body: Readonly<Record<string, unknown>>): readonly MetadataProblem[] => {
  const { name, namespace, labels, annotations } = (body.metadata ?? {}) as Readonly<Record<string, unknown>>;
  const problems: MetadataProblem[] = [];
  if (typeof name === 'string' && !isSubdomain(name))
    problems.push({
      kind: 'value',
      path: ['name'],
      message: 'a name has small letters, digits, `-` and `.`, and begins and ends with a letter or digit',
    });
  if (typeof namespace === 'string' && (namespace.length > 63 || !namespaceForm.test(namespace)))
    problems.push({
      kind: 'value',
      path: ['namespace'],
      message: 'the name of a namespace has small letters, digits and `-`, and 63 of them at most',
    });
  return [...problems, ...mapProblems('labels', labels), ...mapProblems('annotations', annotations)];
};
