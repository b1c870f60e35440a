import type { Regex } from '../../model/match.ts';
import { isEvaluable } from '../regex.ts';
import { alphabet } from './alphabet.ts';
import type { Characters } from './class.ts';
import { readSyntax, type Syntax } from './syntax.ts';

/** What every text begins with that a part takes; `whole`: such a text is that and no more. */
interface Beginning {
  readonly text: string;
  readonly whole: boolean;
}

const nothing: Beginning = { text: '', whole: true };
const anything: Beginning = { text: '', whole: false };

const ofCharacters = (members: Characters): Beginning => {
  const found = alphabet.filter(code => members[code]);
  const [code] = found;
  return found.length === 1 && code !== undefined ? { text: String.fromCharCode(code), whole: true } : anything;
};

const ofSequence = (parts: readonly Syntax[]): Beginning => {
  let text = '';
  for (const part of parts) {
    const beginning = ofSyntax(part);
    text += beginning.text;
    if (!beginning.whole) return { text, whole: false };
  }
  return { text, whole: true };
};

const shared = (a: string, b: string): string => {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
};

const ofChoices = ([first, ...others]: readonly Beginning[]): Beginning =>
  others.reduce(
    (before, { text, whole }) => ({
      text: shared(before.text, text),
      whole: before.whole && whole && before.text === text,
    }),
    first ?? anything,
  );

const ofSyntax = (syntax: Syntax): Beginning => {
  switch (syntax.kind) {
    case 'characters':
      return ofCharacters(syntax.members);
    case 'at':
      return nothing;
    case 'sequence':
      return ofSequence(syntax.parts);
    case 'choice':
      return ofChoices(syntax.choices.map(ofSyntax));
    case 'repeat': {
      if (syntax.min === 0) return anything;
      const { text, whole } = ofSyntax(syntax.part);
      return { text, whole: whole && syntax.min === 1 && syntax.max === 1 };
    }
  }
};

const known = new WeakMap<Regex, string>();

/** What every text begins with that an expression takes; empty where that is not plain to see. */
export const beginningOfRegex = (regex: Regex): string => {
  const before = known.get(regex);
  if (before !== undefined) return before;
  const isAnchored = regex.anchoring === 'full' && isEvaluable(regex);
  const text = isAnchored ? ofSyntax(readSyntax(regex.pattern)).text : '';
  known.set(regex, text);
  return text;
};
