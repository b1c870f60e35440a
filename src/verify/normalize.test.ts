import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizePath, splitTarget } from './normalize.ts';

describe('path normalisation', () => {
  it.each([
    ['/foo', '/foo'],
    ['/./foo', '/foo'],
    ['/x/../foo', '/foo'],
    ['/fo%6f', '/foo'],
    ['/%66oo', '/foo'],
    ['/a/../../foo', '/foo'],
    ['//foo', '//foo'],
    ['/bar//x', '/bar//x'],
    ['/%61', '/a'],
    ['/x/../a', '/a'],
    ['/a\\b', '/a/b'],
    ['/x\\..\\admin', '/admin'],
    ['/\\admin', '//admin'],
    ['/x//../admin', '/x/admin'],
    ['/admin%2f', '/admin%2f'],
    ['/admin%2F', '/admin%2F'],
    ['/a%5cb', '/a%5cb'],
    ['/admin;x', '/admin;x'],
    ['/enc/a%20b', '/enc/a%20b'],
    ['/a/.', '/a/'],
    ['/a/b/..', '/a/'],
    ['/%2e%2e/a', '/a'],
    ['*', '*'],
  ])('base: %s becomes %s (observed 1.7, 1.8, 17.12, 18.3)', (sent, seen) => {
    expect(normalizePath(sent, 'base')).toBe(seen);
  });

  it.each([
    ['//admin', '/admin'],
    ['/\\admin', '/admin'],
    ['/admin//', '/admin/'],
    ['/%2fadmin', '/%2fadmin'],
  ])('mergeSlashes: %s becomes %s (observed 18.4)', (sent, seen) => {
    expect(normalizePath(sent, 'mergeSlashes')).toBe(seen);
  });

  it.each([
    ['//admin', '/admin'],
    ['/%2fadmin', '/admin'],
    ['/x%2f..%2fadmin', '/admin'],
    ['/x%5C..%5cadmin', '/admin'],
  ])('decodeAndMergeSlashes: %s becomes %s (observed 18.4)', (sent, seen) => {
    expect(normalizePath(sent, 'decodeAndMergeSlashes')).toBe(seen);
  });

  it.each(['/./admin', '//admin', '/%61dmin', '/x\\..\\admin', '/%00'])('none: %s stays (observed 18.4)', sent => {
    expect(normalizePath(sent, 'none')).toBe(sent);
  });

  it.each(['base', 'mergeSlashes', 'decodeAndMergeSlashes'] as const)(
    '%s: %%00 is refused (observed 1.7, 14.7)',
    how => {
      expect(normalizePath('/a%00b', how)).toBeUndefined();
    },
  );

  const piece = fc.constantFrom('/', '//', 'a', 'B', '.', '..', '%61', '%2f', '%5C', '%2e', '%20', '\\', ';p=1');
  const path = fc.array(piece, { maxLength: 8 }).map(pieces => `/${pieces.join('')}`);
  it.each(['base', 'mergeSlashes', 'decodeAndMergeSlashes'] as const)('%s: once is enough', how => {
    fc.assert(
      fc.property(path, sent => {
        const once = normalizePath(sent, how) ?? '';
        expect(normalizePath(once, how)).toBe(once);
        expect(once).not.toMatch(/\/\.\.?(\/|$)/);
        expect(once.startsWith('/')).toBe(true);
      }),
      { seed: 17, numRuns: 2000 },
    );
  });
});

describe('the parts of a target', () => {
  it.each([
    ['/a', '/a', undefined],
    ['/a?', '/a', ''],
    ['/a?b=1?c', '/a', 'b=1?c'],
    ['/ex#f', '/ex', undefined],
    ['/ex?q#f', '/ex', 'q'],
  ])('%s', (target, path, query) => {
    expect(splitTarget(target)).toEqual({ path, query });
  });
});
