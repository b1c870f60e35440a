import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase64, toBase64 } from './base64.ts';

describe('base64', () => {
  it('is that of the bytes, and leads back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        expect(toBase64(text)).toBe(Buffer.from(text, 'utf8').toString('base64'));
        expect(fromBase64(toBase64(text))).toBe(text);
      }),
      { seed: 20260 },
    );
  });

  it('is nothing where it is none', () => {
    expect(['e30=', 'e30', '!!', 'a', '/w=='].map(fromBase64)).toEqual(['{}', '{}', undefined, undefined, undefined]);
  });
});
