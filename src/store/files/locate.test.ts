import { describe, expect, test } from 'vitest';
import { locate } from './locate.ts';
import { parseText } from './parse.ts';

const file = 'shop.yaml';

/** Where each path of each object is, as `line:column`. */
const places = (text: string, paths: readonly string[], index = 0): string[] => {
  const parsed = parseText(file, text);
  expect(parsed.findings).toEqual([]);
  const object = parsed.objects[index]?.ref;
  if (!object) throw new Error(`no object ${index}`);
  return paths.map(path => {
    const place = locate(new Map([[file, parsed.text]]), { object, path });
    return `${place?.line}:${place?.column}`;
  });
};

const route = `# routes
---
apiVersion: v1
kind: Route
metadata:
  name: a
  annotations:
    a.b/c: "1"
spec:
  http:
  - timeout: 5s
    hosts: [x, y]
  -
    timeout: 6s
`;

describe('finds', () => {
  test('the object itself at its first line', () => {
    expect(places(route, [''])).toEqual(['3:1']);
  });

  test('keys, elements and keys with dots', () => {
    const paths = [
      'spec',
      'spec.http',
      'spec.http[0]',
      'spec.http[0].timeout',
      'spec.http[0].hosts[1]',
      'spec.http[1].timeout',
    ];
    expect(places(route, paths)).toEqual(['9:1', '10:3', '11:5', '11:5', '12:16', '14:5']);
    expect(places(route, ['metadata.annotations["a.b/c"]'])).toEqual(['8:5']);
  });

  test('the nearest part that exists', () => {
    expect(places(route, ['spec.http[0].retries.attempts', 'spec.http[7]', 'status.x', 'kind.x'])).toEqual([
      '11:5',
      '10:3',
      '3:1',
      '4:1',
    ]);
  });

  test('later documents', () => {
    expect(places(`${route}---\n\n${route}`, ['', 'metadata.name'], 1)).toEqual(['19:1', '22:3']);
  });

  test('the same with CRLF and a byte order mark', () => {
    expect(places(`\ufeff${route.replaceAll('\n', '\r\n')}`, ['', 'spec.http[0].hosts[1]'])).toEqual(['3:1', '12:16']);
  });

  test('elements of a List, also of one within another', () => {
    const list = `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata: {name: a}
- apiVersion: v1
  kind: List
  items:
  - apiVersion: v1
    kind: Pod
    metadata: {name: b}
`;
    expect(places(list, ['', 'metadata.name'], 0)).toEqual(['4:3', '6:14']);
    expect(places(list, ['', 'metadata.name'], 1)).toEqual(['10:5', '12:16']);
  });

  test('elements of a list of one kind', () => {
    const list = '{"apiVersion": "v1", "kind": "PodList", "items": [\n  {"metadata": {"name": "a"}}]}';
    expect(places(list, ['', 'metadata.name', 'kind'])).toEqual(['2:3', '2:17', '2:3']);
  });

  test('JSON, and the values of a JSON stream', () => {
    const json = '{\n  "apiVersion": "v1", "kind": "Pod",\n  "metadata": {\n    "name": "a"}}\n';
    expect(places(json, ['kind', 'metadata.name'])).toEqual(['2:23', '4:5']);
    expect(places(json + json, ['', 'metadata.name'], 1)).toEqual(['5:1', '8:5']);
  });

  test('what an alias stands for at its anchor, and merged keys where they are written', () => {
    const text = `apiVersion: v1
kind: Pod
metadata: &m
  name: a
spec:
  again: *m
  more:
    <<: *m
    own: 1
`;
    expect(places(text, ['spec.again', 'spec.again.name', 'spec.more.name', 'spec.more.own'])).toEqual([
      '6:3',
      '4:3',
      '4:3',
      '9:5',
    ]);
  });

  test('keys that are no texts', () => {
    expect(
      places('apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  80: {yes: 1}\n', ['spec.80', 'spec.80.true']),
    ).toEqual(['5:3', '5:8']);
  });
});

test('finds nothing for what comes from elsewhere', () => {
  const { text } = parseText(file, route);
  const object = { apiVersion: 'v1', kind: 'Pod', name: 'a' };
  const texts = new Map([[file, text]]);
  expect(locate(texts, { object, path: '' })).toBeUndefined();
  expect(locate(texts, { object: { ...object, file: 'other.yaml', document: 0 }, path: '' })).toBeUndefined();
  expect(locate(texts, { object: { ...object, file, document: 9 }, path: '' })).toBeUndefined();
});
