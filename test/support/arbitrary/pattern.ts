import fc from 'fast-check';
import type { Regex } from '../../../src/model/match.ts';

/** Patterns as people write them in routes and policies. */
export const written: readonly string[] = [
  '',
  '.*',
  '/api/v[0-9]+/users/[^/]+',
  '^/orders(/.*)?$',
  '/(?:en|de|fr)/(?:[a-z-]+/)*index\\.html?',
  '(?i)/Admin/.*',
  '.*\\.(png|jpe?g|gif|css|js)',
  '/items/\\d{1,4}(?:/reviews)?',
  '[a-f0-9]{8}-(?:[a-f0-9]{4}-){3}[a-f0-9]{12}',
  '^v?\\d+(\\.\\d+)*(-(alpha|beta|rc)\\.?\\d*)?$',
  '(.+\\.)?shop\\.example(:\\d+)?',
  'https?://[^/]*',
  '^(GET|HEAD)$',
  '^(?:.*,)? *canary *(?:,.*)?$',
  'Bearer [\\w.~+/-]+=*',
  '\\bmobile\\b',
  '(?i:iphone|android).*(?-i:Mobile)',
  '/static/\\Q..\\E.*',
  'a|ab|abc',
  '(a|ab)(c|bcd)*d?',
  '(?U)a+b*',
  '[[:alpha:]_][[:word:]]*',
  '[^\\s,;]+',
];

const atom = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'A', 'B', '/', '-', '1', 'k', 's', 'ab', 'aB', 'é', ' ') },
  { weight: 2, arbitrary: fc.constantFrom('.', '\\d', '\\w', '\\W', '\\s', '\\S', '\\D', '[ab]', '[^a]', '[a-c/]') },
  fc.constantFrom(
    '[[:alpha:]]',
    '[[:^digit:]b]',
    '[]a]',
    '[^]a]',
    '[a-]',
    '[\\d/]',
    '[\\]-b]',
    '[!-[a]',
    '[\\x{61}-b]',
  ),
  fc.constantFrom('\\pL', '\\p{Lu}', '\\P{Greek}', '\\PL', '[\\pN-[:space:]]', '[\\d-[:alpha:]]', '[^\\Wb]'),
  fc.constantFrom(
    '\\x61',
    '\\x{62}',
    '\\141',
    '\\.',
    '\\*',
    '\\/',
    '\\t',
    '\\Qa.b\\E',
    '\\Q*\\E',
    '\\Q\\E',
    '{',
    'a{,2}',
  ),
  fc.constantFrom('^', '$', '\\A', '\\z', '\\b', '\\B', '(?i)', '(?-i)', '(?U)', '(?s)', '(?m)', '(?i-U)', '()'),
  fc.constantFrom('\u212a', '\u017f', '[\u212a]', '[^\u017f]', '\\x{212A}'),
);

const repetition = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  fc.constantFrom('*', '+', '?', '*?', '+?', '??', '{2}', '{0}', '{1,}', '{0,2}', '{2,3}?', '{0,}', '{3,}?', '{1}'),
);

/** Patterns of all kinds of syntax; some do not compile. */
const { pattern } = fc.letrec<{ pattern: string; item: string }>(tie => ({
  pattern: fc
    .array(fc.array(tie('item'), { maxLength: 4 }), { minLength: 1, maxLength: 3 })
    .map(choices => choices.map(items => items.join('')).join('|')),
  item: fc
    .tuple(
      fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        { weight: 5, arbitrary: atom },
        {
          weight: 2,
          arbitrary: fc
            .tuple(fc.constantFrom('(', '(?:', '(?i:', '(?U:', '(?-i:', '(?P<n>'), tie('pattern'))
            .map(([opened, inside]) => `${opened}${inside})`),
        },
      ),
      repetition,
    )
    .map(parts => parts.join('')),
}));

export const anyPattern: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: pattern },
  { weight: 1, arbitrary: fc.constantFrom(...written) },
);

export const anyRegex: fc.Arbitrary<Regex> = fc.record({
  pattern: anyPattern,
  dialect: fc.constantFrom('re2', 'rust', 'pcre'),
  anchoring: fc.constantFrom('full', 'partial'),
});

/** Texts of the characters that the patterns are about, and a few others. */
export const anyText: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...'aabbAB/-1ks. {]_,\tz9*'), { maxLength: 10 })
  .map(characters => characters.join(''));
