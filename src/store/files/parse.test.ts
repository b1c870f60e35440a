import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseText } from './parse.ts';

const file = 'shop.yaml';

const service = (name: string): string => `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n`;

const names = (text: string): string[] => parseText(file, text).objects.map(({ ref }) => `${ref.kind} ${ref.name}`);

/** Findings as `CODE line:column`. */
const findings = (text: string): string[] =>
  parseText(file, text).findings.map(({ code, place }) => `${code} ${place?.line}:${place?.column}`);

describe('objects', () => {
  test('carry their identity, file and document', () => {
    const text = `# shop\n---\n${service('a')}  namespace: x\n---\n# nothing\n---\n${service('b')}`;
    expect(parseText(file, text).objects.map(object => object.ref)).toEqual([
      { apiVersion: 'v1', kind: 'Service', namespace: 'x', name: 'a', file, document: 0 },
      { apiVersion: 'v1', kind: 'Service', name: 'b', file, document: 1 },
    ]);
  });

  test('keep what was written', () => {
    const [object] = parseText(file, `${service('a')}spec:\n  on: yes\n  ports: [0777]\n`).objects;
    expect(object?.body).toEqual({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a' },
      spec: { true: true, ports: [511] },
    });
  });

  test('of a List, one by one, lists within it included', () => {
    const inner = '{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Pod, metadata: {name: b}}]}';
    const outer = `apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n- ${inner}\n- {apiVersion: v1, kind: Pod, metadata: {name: c}}\n`;
    expect(parseText(file, outer).objects.map(({ ref }) => [ref.name, ref.item])).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 2],
    ]);
  });

  test('of a list of one kind, whose elements leave their kind out', () => {
    const text = '{"kind": "PodList", "apiVersion": "v1", "items": [{"metadata": {"name": "a"}}]}';
    expect(parseText(file, text).objects[0]?.ref).toMatchObject({ apiVersion: 'v1', kind: 'Pod', name: 'a', item: 0 });
  });

  test('of a kind that ends in List but is none', () => {
    expect(names('apiVersion: x/v1\nkind: AllowList\nmetadata: {name: a}\nspec: {}\n')).toEqual(['AllowList a']);
  });

  test('of a kind that nobody knows', () => {
    expect(names('apiVersion: x/v1\nkind: Thing\nmetadata: {name: a}\n')).toEqual(['Thing a']);
  });

  test('from JSON, and from a stream of JSON values', () => {
    const json = (name: string) => JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name } }, null, 2);
    expect(names(json('a'))).toEqual(['Pod a']);
    expect(names(`${json('a')}\n${json('b')}${json('c')}\n`)).toEqual(['Pod a', 'Pod b', 'Pod c']);
    expect(names(`${json('a')}\n---\n${json('b')}\n`)).toEqual(['Pod a', 'Pod b']);
  });

  test('with CRLF, lone CR, and a byte order mark', () => {
    const text = `${service('a')}---\n${service('b')}`;
    expect(names(`\ufeff${text.replaceAll('\n', '\r\n')}`)).toEqual(['Service a', 'Service b']);
    expect(names(text.replaceAll('\n', '\r'))).toEqual(['Service a', 'Service b']);
  });

  test('with a generated name keep its beginning, and are reported', () => {
    const { objects, findings } = parseText(file, 'apiVersion: v1\nkind: Pod\nmetadata:\n  generateName: a-\n');
    expect(objects[0]?.ref.name).toBe('a-…');
    expect(findings).toMatchObject([{ code: 'FILE006', path: 'metadata.generateName', subject: { name: 'a-…' } }]);
  });

  test('from a file of more than a megabyte', () => {
    const text = Array.from({ length: 20_000 }, (_, index) => service(`shop-${index}`)).join('---\n');
    expect(text.length).toBeGreaterThan(1.2e6);
    expect(parseText(file, text).objects).toHaveLength(20_000);
  });
});

describe('one broken document is a finding with its line, and the others are read', () => {
  const around = (broken: string): string => `${service('before')}---\n${broken}\n---\n${service('after')}`;

  test.each([
    ['bad indentation', 'a: 1\n  b: 2', 'FILE001 7:4'],
    ['a tab', 'a:\n\tb: 1', 'FILE009 7:1'],
    ['a key written twice', 'a: 1\nb: 2\na: 3', 'FILE004 8:1'],
    ['a template as a value', 'metadata:\n  name: {{ .Values.name }}', 'FILE002 7:9'],
    ['a template as a line', 'metadata:\n  {{- include "labels" . | nindent 4 }}', 'FILE002 7:3'],
    ['a template around lines', '{{- if .Values.on }}\na: 1\n{{- end }}', 'FILE002 6:1'],
    [
      'a template in a name that happens to be YAML',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a-{{ .Release.Name }}',
      'FILE002 9:11',
    ],
    ['a template in quotes', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: "{{ include "x" . }}"', 'FILE002 9:10'],
    ['no kind', 'apiVersion: v1\nmetadata:\n  name: a', 'FILE003 6:1'],
    ['no apiVersion', '# c\nkind: Pod\nmetadata:\n  name: a', 'FILE003 7:1'],
    ['no name', 'apiVersion: v1\nkind: Pod\nmetadata:\n  labels: {}', 'FILE003 8:1'],
    ['a name that is a number', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: 12', 'FILE003 9:3'],
    [
      'a namespace that is a boolean',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  namespace: on',
      'FILE003 10:3',
    ],
    ['a bad element of a list', 'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod', 'FILE003 9:3'],
    ['a patch without a kind', 'spec:\n  replicas: 3', 'FILE008 6:1'],
    ['a list of operations', '- op: add\n  path: /a', 'FILE008 6:1'],
    ['a sentence', 'Hello world', 'FILE008 6:1'],
    ['a nesting without end', '['.repeat(10_000), 'FILE005 6:200'],
    ['an infinite number', 'a: .inf', 'FILE010 6:4'],
    ['a control character', 'a: x\u0007', 'FILE001 6:5'],
    ['a quote that is never closed', 'a: "x\nb: 1', 'FILE001 7:1'],
    ['an anchor of another document', 'a: *x', 'FILE001 6:4'],
  ])('%s', (_, broken, finding) => {
    expect(findings(around(broken))).toEqual([finding]);
    expect(names(around(broken))).toEqual(['Service before', 'Service after']);
  });

  test('also in a stream of JSON values', () => {
    const text =
      '{"apiVersion": "v1", "kind": "Pod" "metadata": {"name": "a"}}\n{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "b"}}\n';
    expect(findings(text)).toEqual(['FILE001 1:36']);
    expect(names(text)).toEqual(['Pod b']);
  });
});

describe('reports beside what it reads', () => {
  test.each([
    [
      'a rounded integer',
      `${service('a')}spec: {n: 9007199254740993, m: 9007199254740992, o: 1e30}\n`,
      ['FILE011 5:11'],
    ],
    ['text behind an end marker', `${service('a')}...\n${service('b')}`, ['FILE012 6:1']],
    ['text beside a separator', '--- {apiVersion: v1, kind: Service, metadata: {name: a}}\n', ['FILE014 1:5']],
  ])('%s', (_, text, expected) => {
    expect(findings(text)).toEqual(expected);
    expect(names(text)).toEqual(['Service a']);
  });

  test.each(['', '\n\n', '# a\n---\n# b\n', '---\n', 'null\n'])('nothing in %j', text => {
    expect(findings(text)).toEqual(['FILE013 1:1']);
  });
});

describe('is quiet about', () => {
  test.each([
    ['templates of others', 'spec:\n  query: sum({{ namespace }})\n  summary: "{{ $labels.pod }} {{ .Value }}"\n'],
    [
      'charts inside a text block',
      'data:\n  deployment.yaml: |\n    name: {{ .Values.name }}\n    {{- if .Values.on }}\n',
    ],
    ['templates in comments', '# {{ .Values.name }}\n'],
    ['an empty list', 'items: []\n'],
  ])('%s', (_, rest) => {
    expect(findings(`${service('a')}${rest}`)).toEqual([]);
  });
});

test('whatever the text, nothing is thrown', () => {
  const parts = [
    '---',
    '...',
    '\n',
    ' ',
    'a: ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '|',
    '&a ',
    '*a',
    '<<: ',
    '{{',
    '}}',
    '\t',
    '\r',
    '\0',
    '\ufeff',
    'kind: List\n',
    'items:\n',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 50 }), pieces => {
      const { objects, findings, text } = parseText(file, pieces.join(''));
      expect(objects.length + findings.length + text.documents.length).toBeGreaterThan(0);
    }),
    { seed: 3, numRuns: 5000 },
  );
});
