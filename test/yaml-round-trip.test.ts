import fc from 'fast-check';
import { load, YAML11_SCHEMA } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { toYaml, toYamlStream } from '../src/base/yaml.ts';
import { splitDocuments } from '../src/store/files/split.ts';
import { readYaml } from '../src/store/files/yaml/read-yaml.ts';

/** Everyone who may read what is written: kubectl and its kind, YAML 1.1 and YAML 1.2, by three implementations. */
const readers: Readonly<Record<string, (text: string) => unknown>> = {
  'kubectl, as the file store reads': text => readYaml(text, { start: 0, end: text.length, lineStart: 0 }).value,
  'js-yaml with YAML 1.2': text => load(text),
  'js-yaml with YAML 1.1': text => load(text, { schema: YAML11_SCHEMA }),
  'yaml with YAML 1.1': text => parse(text, { version: '1.1' }),
  'yaml with YAML 1.2': text => parse(text, { version: '1.2' }),
};

/** Compares as JSON: a key may be called `constructor`, and keys have an order. */
const expectSame = (read: unknown, written: unknown): void => {
  expect(JSON.stringify(read)).toBe(JSON.stringify(written));
};

const nastyTexts = [
  ...[
    '',
    ' ',
    '  x',
    'x ',
    'x  ',
    '\t',
    'x\t',
    '\tx',
    '-',
    '- a',
    '--',
    '---',
    '--- a',
    '...',
    '?',
    '? a',
    ':',
    ': a',
    ':a',
    'a:',
    'a: b',
  ],
  ...[
    'a:b',
    'a :b',
    '#',
    '# x',
    'a #b',
    'a# b',
    'a#b',
    '!',
    '!a',
    '!!str',
    '&',
    '&a',
    '*',
    '*a',
    '*.example.com',
    '%',
    '%a',
    '@a',
    '`a`',
    '|',
    '>',
    '|-',
  ],
  ...[
    '[',
    ']',
    '[]',
    '[a',
    '{',
    '}',
    '{}',
    '{{ a }}',
    ',',
    ', a',
    'a, b',
    'a,b',
    '"',
    '"a"',
    "'",
    "'a'",
    "it's",
    'a "b"',
    '\\',
    'a\\b',
    '\\n',
    '/',
    '/a/b',
  ],
  ...[
    'y',
    'Y',
    'n',
    'N',
    'yes',
    'Yes',
    'NO',
    'on',
    'Off',
    'true',
    'TRUE',
    'False',
    'null',
    'Null',
    '~',
    '~a',
    'nil',
    'None',
    '=',
    '<<',
    '<',
    '<=',
    '= a',
  ],
  ...[
    '0',
    '1',
    '-1',
    '+1',
    '007',
    '0777',
    '0o17',
    '0x1F',
    '0b11',
    '1_000',
    '1e3',
    '1E-3',
    '.5',
    '5.',
    '-.5',
    '.',
    '..',
    '.inf',
    '-.Inf',
    '.nan',
    '.NaN',
  ],
  ...[
    'NaN',
    'Infinity',
    '12:30',
    '12:30:45',
    '1:2:3.4',
    '2001-01-01',
    '2001-01-01T00:00:00Z',
    '2001-1-1 1:2:3',
    '1.2.3',
    '127.0.0.1',
    '::1',
    'fe80::1',
  ],
  ...[
    '5s',
    '10%',
    '100Mi',
    '1,000',
    '+',
    '-a',
    '-1a',
    '0x',
    '_',
    '_1',
    'a_b',
    '$',
    '$(x)',
    '(',
    '^a.*$',
    'a\\.b',
    'a|b',
    'a=b',
    'a;b',
    'http://a:80/b?c=d&e#f',
  ],
  ...[
    'a\nb',
    'a\n',
    '\na',
    'a\n\n',
    'a\n\nb',
    '\n',
    '\n\n',
    ' a\nb',
    'a\n b',
    'a \nb',
    'a\n \nb',
    'a\t\nb',
    '\ta\nb',
    'a\n\tb',
    'a\n---\nb',
    '---\na',
    '# a\nb',
  ],
  ...[
    'a\n...',
    '- a\n- b\n',
    'a: b\nc: d\n',
    'a\n\n\n',
    '\n\na\n',
    'a\r\nb',
    'a\rb',
    'é',
    'ä\nö',
    '日本',
    '😀',
    'a😀\nb',
    '\u0000',
    '\u0007',
    '\u001b',
    '\u007f',
  ],
  ...[
    '\u0080',
    '\u0085',
    'a\u0085b',
    '\u00a0',
    'a\u00a0',
    '\u2028',
    'a\u2029b',
    '\ufeff',
    '\ufeffa',
    'a\ufeff',
    '\ufffe',
    '\uffff',
    '\ue000',
    '\ud7ff',
  ],
  ...[
    '__proto__',
    'constructor',
    'x'.repeat(5000),
    'word '.repeat(500),
    `${'word '.repeat(500)}\nnext`,
    'a'.repeat(1500).concat(': b'),
  ],
];

const json = fc.letrec(tie => ({
  text: fc.oneof(
    fc.constantFrom(...nastyTexts),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.string({ unit: fc.constantFrom(' ', '\n', '\t', '-', ':', '#', "'", '"', 'a', '1', '.', '|'), maxLength: 8 }),
  ),
  number: fc.oneof(
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => value + 0),
    fc.constantFrom(0, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 9007199254740991),
  ),
  value: fc.oneof(
    { depthSize: 'medium' },
    tie('text'),
    tie('number'),
    fc.boolean(),
    fc.constant(null),
    tie('list'),
    tie('mapping'),
  ),
  list: fc.array(tie('value'), { maxLength: 4 }),
  mapping: fc.dictionary(tie('text') as fc.Arbitrary<string>, tie('value'), { maxKeys: 4, noNullPrototype: true }),
}));

describe.each(Object.entries(readers))('what is written is read again by %s', (_, read) => {
  test.each(nastyTexts.map(text => [JSON.stringify(text).slice(0, 40), text]))('%s', (_, text) => {
    for (const value of [text, [text], { a: text }, { a: [text, { b: text }] }]) {
      expectSame(read(toYaml(value)), value);
    }
    const keyed = Object.fromEntries([[text, 1]]);
    expectSame(read(toYaml(keyed)), keyed);
  });

  test('any JSON', () => {
    fc.assert(
      fc.property(json.value, value => {
        expectSame(read(toYaml(value)), value);
      }),
      { seed: 5, numRuns: 3000 },
    );
  });
});

test('documents of a stream are the documents that were written', () => {
  fc.assert(
    fc.property(fc.array(json.value, { minLength: 1, maxLength: 4 }), values => {
      const text = toYamlStream(values);
      expectSame(
        splitDocuments(text).map(chunk => readYaml(text, chunk).value),
        values,
      );
    }),
    { seed: 6, numRuns: 1000 },
  );
});
