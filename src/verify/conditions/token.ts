import type { AccessCondition } from '../../model/capabilities/access.ts';
import { testHolds } from '../asking.ts';
import type { Notes } from '../findings.ts';
import { isPlainText } from '../inquiry.ts';
import type { Token } from '../request.ts';
import { textValues } from '../samples/text-values.ts';
import type { AccessSubject } from './subject.ts';
import { textTest } from './values.ts';

const principalOf = (token: Token): string => `${token.issuer}/${token.subject ?? ''}`;

/** A token that is asked about beyond its claims: tokens that the value takes, made of a plain one. */
const tokenFor = (attribute: string, text: string, plain: Token): Token => {
  if (attribute === 'token.audience') return { ...plain, audiences: [...plain.audiences, text] };
  if (attribute === 'token.presenter') return { ...plain, presenter: text };
  const { issuer } = plain;
  return text.startsWith(`${issuer}/`)
    ? { ...plain, subject: text.slice(issuer.length + 1) }
    : { ...plain, subject: text };
};

const tokenTexts = (attribute: string, token: Token | undefined): readonly string[] => {
  if (!token) return [];
  if (attribute === 'token.audience') return token.audiences;
  if (attribute === 'token.presenter') return token.presenter === undefined ? [] : [token.presenter];
  return [principalOf(token)];
};

/** Principal, audience and presenter of a verified token. */
export const tokenHolds = (condition: AccessCondition, { token }: AccessSubject, notes: Notes): boolean => {
  const { attribute, values, negated, whenAbsent } = condition;
  if (!token) return whenAbsent === 'holds';
  const tests = values.flatMap(value => textTest(value) ?? []);
  const accepts = (candidate: Token | undefined): boolean => {
    const texts = tokenTexts(attribute, candidate);
    if (texts.length === 0) return whenAbsent === 'holds';
    return texts.some(text => tests.some(test => testHolds(test, text, notes))) !== negated;
  };
  const holds = accepts(token);
  if (!notes.listens) return holds;
  const hints = (plain: Token): Token[] =>
    tests.flatMap(test => {
      const texts = isPlainText(test) ? textValues(test) : [];
      return texts.map(text => tokenFor(attribute, text, plain));
    });
  return notes.inquire(
    'token',
    condition,
    { kind: 'token', topic: `${attribute} ${JSON.stringify(values)}`, accepts, hints },
    holds,
  );
};
