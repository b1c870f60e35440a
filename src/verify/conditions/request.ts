import type { AccessCondition } from '../../model/capabilities/access.ts';
import type { TextMatch } from '../../model/match.ts';
import { askAbsent, askClaim, askHeader, askHost, askMethod, askNoHeader, askPath, claimValues } from '../asking.ts';
import type { Notes } from '../findings.ts';
import { isPlainText, type TextTest } from '../inquiry.ts';
import { unsaidName } from '../matches.ts';
import { textValues } from '../samples/text-values.ts';
import type { AccessSubject } from './subject.ts';
import { isText, nothing, textTest, valueMatches } from './values.ts';

/** Asks each value in turn, until one is there; `ask` reports what it asks. */
const anyValue = ({ values, negated }: AccessCondition, ask: (test: TextTest) => boolean): boolean =>
  values.some(value => ask(textTest(value) ?? nothing)) !== negated;

/** Attributes that the sender of a request chooses. */
export const requestHolds = (condition: AccessCondition, subject: AccessSubject, notes: Notes): boolean => {
  const { attribute, whenAbsent } = condition;
  const { sight, token } = subject;
  if (attribute === 'request.path') return anyValue(condition, test => askPath(test, sight, notes));
  const whole = (ask: (test: TextMatch) => boolean) => anyValue(condition, test => isPlainText(test) && ask(test));
  if (attribute === 'request.method') return whole(test => askMethod(test, sight, notes));
  if (attribute === 'request.host') return whole(test => askHost(test, sight, notes));
  if (attribute.startsWith('request.header:')) {
    const name = attribute.slice('request.header:'.length);
    if (askNoHeader(name, sight, notes)) return whenAbsent === 'holds';
    return anyValue(condition, match => askHeader({ name, match, repeated: 'any' }, sight, notes));
  }
  const path = attribute.slice('token.claim:'.length).split('/');
  const values = claimValues(token?.claims, path);
  const isAbsent = token ? askAbsent(`claim ${path.join('/')}`, values, notes) : values.length === 0;
  if (isAbsent) return whenAbsent === 'holds';
  return anyValue(condition, match => askClaim(path, match, token?.claims, notes));
};

/** The server name of the connection. */
export const serverNameHolds = (
  { values, negated, whenAbsent }: AccessCondition,
  { sight }: AccessSubject,
  notes: Notes,
) => {
  const accepts = (name = unsaidName(sight)): boolean =>
    name === undefined ? whenAbsent === 'holds' : values.some(value => valueMatches(value, name, notes)) !== negated;
  const hints = values.flatMap(value => (isText(value) ? textValues(value) : []));
  return notes.inquire('sni', values, { kind: 'one', accepts, hints }, accepts(sight.sni));
};
