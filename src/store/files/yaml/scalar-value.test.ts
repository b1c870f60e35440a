import { describe, expect, test } from 'vitest';
import { keyText, plainValue, taggedValue } from './scalar-value.ts';

/** Observed: what sigs.k8s.io/yaml 1.6.0 made of `a: SCALAR`, after YAML to JSON. */
const observed: readonly (readonly [value: unknown, scalars: string])[] = [
  [null, ' ~ null Null NULL'],
  [true, 'y Y yes Yes YES on On ON true True TRUE'],
  [false, 'n N no No NO off Off OFF false False FALSE'],
  [0, '0 00 -0 1e-400'],
  [1, '1 +1 1. 1_'],
  [-1, '-1'],
  [7, '007 0_7'],
  [8, '08'],
  [10, '1__0'],
  [15, '0O17 0x_F'],
  [3, '0b11 0B11'],
  [-3, '-0b11'],
  [31, '0x1F 0X1f'],
  [-31, '-0x1F'],
  [511, '0777 0o777'],
  [-511, '-0777'],
  [1000, '1_000 1e3 1e+3 1_e3'],
  [0.5, '.5 +.5'],
  [-0.5, '-.5 -0.5'],
  [0.55, '.5_5'],
  [1.55, '1.5_5'],
  [0.001, '1E-3'],
  [500, '.5e3'],
  [Number('12345678901234567890'), '12345678901234567890'],
  [2 ** 64, '18446744073709551615 18446744073709551616 0xFFFFFFFFFFFFFFFF'],
  [-(2 ** 63), '-9223372036854775809 -0x8000000000000000'],
  [Number('777777777777777777777777'), '0777777777777777777777777'],
];

const texts = [
  ...'~~ nULL nil yEs oN tRUE nO t f 0o8 0x 0xg 0b2 _1 . .. 1e 1e400 .e3 .5_ 1.2.3 1,000 12:30 12:30:45'.split(' '),
  ...'190:20:30 1:2.5 2001-01-01 2001-01-01T10:00:00Z + -- 5s 10% 127.0.0.1 ::1 = <<'.split(' '),
  ...'0x10000000000000000 +0xFFFFFFFFFFFFFFFF'.split(' '),
  '2001-1-1 10:00:00',
];

describe('an unquoted scalar means what it means to kubectl', () => {
  test.each(observed)('%s', (value, scalars) => {
    for (const scalar of scalars.split(' ')) expect(plainValue(scalar), scalar).toBe(value);
  });

  test.each(texts)('`%s` is a text', text => {
    expect(plainValue(text)).toBe(text);
  });

  test.each(['.inf', '+.Inf', '-.INF', '.nan', '.NaN'])('`%s` is a number that is not finite', text => {
    expect(Number.isFinite(plainValue(text))).toBe(false);
    expect(typeof plainValue(text)).toBe('number');
  });
});

describe('a key becomes text', () => {
  test.each([
    [80, '80'],
    [-3, '-3'],
    [1.5, '1.5'],
    [true, 'true'],
    [false, 'false'],
    ['2001-01-01', '2001-01-01'],
  ])('%s', (key, text) => {
    expect(keyText(key)).toBe(text);
  });

  test.each([null, 2 ** 60, 1.23456789])('%s is none', key => {
    expect(keyText(key)).toBeUndefined();
  });
});

describe('a tag', () => {
  test.each([
    ['!!str', '12', '12'],
    ['!', '12', '12'],
    ['!<tag:yaml.org,2002:str>', 'yes', 'yes'],
    ['!!int', '12', 12],
    ['!!float', '1', 1],
    ['!!bool', 'yes', true],
    ['!!null', '', null],
    ['!!timestamp', '2001-01-01', '2001-01-01'],
    ['!!binary', 'aGk=', 'hi'],
    ['!mine', '12', '12'],
  ])('%s makes `%s` %j', (tag, text, value) => {
    expect(taggedValue(tag, text)).toBe(value);
  });

  test.each([
    ['!!null', 'x'],
    ['!!int', 'x'],
    ['!!int', '1.5'],
    ['!!float', 'x'],
    ['!!bool', '1'],
  ])('%s does not fit `%s`', (tag, text) => {
    expect(taggedValue(tag, text)).toBeUndefined();
  });
});
