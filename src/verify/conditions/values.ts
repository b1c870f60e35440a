import type { AccessValue } from '../../model/capabilities/access.ts';
import { inRange } from '../addresses.ts';
import { testHolds } from '../asking.ts';
import type { Notes } from '../findings.ts';
import type { TextTest } from '../inquiry.ts';

type TextValue = Exclude<AccessValue, { kind: 'serviceAccount' | 'spiffe' | 'addresses' | 'pathTemplate' | 'port' }>;

export const isText = (value: AccessValue): value is TextValue =>
  value.kind !== 'serviceAccount' &&
  value.kind !== 'spiffe' &&
  value.kind !== 'addresses' &&
  value.kind !== 'pathTemplate' &&
  value.kind !== 'port';

/** What is asked in place of what is no text: nobody has it. */
export const nothing: TextTest = { kind: 'exact', value: '' };

/** What a value asks of a text; undefined for one that is no text. */
export const textTest = (value: AccessValue): TextTest | undefined => {
  if (value.kind === 'pathTemplate') return { kind: 'template', template: value.template };
  if (value.kind === 'port') return { kind: 'exact', value: String(value.port) };
  return isText(value) ? value : undefined;
};

export const inAddresses = (value: AccessValue, address: string): boolean => {
  if (value.kind !== 'addresses') return testHolds(textTest(value) ?? nothing, address);
  return inRange(value.cidr, address) && !value.except?.some(cidr => inRange(cidr, address));
};

export const valueMatches = (value: AccessValue, text: string, notes: Notes): boolean => {
  const test = textTest(value);
  return test ? testHolds(test, text, notes) : inAddresses(value, text);
};
