import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs, seed } from '../../../../test/support/runs.ts';
import { readPlainBlock } from './plain-block.ts';
import { YamlProblem } from './problem.ts';
import { readYaml } from './read-yaml.ts';

const rangeOf = (text: string, start = 0) => ({ start, end: text.length, lineStart: 0 });

const plain = (text: string): unknown => readPlainBlock(text, rangeOf(text));

/** What the parser for all of YAML makes of it; undefined if it takes it for broken. */
const parsed = (text: string, start = 0): unknown => {
  try {
    const { value, inexact } = readYaml(text, rangeOf(text, start));
    return inexact.length === 0 ? { value } : { value, inexact };
  } catch (problem) {
    if (problem instanceof YamlProblem) return undefined;
    throw problem;
  }
};

test('mappings, lists and texts, as configuration is usually written', () => {
  const text = `# shop
kind: Pod
metadata:
  name: "a b"

  labels: {}
spec:
  # two
  ports:
  - name: http-1
    port: 80
  -   - x: 'y'
        z:
      - -1.5
  args:
    - --port=80
    - http://x:80/#y
  on: ~
`;
  expect(plain(text)).toBeUndefined();
  const named = text.replace('on:', 'when:');
  expect(plain(named)).toEqual({
    kind: 'Pod',
    metadata: { name: 'a b', labels: {} },
    spec: {
      ports: [{ name: 'http-1', port: 80 }, [{ x: 'y', z: null }, -1.5]],
      args: ['--port=80', 'http://x:80/#y'],
      when: null,
    },
  });
});

const indents = fc.constantFrom('', '', '  ', '  ', '    ', '      ', ' ', '   ');
const heads = fc.constantFrom(
  'a:',
  'b: ',
  'c:  ',
  '- ',
  '- ',
  '-',
  '- a: ',
  '- - ',
  '-   b:',
  'a.b/c-d: ',
  '',
  'x',
  '"a": ',
);
const scalars = fc.constantFrom(
  ...[
    '',
    '',
    '',
    'x',
    'x y',
    '1',
    '-1',
    '0777',
    '1.50',
    '1e3',
    'yes',
    'null',
    '~',
    '.inf',
    '-',
    '--',
    '---',
    '-x',
    '?x',
  ],
  ...[
    '{}',
    '[]',
    '{a: b}',
    '[a',
    '"x"',
    "'x'",
    '"x',
    "'it''s'",
    '"\\n"',
    '""',
    "''",
    '"a" b',
    '"a": b',
    '9007199254740993',
  ],
  ...[
    'x: y',
    'x:y',
    'x #y',
    'x#y',
    '#y',
    ' # y',
    '|',
    '>-',
    '&a x',
    '*a',
    '!!str 5',
    '@x',
    '`x',
    '%x',
    ',x',
    '=',
    '<<',
    '$x',
  ],
  ...[
    'x: ',
    'x:',
    'a  ',
    '\tx',
    'ü',
    '123456789012345',
    '1234567890123456',
    '2020-01-01',
    '12:30',
    '(x)',
    '{{ x }}',
    'x, y',
  ],
);
const lines = fc.tuple(indents, heads, scalars).map(parts => parts.join(''));
const anything = fc.array(lines, { minLength: 1, maxLength: 8 }).map(all => all.join('\n'));

/** Text that is mostly right, so that much of it is read: values printed in block style, a line of it changed. */
const values = fc.letrec(tie => ({
  value: fc.oneof({ depthSize: 'small' }, fc.constantFrom('x', 'x y', '"q"', '1', '{}'), tie('list'), tie('mapping')),
  list: fc.array(tie('value'), { minLength: 1, maxLength: 3 }),
  mapping: fc.dictionary(fc.constantFrom('a', 'b', 'c-d', 'e.f/g'), tie('value'), { minKeys: 1, maxKeys: 3 }),
}));
const print = (value: unknown, indent: string): string => {
  if (typeof value === 'string') return `${indent}${value}\n`;
  const entries = Array.isArray(value) ? value.map(one => ['-', one]) : Object.entries(value as object);
  return entries
    .map(([key, one]) =>
      typeof one === 'string'
        ? `${indent}${key === '-' ? '- ' : `${key}: `}${one}\n`
        : `${indent}${key === '-' ? '-' : `${key}:`}\n${print(one, `${indent}  `)}`,
    )
    .join('');
};
const changed = fc.tuple(values.mapping, fc.option(fc.tuple(fc.nat(8), lines))).map(([value, change]) => {
  const text = print(value, '').split('\n');
  if (change) text.splice(Math.min(change[0], text.length), change[0] % 2, change[1]);
  return text.join('\n');
});

describe('what it reads is what the parser for all of YAML reads', () => {
  test.each([
    ['lines of all kinds', anything, 0.02],
    ['almost right text', changed, 0.1],
  ])('%s', (_, texts, leastShare) => {
    let read = 0;
    let all = 0;
    const check = (text: string): void => {
      all += 1;
      const value = plain(text);
      if (value === undefined) return;
      read += 1;
      expect(parsed(text)).toEqual({ value });
    };
    fc.assert(fc.property(texts, check), { numRuns: runs(3_000), seed: seed(7) });
    expect(read / all).toBeGreaterThan(leastShare);
  });

  test('behind a separator', () => {
    const behind = fc.tuple(fc.constantFrom('---\n', '--- \n', '--- # c\n', '--- x\n', '---'), changed);
    const check = ([separator, text]: readonly [string, string]): void => {
      const whole = separator + text;
      const value = readPlainBlock(whole, rangeOf(whole, 3));
      if (value !== undefined) expect(parsed(whole, 3)).toEqual({ value });
    };
    fc.assert(fc.property(behind, check), { numRuns: runs(1_000), seed: seed(7) });
  });
});
