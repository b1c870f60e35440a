import { describe, expect, test } from 'vitest';
import { toYaml, toYamlStream } from './yaml.ts';

describe('writes', () => {
  test.each<[title: string, value: unknown, yaml: string]>([
    [
      'mappings and lists in block style',
      { a: { b: 1 }, c: ['d', { e: true, f: null }, ['g']] },
      'a:\n  b: 1\nc:\n- d\n- e: true\n  f: null\n-\n  - g\n',
    ],
    [
      'what is empty on the line of its key',
      { a: {}, b: [], c: '', d: [{}, []] },
      'a: {}\nb: []\nc: ""\nd:\n- {}\n- []\n',
    ],
    ['nothing for what is undefined', { a: undefined, b: 1, c: { d: undefined } }, 'b: 1\nc: {}\n'],
    [
      'plain texts plainly',
      ['reviews.shop.svc.cluster.local', '/api/v1', 'a b,c', 'a:b', 'v1', '$x'],
      '- reviews.shop.svc.cluster.local\n- /api/v1\n- a b,c\n- a:b\n- v1\n- "$x"\n',
    ],
    [
      'in quotes what somebody reads otherwise',
      { on: 'yes', '80': '0777', a: '1e3' },
      '"80": "0777"\n"on": "yes"\na: "1e3"\n',
    ],
    [
      'texts of several lines as blocks',
      { a: 'x\ny', b: 'x\n\n y\n', c: 'x\n\n' },
      'a: |-\n  x\n  y\nb: |\n  x\n\n   y\nc: |+\n  x\n\n',
    ],
    ['in quotes the blanks that an editor would remove', { a: 'x \ny', b: ' x\ny' }, 'a: "x \\ny"\nb: " x\\ny"\n'],
    ['escapes for characters that end lines elsewhere', '\u0085\u2028', '"\\u0085\\u2028"\n'],
    ['numbers that are numbers everywhere', [1e21, 1.5e-9, -0.25], '- 1.0e+21\n- 1.5e-9\n- -0.25\n'],
    ['a long key on a line of its own', { ['k'.repeat(2000)]: { a: 1 } }, `? ${'k'.repeat(2000)}\n:\n  a: 1\n`],
    ['a value alone', 'x\ny', '"x\\ny"\n'],
  ])('%s', (_, value, yaml) => {
    expect(toYaml(value)).toBe(yaml);
  });

  test('documents with separators between them', () => {
    expect(toYamlStream([{ a: 1 }, { b: 2 }])).toBe('a: 1\n---\nb: 2\n');
  });
});
