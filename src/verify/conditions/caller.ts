import type { AccessCondition, AccessValue } from '../../model/capabilities/access.ts';
import { type Identity, spiffePath } from '../../model/identity.ts';
import type { Mesh } from '../../model/mesh.ts';
import { Notes } from '../findings.ts';
import { textMatches } from '../text-match.ts';
import type { AccessSubject } from './subject.ts';
import { isText, valueMatches } from './values.ts';

/** Whether a value names who calls. */
export const identityMatches = (
  value: AccessValue,
  { identity, mesh }: Pick<AccessSubject, 'identity' | 'mesh'>,
  notes: Notes,
): boolean => {
  if (value.kind === 'serviceAccount') {
    if (identity.kind !== 'serviceAccount') return false;
    const domains = value.trustDomains ?? [mesh.trustDomain, ...mesh.trustDomainAliases];
    return (
      identity.namespace === value.namespace &&
      identity.name === value.name &&
      (domains.includes('*') || domains.includes(identity.trustDomain))
    );
  }
  if (value.kind === 'spiffe') return identity.kind === 'spiffe' && identity.id === value.id;
  const path = spiffePath(identity);
  if (identity.kind === 'spiffe' && mesh.takesSpiffe === 'byName')
    return value.kind === 'exact' && value.value === path;
  if (value.kind === 'present') return identity.kind !== 'unauthenticated';
  return path !== undefined && isText(value) && textMatches(value, path, notes);
};

/** The texts of an attribute that no request chooses; an empty list is an absent attribute. */
export const standing = ({ attribute }: AccessCondition, subject: AccessSubject): readonly string[] => {
  const { identity, destination, mesh } = subject;
  const isPassedOver = identity.kind === 'spiffe' && mesh.takesSpiffe === 'byName';
  const account = identity.kind === 'serviceAccount' ? identity : undefined;
  const text = (): string | undefined => {
    switch (attribute) {
      case 'peer.namespace':
        return identity.kind === 'unknown' ? identity.namespace : account?.namespace;
      case 'peer.trustDomain':
        return isPassedOver ? undefined : spiffePath(identity)?.split('/')[0];
      case 'destination.port':
        return destination.port === undefined ? undefined : String(destination.port);
      default:
        return undefined;
    }
  };
  const found = text();
  return found === undefined ? [] : [found];
};

/** What a condition about the caller alone makes of somebody, by text; undefined for one that asks about the request. */
export const callerAnswer = (condition: AccessCondition, identity: Identity, mesh: Mesh): string | undefined => {
  const { attribute, values } = condition;
  const nothing = new Notes();
  switch (attribute) {
    case 'peer.identity':
      return `${identity.kind} ${values.some(value => identityMatches(value, { identity, mesh }, nothing))}`;
    case 'peer.namespace': {
      const namespace = 'namespace' in identity ? identity.namespace : undefined;
      if (namespace === undefined) return 'none';
      return `${values.some(value => valueMatches(value, namespace, nothing))}`;
    }
    case 'peer.trustDomain':
      return `${identity.kind} ${spiffePath(identity)?.split('/')[0]}`;
    default:
      return undefined;
  }
};
