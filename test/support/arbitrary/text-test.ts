import fc from 'fast-check';
import type { TextMatch } from '../../../src/model/match.ts';
import type { TextTest } from '../../../src/verify/language/language.ts';
import { anyRegex } from './pattern.ts';

/** Few characters, so that tests often meet, and all short texts can be enumerated. */
const characters = 'ab/A.';

const value = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.constantFrom(...characters), { maxLength: 3 }).map(list => `/${list.join('')}`) },
  { weight: 2, arbitrary: fc.array(fc.constantFrom(...characters, ','), { maxLength: 3 }).map(list => list.join('')) },
  fc.constantFrom('', '/', '/a', '/a/b', '\u212a', 'é', 'GET'),
);

const compared = <Kind extends string>(kind: Kind) =>
  fc
    .tuple(value, fc.constantFrom(false, false, false, true))
    .map(([text, ignoreCase]) => (ignoreCase ? { kind, value: text, ignoreCase } : { kind, value: text }));

const regex = anyRegex.map(written => ({ kind: 'regex' as const, regex: written }));

export const anyTextMatch: fc.Arbitrary<TextMatch> = fc.oneof(
  { weight: 3, arbitrary: fc.oneof(compared('exact'), compared('prefix'), compared('suffix')) },
  { weight: 2, arbitrary: regex },
  fc.constant({ kind: 'present' as const }),
);

export const anyLiteralTest: fc.Arbitrary<TextTest> = fc.oneof(
  { weight: 3, arbitrary: compared('segmentPrefix') },
  { weight: 3, arbitrary: compared('prefix') },
  compared('exact'),
  compared('suffix'),
);

export const anyTextTest: fc.Arbitrary<TextTest> = fc.oneof(
  { weight: 3, arbitrary: anyLiteralTest },
  { weight: 2, arbitrary: anyTextMatch },
  fc
    .constantFrom('/{*}', '/{**}', '/a/{*}', '/{*}/b', '/a{**}')
    .map(template => ({ kind: 'template' as const, template })),
);

const longer = (texts: readonly string[], alphabet: string): string[] =>
  texts.flatMap(text => [...alphabet].map(character => text + character));

/** All texts of some characters up to a length, the shortest first. */
export const allTexts = (length: number, alphabet: string = characters): string[] => {
  const texts = [''];
  let last = texts.slice();
  for (let count = 0; count < length; count += 1) {
    last = longer(last, alphabet);
    texts.push(...last);
  }
  return texts;
};
