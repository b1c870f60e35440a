import { describe, expect, it } from 'vitest';
import type { Regex, TextMatch } from '../model/match.ts';
import { Notes } from './findings.ts';
import { isEvaluable, regexMatches, regexReplace } from './regex.ts';
import { textMatches } from './text-match.ts';

const full = (pattern: string, dialect: Regex['dialect'] = 're2'): Regex => ({ pattern, dialect, anchoring: 'full' });

describe('regular expressions', () => {
  it.each([
    ['/re[0-9]+', '/re12', true],
    ['/re[0-9]+', '/re12/', false],
    ['/re[0-9]+', '/xre12', false],
    ['^/an$', '/an', true],
    ['/dot.x', '/dot/x', true],
    ['/dot.x', '/dot\nx', false],
    ['(?i)/caser', '/CASER', true],
    ['/caser', '/CASER', false],
    ['a|ab', 'ab', true],
    ['', '', true],
  ])('re2, full: %s on %s is %s (observed 1.4–1.6)', (pattern, text, taken) => {
    expect(regexMatches(full(pattern), text)).toBe(taken);
  });

  it('partial: anywhere in the value', () => {
    const regex: Regex = { pattern: '^/a.*', dialect: 'pcre', anchoring: 'partial' };
    expect(regexMatches(regex, '/abc')).toBe(true);
    expect(regexMatches(regex, '/xabc')).toBe(false);
    expect(regexMatches({ ...regex, pattern: 'b' }, '/abc')).toBe(true);
  });

  it('rust, full: the leftmost match, earlier alternatives first, must be the whole', () => {
    expect(regexMatches(full('a|ab', 'rust'), 'ab')).toBe(false);
    expect(regexMatches(full('ab|a', 'rust'), 'ab')).toBe(true);
    expect(regexMatches(full('(?:a|ab)$', 'rust'), 'ab')).toBe(true);
    expect(regexMatches(full('b', 'rust'), 'ab')).toBe(false);
    expect(regexMatches(full('/v[12]/.*', 'rust'), '/v2/x')).toBe(true);
  });

  it('takes nothing where it cannot be evaluated, and says so', () => {
    const notes = new Notes();
    for (const pattern of ['*', 'a(?=b)', '(']) {
      expect(isEvaluable(full(pattern))).toBe(false);
      expect(textMatches({ kind: 'regex', regex: full(pattern) }, 'ab', notes)).toBe(false);
    }
    expect(notes.caveats.map(({ code }) => code)).toEqual(['VERIFY001', 'VERIFY001', 'VERIFY001']);
  });

  it.each([
    ['/a/(\\d+)', '/a/1/a/2', '/b/\\1', '/b/1/b/2'],
    ['^/x', '/x/x', '', '/x'],
    ['o', 'foo', '[\\0]', 'f[o][o]'],
    ['a*', 'b', '-', '-b-'],
    ['nothing', 'foo', 'x', 'foo'],
    ['(', 'foo', 'x', 'foo'],
  ])('replaces every match of %s in %s by %s', (pattern, text, substitution, result) => {
    expect(regexReplace(pattern, text, substitution)).toBe(result);
  });
});

describe('text matches', () => {
  it.each<[TextMatch, string, boolean]>([
    [{ kind: 'exact', value: 'a' }, 'a', true],
    [{ kind: 'exact', value: 'a' }, 'A', false],
    [{ kind: 'exact', value: 'a', ignoreCase: true }, 'A', true],
    [{ kind: 'exact', value: '' }, '', true],
    [{ kind: 'prefix', value: 'ab' }, 'abc', true],
    [{ kind: 'prefix', value: 'ab' }, 'a', false],
    [{ kind: 'prefix', value: 'AB', ignoreCase: true }, 'abc', true],
    [{ kind: 'suffix', value: '.txt' }, 'a.txt', true],
    [{ kind: 'suffix', value: '.txt' }, 'a.txt.gz', false],
    [{ kind: 'present' }, '', true],
  ])('%j on "%s" is %s', (match, value, taken) => {
    expect(textMatches(match, value)).toBe(taken);
  });
});
