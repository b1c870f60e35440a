import { describe, expect, test } from 'vitest';
import { splitDocuments } from './split.ts';

const pieces = (text: string): string[] => splitDocuments(text).map(({ start, end }) => text.slice(start, end));

describe('splits at separators', () => {
  test.each<[title: string, text: string, pieces: string[]]>([
    ['none', 'a: 1\n', ['a: 1\n']],
    ['nothing at all', '', []],
    ['nothing but comments and directives before the first', '# c\n%YAML 1.1\n---\na: 1\n', ['\na: 1\n']],
    ['one before the first document', '---\na: 1\n', ['\na: 1\n']],
    ['between documents', 'a: 1\n---\nb: 2\n---\nc: 3', ['a: 1\n', '\nb: 2\n', '\nc: 3']],
    ['two in a row, and one at the end', 'a: 1\n---\n---\nb: 2\n---', ['a: 1\n', '\n', '\nb: 2\n', '']],
    ['with a comment', 'a: 1\n--- # b\nb: 2\n', ['a: 1\n', ' # b\nb: 2\n']],
    ['with blanks', 'a: 1\n---  \t\nb: 2\n', ['a: 1\n', '  \t\nb: 2\n']],
    ['with a document on their line', '--- {a: 1}\n--- |\n x\n', [' {a: 1}\n', ' |\n x\n']],
  ])('%s', (_, text, expected) => {
    expect(pieces(text)).toEqual(expected);
  });
});

describe('splits a stream of JSON values', () => {
  test.each<[title: string, text: string, pieces: string[]]>([
    ['on lines of their own', '{"a": {}}\n\n{"b": 1}\n', ['{"a": {}}\n\n', '{"b": 1}\n']],
    ['on one line', '{"a": "}{"}{"b": "\\"}{"} {}', ['{"a": "}{"}', '{"b": "\\"}{"} ', '{}']],
    ['between separators', '{"a": 1}\n---\n{"b": 1}{}', ['{"a": 1}\n', '\n{"b": 1}', '{}']],
  ])('%s', (_, text, expected) => {
    expect(pieces(text)).toEqual(expected);
  });
});

describe('does not split', () => {
  test.each([
    ['inside a text block', 'a: |\n  ---\n  x\n'],
    ['inside a text over lines', 'a: x\n ---\n'],
    ['at a longer line of dashes', 'a: 1\n----\n'],
    ['at a text that starts with dashes', 'a: 1\n---b\n'],
  ])('%s', (_, text) => {
    expect(pieces(text)).toEqual([text]);
  });
});

describe('ends a document at its end marker', () => {
  test.each<[string, string, string[], number | undefined]>([
    [
      'with another document behind the next separator',
      'a: 1\n...\n# c\n---\nb: 2\n',
      ['a: 1\n', '\nb: 2\n'],
      undefined,
    ],
    ['with directives behind', 'a: 1\n...\n%YAML 1.1\n---\nb: 2\n', ['a: 1\n', '\nb: 2\n'], undefined],
    ['with text behind, which nobody reads', 'a: 1\n...\n\n b: 2\n', ['a: 1\n'], 11],
    ['but not inside a text block', 'a: |\n  ...\n', ['a: |\n  ...\n'], undefined],
    ['nor at a longer line of dots', 'a: x\n ....\n', ['a: x\n ....\n'], undefined],
  ])('%s', (_, text, expected, behindEnd) => {
    expect(pieces(text)).toEqual(expected);
    expect(splitDocuments(text)[0]?.behindEnd).toBe(behindEnd);
  });
});

test('notes text beside a separator', () => {
  expect(splitDocuments('---   a: 1\n---\n--- # c\n').map(chunk => chunk.besideSeparator)).toEqual([
    6,
    undefined,
    undefined,
  ]);
});
