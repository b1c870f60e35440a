import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { YamlProblem } from './problem.ts';
import { readYaml } from './read-yaml.ts';

const read = (text: string): unknown => readYaml(text, { start: 0, end: text.length, lineStart: 0 }).value;

const problemOf = (text: string): YamlProblem => {
  try {
    read(text);
  } catch (problem) {
    if (problem instanceof YamlProblem) return problem;
    throw problem;
  }
  throw new Error(`read without a problem: ${JSON.stringify(text)}`);
};

type Row = readonly [title: string, yaml: string, value: unknown];

/** Observed: what sigs.k8s.io/yaml 1.6.0 makes of each text. */
const observed: readonly Row[] = [
  [
    'block mapping and lists',
    'a:\n  b: 1\nc:\n- d\n-  - e\n   - f\n- g: 1\n  h: 2\n',
    { a: { b: 1 }, c: ['d', ['e', 'f'], { g: 1, h: 2 }] },
  ],
  ['a list at the column of its key', 'a:\n- b:\n  - c\n  d: 1\n', { a: [{ b: ['c'], d: 1 }] }],
  ['nothing behind a key or a dash', 'a:\nb: #c\nc:\n-\n- d\n', { a: null, b: null, c: [null, 'd'] }],
  ['items on later lines', '-\n  a: 1\n- # c\n  b\n', [{ a: 1 }, 'b']],
  ['comments anywhere between', 'a:\n  #c\n #d\n  - b # e\n#f\n  - c#d\n', { a: ['b', 'c#d'] }],
  [
    'a colon or a hash inside a text',
    'a: x:y\nb: http://x:80/#y\nc: :x\nd: ?x\ne: -x\n',
    { a: 'x:y', b: 'http://x:80/#y', c: ':x', d: '?x', e: '-x' },
  ],
  ['a text over several lines', 'a: x\n  y\n\n  z\nb:\n  v\n w\n', { a: 'x y\nz', b: 'v w' }],
  ['blanks before the colon', '"a" : 1\nb\t: 2\n', { a: 1, b: 2 }],
  ['a tab behind a colon', 'a:\tb\t\nb: c\td # x\n', { a: 'b', b: 'c\td' }],
  ['double quotes', 'a: "\\x41\\u0042\\U00000043\\t\\"\\\\"\nb: "x: # y"\n', { a: 'ABC\t"\\', b: 'x: # y' }],
  ['double quotes over lines', 'a: "x  \n   y\n\n  z \\\n  w"\n', { a: 'x y\nz w' }],
  ['single quotes', "a: 'it''s'\nb: ''\nc: 'x\n\n  y'\n", { a: "it's", b: '', c: 'x\ny' }],
  [
    'a literal block',
    'a: |\n  x\n   y\n\n  z\nb: |-\n  x\n\nc: |+\n  x\n\nd: 1\n',
    { a: 'x\n y\n\nz\n', b: 'x', c: 'x\n\n', d: 1 },
  ],
  ['a literal block with its indentation given', 'a: |2\n    x\n   y\nb: |1-\n  z\n', { a: '  x\n y\n', b: ' z' }],
  [
    'a folded block',
    'a: >\n  x\n  y\n\n  z\n   more\n  less\nb: >-\n\n  x\n\n',
    { a: 'x y\nz\n more\nless\n', b: '\nx' },
  ],
  ['an empty block', 'a: |\nb: >\n\nc: |+\n\n', { a: '', b: '', c: '\n' }],
  ['a separator inside a block', 'a: |\n  ---\n  x: {{ y }}\n', { a: '---\nx: {{ y }}\n' }],
  [
    'flow collections',
    'a: [b, "c", {d: e, f}, [g], h: i, ]\nb: {}\nc: []\n',
    { a: ['b', 'c', { d: 'e', f: null }, ['g'], { h: 'i' }], b: {}, c: [] },
  ],
  ['brackets not indented', 'a: {\n  b: 1\n}\nc: [\nd,\n# e\nf\n]\n', { a: { b: 1 }, c: ['d', 'f'] }],
  ['quotes not indented', 'a: "x\ny"\nb: 1\nc:\n  - \'{\n  "d": 1\n  }\'\n', { a: 'x y', b: 1, c: ['{ "d": 1 }'] }],
  [
    'a colon inside flow texts',
    'a: [x:y, http://z:80]\nb: {"c":1, d:2, e: }\n',
    { a: ['x:y', 'http://z:80'], b: { c: 1, 'd:2': null, e: null } },
  ],
  ['explicit keys', '? a\n: b: c\n? d\n', { a: { b: 'c' }, d: null }],
  ['keys that are no texts', '80: a\nyes: b\n1.5: c\n0x10: d\n', { 80: 'a', true: 'b', 1.5: 'c', 16: 'd' }],
  [
    'anchors',
    'a: &x\n  k: [1]\nb: *x\nc: [&y 1, *y]\nd: &z\ne: *z\n',
    { a: { k: [1] }, b: { k: [1] }, c: [1, 1], d: null, e: null },
  ],
  [
    'an anchor of a key, and of the mapping',
    '- &a k: v\n- *a\n- &b\n  k: v\n- *b\n',
    [{ k: 'v' }, 'k', { k: 'v' }, { k: 'v' }],
  ],
  ['an anchor used twice', 'a: &x 1\nb: *x\nc: &x 2\nd: *x\n', { a: 1, b: 1, c: 2, d: 2 }],
  ['an alias as a key', 'a: &x b\n*x : 1\n', { a: 'b', b: 1 }],
  [
    'tags',
    'a: !!str 5\nb: &x !!str 5\nc: !mine {d: 1}\ne: !!str\nf: *x\n',
    { a: '5', b: '5', c: { d: 1 }, e: '', f: '5' },
  ],
  ['tags on lines of their own', '!!map\na: !!str\n  5\nb: !!str\n  &x 5\nc: *x\n', { a: '5', b: '5', c: '5' }],
  ['a merge key before others', 'a: &x {k: 1, l: 2}\nb:\n  <<: *x\n  k: 3\n', { a: { k: 1, l: 2 }, b: { k: 3, l: 2 } }],
  [
    'a merge key behind others, which it overrides',
    'a: &x {k: 1}\nb:\n  k: 2\n  <<: *x\n',
    { a: { k: 1 }, b: { k: 1 } },
  ],
  [
    'merged lists, where the first wins',
    'a: &x {k: 1}\nb: &y {k: 2, j: 3}\nc: {<<: [*x, *y]}\n',
    { a: { k: 1 }, b: { k: 2, j: 3 }, c: { k: 1, j: 3 } },
  ],
  ['a merge key in quotes', '"<<": 1\na: <<\n', { '<<': 1, a: '<<' }],
  ['only comments', '# c\n\n  # d\n', undefined],
  ['a document of one scalar', 'a b\nc\n', 'a b c'],
];

describe('reads what kubectl reads', () => {
  test.each(observed)('%s', (_, yaml, value) => {
    expect(read(yaml)).toStrictEqual(value);
  });

  test('a key named like a part of every object', () => {
    const value = read('__proto__: {a: 1}\nconstructor: 1\ntoString: 2\n') as object;
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});

/** Observed: kubectl refuses these; YAML 1.2 and JSON allow them, and what they mean is beyond doubt. */
const moreThanKubectl: readonly Row[] = [
  ["JSON's escapes", 'a: "\\/\\ud83d\\ude00"\n', { a: '/😀' }],
  ['a colon on a later line within brackets', '{"a"\n: 1}\n', { a: 1 }],
  ['a colon first in a flow text', 'a: [:x, ::1]\n', { a: [':x', '::1'] }],
  ['an anchor before a mapping on the line of its key', 'x: &a key: v\n', { x: { key: 'v' } }],
  [
    'tabs behind a dash, on a blank line, and in a text block',
    'a: 1\n\t\nb:\n-\tx\nc: |\n \ty\n',
    { a: 1, b: ['x'], c: '\ty\n' },
  ],
  ['an anchor with a dot in its name', 'a: &x.y 1\nb: *x.y\n', { a: 1, b: 1 }],
  ['a line separator inside a text', 'a: x\u2028y\n', { a: 'x\u2028y' }],
];

/** Observed: kubectl reads these. They are refused here, with a finding. */
const lessThanKubectl: readonly (readonly [title: string, yaml: string])[] = [
  ['a comment without a blank before it', 'a: "x"#c\n'],
  ['a comment right behind a block indicator', 'a: |# c\n x\n'],
  ['a comment before a comma', 'a: [#b\n c #d\n , e]\n'],
  ['a dash as a flow text', 'a: [-, -]\n'],
  ['a tab before a line of a quoted text', 'a: "x\n\ty"\n'],
  ['an infinite number as a key', '.inf: 1\n'],
  ['a key of more than 53 bits', '9007199254740993: 1\n'],
];

/** Observed: kubectl reads these as YAML 1.1 has it, or as nobody has it. */
const unlikeKubectl: readonly (readonly [title: string, yaml: string, value: unknown, kubectl: unknown])[] = [
  ['a question mark first in a flow text', 'a: [?x]\n', { a: ['?x'] }, { a: [{ x: null }] }],
  ['an escaped line break before a blank line', 'a: "x\\\n\n  y"\n', { a: 'xy' }, { a: 'x\ny' }],
  ['a sign behind a base', 'a: 0b-1\n', { a: '0b-1' }, { a: -1 }],
];

describe('differs from kubectl, knowingly:', () => {
  test.each(moreThanKubectl)('reads %s', (_, yaml, value) => {
    expect(read(yaml)).toStrictEqual(value);
  });

  test.each(lessThanKubectl)('refuses %s', (_, yaml) => {
    expect(problemOf(yaml)).toBeInstanceOf(YamlProblem);
  });

  test.each(unlikeKubectl)('reads %s in another way', (_, yaml, value, kubectl) => {
    expect(read(yaml)).toStrictEqual(value);
    expect(kubectl).not.toEqual(value);
  });
});

describe('refuses, at the right place', () => {
  test.each([
    ['tab', 'a:\n\tb: 1\n', 3],
    ['tab', '\ta: 1\n', 0],
    ['tab', 'a: |\n  x\n\ty\n', 9],
    ['duplicate', 'a: 1\nb: 2\na: 3\n', 10],
    ['duplicate', 'x: [{a: 1, "a": 2}]\n', 11],
    ['duplicate', 'a: &x {k: 1}\nb: {k: 1, <<: *x, k: 2}\n', 31],
    ['syntax', 'a: b: c\n', 4],
    ['syntax', 'a: - b\n', 3],
    ['syntax', 'a: 1\n  b: 2\n', 8],
    ['syntax', 'a:\n  b: 1\n c: 2\n', 11],
    ['syntax', 'a: 1\n- b\n', 5],
    ['syntax', '- a\nb: 1\n', 4],
    ['syntax', "a: 'b'c\n", 6],
    ['syntax', 'a: "b\nc: 1\n', 6],
    ['syntax', 'a: [b\nc: 1\n', 6],
    ['syntax', 'a: {b: [c}\n', 9],
    ['syntax', 'a: @b\n', 3],
    ['syntax', 'a: *x\n', 3],
    ['syntax', 'a: "\\q"\n', 5],
    ['syntax', 'a: x\u0007\n', 4],
    ['syntax', '<<: 1\n', 0],
    ['value', 'a: .inf\n', 3],
    ['value', '~: 1\n', 0],
    ['value', '{a: 1}: 1\n', 0],
    ['value', 'a: !!int x\n', 9],
    ['value', 'a: &x [*x]\n', 7],
    ['value', 'a: {{ b }}\n', 4],
  ])('%s: %j', (kind, yaml, offset) => {
    const problem = problemOf(yaml);
    expect([problem.kind, problem.offset]).toEqual([kind, offset]);
  });

  test('behind lines that had to be indented', () => {
    expect(problemOf('a: [\nb,\nc]\nd: {\ne: 1,\ne: 2}\n').offset).toBe(22);
  });

  test('a nesting beyond any configuration', () => {
    expect(problemOf('['.repeat(100_000)).kind).toBe('size');
    expect(problemOf('- '.repeat(100_000)).kind).toBe('size');
    expect(problemOf(Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('')).kind).toBe(
      'size',
    );
  });

  test('aliases that unfold to billions of values', () => {
    const lines = Array.from(
      { length: 12 },
      (_, level) => `a${level}: &a${level} [${Array(9).fill(level ? `*a${level - 1}` : 'x')}]`,
    );
    expect(problemOf(lines.join('\n')).kind).toBe('size');
    expect(read(lines.slice(0, 3).join('\n'))).toHaveProperty('a2');
  });
});

test('reads any JSON, compact or indented', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
      const json = JSON.stringify(value, undefined, indent);
      expect(read(json)).toStrictEqual(JSON.parse(json));
    }),
    { seed: 11, numRuns: 2000 },
  );
});

test('whatever the text, it is read or refused', () => {
  const parts = [
    'a',
    ' ',
    '  ',
    '\n',
    '\t',
    ': ',
    ':',
    '- ',
    '-',
    '#',
    "'",
    '"',
    '{',
    '}',
    '[',
    ']',
    ',',
    '?',
    '&a',
    '*a',
    '!t',
    '|',
    '>',
    '<<',
    '\\',
    '%',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 60 }), pieces => {
      try {
        read(pieces.join(''));
      } catch (problem) {
        expect(problem).toBeInstanceOf(YamlProblem);
      }
    }),
    { seed: 7, numRuns: 10_000 },
  );
});
