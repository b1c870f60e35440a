import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HclProblem } from './hcl-text.ts';
import { parseHcl } from './parse-hcl.ts';

const read = (text: string): unknown => parseHcl(text).value;

/** Kept as it is, quotes included. */
const template = ['$', '{b("c")}'].join('');

describe('the value of a text', () => {
  it.each<[string, unknown]>([
    ['Kind = "service-router"', { Kind: 'service-router' }],
    ['a = 1\nb = -2.5\nc = true # so it is\nd = 0x10', { a: 1, b: -2.5, c: true, d: 16 }],
    ['a = [1, 2,\n 3,]', { a: [1, 2, 3] }],
    ['a { b = 1 }', { a: { b: 1 } }],
    ['a { b = 1 }\na { b = 2 }\na { b = 3 }', { a: [{ b: 1 }, { b: 2 }, { b: 3 }] }],
    ['service "web" { port = 80 }\nservice "api" { port = 81 }', { service: { web: { port: 80 }, api: { port: 81 } } }],
    ['a = { "x-y" = "z", b: 1 }', { a: { 'x-y': 'z', b: 1 } }],
    ['/* no */ a = "q\\"\\n\\u0041" // end', { a: 'q"\nA' }],
    [`a = "${template} d"`, { a: `${template} d` }],
    ['a = <<EOF\n x\n  y\nEOF\nb = 1', { a: ' x\n  y\n', b: 1 }],
    ['a = <<-EOF\n  x\n    y\n  EOF\n', { a: 'x\n  y\n' }],
    ['', {}],
    ['__proto__ = 1', JSON.parse('{"__proto__": 1}')],
  ])('%s', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });
});

describe('what is no value is told with its place', () => {
  it.each<[string, number, string]>([
    ['a = var.b', 4, '`var.b` is an expression, and no value'],
    ['a = ', 4, 'a value was expected'],
    ['a = 1\na = 2', 6, '`a` is written twice'],
    ['a {', 3, 'a closing `}` is missing'],
    ['a = "b', 4, 'a text in quotes does not end'],
    ['a b', 3, '`=` or `{` was expected after `a`'],
    ['= 1', 0, 'a name was expected'],
  ])('%s', (text, offset, message) => {
    let problem: unknown;
    try {
      parseHcl(text);
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(HclProblem);
    expect([(problem as HclProblem).offset, (problem as HclProblem).message]).toEqual([offset, message]);
  });
});

it('knows where each key and element stands', () => {
  const text = 'a = 1\nb {\n  c = [5, 6]\n}';
  const { value, marks } = parseHcl(text);
  const { b } = value as { b: { c: object } };
  expect(text.slice(marks.get(value)!.get('b')).startsWith('b {')).toBe(true);
  expect(text.slice(marks.get(b)!.get('c')).startsWith('c =')).toBe(true);
  expect(text.slice(marks.get(b.c)!.get(1)).startsWith('6')).toBe(true);
});

it('reads what JSON says in the same way', () => {
  const word = fc.stringMatching(/^[a-z]{1,5}$/);
  const { tree } = fc.letrec(tie => ({
    tree: fc.oneof({ maxDepth: 3 }, fc.string(), fc.integer(), fc.boolean(), tie('list'), tie('map')),
    list: fc.array(tie('tree'), { maxLength: 3 }),
    map: fc.dictionary(word, tie('tree'), { maxKeys: 3 }),
  }));
  const noTemplate = (value: unknown): boolean => !JSON.stringify(value).includes('${');
  fc.assert(
    fc.property(fc.dictionary(word, tree, { maxKeys: 4 }).filter(noTemplate), value => {
      const text = Object.entries(value)
        .map(([key, inner]) => `${key} = ${JSON.stringify(inner)}`)
        .join('\n');
      expect(read(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { seed: 11, numRuns: 300 },
  );
});

it('throws nothing but its own problems, whatever the text', () => {
  const piece = fc.constantFrom(
    'a',
    '=',
    '{',
    '}',
    '[',
    ']',
    '"',
    ',',
    '\n',
    '<<E\n',
    'E',
    '#',
    '/*',
    '*/',
    '\\',
    '${',
    '1',
    '-',
    ' ',
    'é',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), pieces => {
      try {
        parseHcl(pieces.join(''));
      } catch (error) {
        expect(error).toBeInstanceOf(HclProblem);
      }
    }),
    { seed: 12, numRuns: 3000 },
  );
  expect(() => parseHcl(`a = ${'['.repeat(100_000)}`)).toThrow(HclProblem);
});
