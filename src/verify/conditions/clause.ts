import type { AccessClause, AccessCondition } from '../../model/capabilities/access.ts';
import type { Notes } from '../findings.ts';
import { matches } from '../matches.ts';
import { addressHolds } from './address.ts';
import { identityMatches, standing } from './caller.ts';
import { requestHolds, serverNameHolds } from './request.ts';
import type { AccessSubject } from './subject.ts';
import { tokenHolds } from './token.ts';
import { valueMatches } from './values.ts';

const httpAttributes = /^(request\.|token\.)/;

const holds = (condition: AccessCondition, subject: AccessSubject, notes: Notes): boolean => {
  const { attribute, values, negated, whenAbsent, whenNotHttp, whenUnseen } = condition;
  if (whenUnseen && !subject.seesRequests) return whenUnseen === 'holds';
  if (httpAttributes.test(attribute) && subject.layer === 'l4') return whenNotHttp === 'holds';
  if (attribute.startsWith('opaque:')) {
    notes.caveat('VERIFY010', `a condition looks at \`${attribute.slice('opaque:'.length)}\``, condition.source);
  }
  if (attribute === 'peer.identity') {
    if (subject.identity.kind === 'unauthenticated') return whenAbsent === 'holds';
    if (subject.identity.kind === 'unknown')
      notes.assume(() => 'the account that the caller runs as is named by no rule');
    return values.some(value => identityMatches(value, subject, notes)) !== negated;
  }
  if (attribute.endsWith('.address')) return addressHolds(condition, subject, notes);
  if (attribute === 'connection.sni') return serverNameHolds(condition, subject, notes);
  if (/^token\.(principal|audience|presenter)$/.test(attribute)) return tokenHolds(condition, subject, notes);
  if (/^(request\.|token\.claim:)/.test(attribute)) return requestHolds(condition, subject, notes);
  const texts = standing(condition, subject);
  if (texts.length === 0) return whenAbsent === 'holds';
  return texts.some(text => values.some(value => valueMatches(value, text, notes))) !== negated;
};

/** Whether a clause takes the request; one without conditions takes everything. */
export const clauseHolds = ({ conditions, request }: AccessClause, subject: AccessSubject, notes: Notes): boolean => {
  if (request) {
    const sight = { ...subject.sight, http: subject.layer === 'l7' };
    if (!matches(request, sight, notes)) return false;
  }
  return conditions.every(condition => holds(condition, subject, notes));
};
