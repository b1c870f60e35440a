import { describe, expect, it } from 'vitest';
import { inRange, isAddress, isEverywhere } from './addresses.ts';

describe('address ranges', () => {
  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.4', false],
    ['10.1.2.77/24', '10.1.2.3', true],
    ['10.1.2.128/25', '10.1.2.127', false],
    ['0.0.0.0/0', '1.2.3.4', true],
    ['0.0.0.0/0', '::1', false],
    ['fd00::/8', 'fd12::1', true],
    ['fd00::/8', 'fe80::1', false],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['2001:db8::/32', '2001:0DB8:ffff::', true],
    ['::ffff:1.2.3.0/120', '::ffff:1.2.3.4', true],
    ['10.0.0.0/33', '10.0.0.0', false],
    ['10.0.0.0/x', '10.0.0.0', false],
    ['10.0.0', '10.0.0.0', false],
    ['10.0.0.0/8', 'web', false],
  ])('%s holds %s: %s', (range, address, held) => {
    expect(inRange(range, address)).toBe(held);
  });

  it('tells addresses from names', () => {
    for (const text of ['1.2.3.4', '::', 'fe80::1', '[::1]', '1::2:3']) expect(isAddress(text)).toBe(true);
    for (const text of ['web', '1.2.3', '1.2.3.256', ':::', '1:2', '1::2::3', '12345::', '']) {
      expect(isAddress(text)).toBe(false);
    }
  });

  it('knows the ranges of every address', () => {
    expect(['0.0.0.0/0', '::/0', '10.0.0.0/8'].map(isEverywhere)).toEqual([true, true, false]);
  });
});
