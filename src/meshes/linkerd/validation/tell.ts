import type { Field } from '../../../base/field.ts';
import type { Source } from '../../../base/source.ts';
import { type NativeObject, namespaceOf } from '../../../native/snapshot.ts';

export type AdmissionCode = 'LINKERD901' | 'LINKERD902' | 'LINKERD903' | 'LINKERD904' | 'LINKERD905';

/** Says that Linkerd's admission refuses what stands at a place, and why. */
export type Tell = (code: AdmissionCode, at: Source, message: string) => void;

/** What the admission webhooks demand of the objects of one kind. `spec` is present. */
export type KindRules = (spec: Field, tell: Tell, object: NativeObject) => void;

/** An object reference as admission looks at it: kinds and groups without case, an absent group is the core group. */
export const isKind = (ref: Field, group: string, kind: string): boolean => {
  const given = String(ref.at('group')?.value ?? '').toLowerCase();
  const own = given === 'core' ? '' : given;
  return own === group && String(ref.at('kind')?.value ?? '').toLowerCase() === kind.toLowerCase();
};

export const isPolicyKind = (ref: Field, ...kinds: readonly string[]): boolean =>
  kinds.some(kind => isKind(ref, 'policy.linkerd.io', kind));

/** A kind with its group behind it, where it has one. */
export const kindText = (ref: Field): string => {
  const [group, kind] = ['group', 'kind'].map(key => String(ref.at(key)?.value ?? ''));
  return group ? `${kind}.${group}` : `${kind}`;
};

export const homeOf = ({ ref }: NativeObject): string => namespaceOf(ref);
