import type { AccessCondition, AccessValue } from '../../model/capabilities/access.ts';
import { bordersOf, isEverywhere } from '../addresses.ts';
import { askNoHeader } from '../asking.ts';
import type { Notes } from '../findings.ts';
import { lastAddress } from '../forwarded-for.ts';
import type { AccessSubject } from './subject.ts';
import { inAddresses } from './values.ts';

/** An address that nobody told us lies in no range but those that hold every address. */
const unknownAddressMatches = (value: AccessValue): boolean =>
  value.kind === 'present' || (value.kind === 'addresses' && isEverywhere(value.cidr) && !value.except?.length);

/** Whether an address is one of those that are named; one that nobody told us is named by nothing. */
const addressNamed = (values: readonly AccessValue[], address: string | undefined): boolean =>
  address === undefined ? values.some(unknownAddressMatches) : values.some(value => inAddresses(value, address));

const rangesOf = (values: readonly AccessValue[]): string[] =>
  values.flatMap(value => (value.kind === 'addresses' ? [value.cidr, ...(value.except ?? [])] : []));

/** Addresses of the caller, of the original client, or of what was dialled. */
export const addressHolds = (condition: AccessCondition, subject: AccessSubject, notes: Notes): boolean => {
  const { attribute, values, negated } = condition;
  if (attribute === 'peer.address' && subject.hidesPeerAddress) return negated;
  const address =
    attribute === 'peer.address'
      ? subject.peerAddress
      : attribute === 'client.address'
        ? subject.clientAddress
        : subject.destination.address;
  if (address === undefined) {
    notes.assume(() => `the address looked at (${attribute}) is in none of the ranges that rules name`);
  }
  const named = addressNamed(values, address);
  if (attribute === 'destination.address' || !notes.listens) return named !== negated;
  const hints = rangesOf(values).flatMap(bordersOf);
  const { touched } = subject.sight;
  const forwarded =
    attribute === 'client.address' &&
    subject.believesForwarding &&
    !askNoHeader('x-forwarded-for', subject.sight, notes);
  if (forwarded && !touched?.headers?.has('x-forwarded-for')) {
    const accepts = (line: string | undefined): boolean =>
      addressNamed(values, lastAddress(line === undefined ? [] : [line]) ?? subject.peerAddress);
    notes.inquire('header x-forwarded-for', condition, { kind: 'one', accepts, hints }, named);
  } else if (forwarded || !touched?.address) {
    // What a gateway forwards is the address from which the sender came.
    const accepts = (candidate: string | undefined): boolean => addressNamed(values, candidate);
    notes.inquire('address', condition, { kind: 'one', accepts, hints }, named);
  }
  return named !== negated;
};
