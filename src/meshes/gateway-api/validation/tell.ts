import type { Field } from '../../../base/field.ts';
import type { Source } from '../../../base/source.ts';

export type ValidationCode = 'GWAPI901' | 'GWAPI902' | 'GWAPI903' | 'GWAPI904';

/** Says that the API server refuses what stands at a place, and why. */
export type Tell = (code: ValidationCode, at: Source, message: string) => void;

/** What the CRD of a kind demands beyond the types of its fields. `spec` is present. */
export type KindRules = (spec: Field, tell: Tell) => void;

/** A scalar as it is written, without counting as read; empty and zero are as good as absent in these rules. */
export const plain = (field: Field | undefined, key: string): string => {
  const value = field?.at(key)?.value;
  return value === undefined || value === 0 ? '' : String(value);
};

/** Elements that have a key in common with an earlier one: a list of the API holds each key once. */
export const tellTwice = (items: readonly Field[], keyOf: (item: Field) => string, what: string, tell: Tell): void => {
  const seen = new Set<string>();
  for (const item of items) {
    const key = keyOf(item);
    if (key !== '' && seen.has(key)) tell('GWAPI904', item, `${what} \`${key}\` is there twice`);
    seen.add(key);
  }
};

/**
 * Several references to one object: all say which part of it they mean, and no two mean the same. `parts` are the keys
 * that say so.
 */
export const tellReferences = (refs: readonly Field[], parts: readonly string[], tell: Tell): void => {
  const byObject = new Map<string, Field[]>();
  for (const ref of refs) {
    const key = ['group', 'kind', 'namespace', 'name'].map(part => plain(ref, part)).join('\n');
    byObject.set(key, [...(byObject.get(key) ?? []), ref]);
  }
  for (const [first, ...others] of byObject.values()) {
    for (const ref of others) {
      const isSaid = (of: Field | undefined, part: string): boolean => plain(of, part) !== '';
      if (parts.some(part => isSaid(first, part) !== isSaid(ref, part))) {
        tell('GWAPI903', ref, `references to one object all say which ${parts.join(' or ')} they mean`);
      }
    }
    const same = (ref: Field): string => parts.map(part => plain(ref, part)).join(' ');
    const seen = new Set([first ? same(first) : '']);
    for (const ref of others) {
      if (seen.has(same(ref))) tell('GWAPI904', ref, 'the same reference is there twice');
      seen.add(same(ref));
    }
  }
};

/** A Service as a backend is named with its port. */
export const tellBackend = (ref: Field | undefined, tell: Tell): void => {
  if (!ref || plain(ref, 'group') !== '' || (plain(ref, 'kind') || 'Service') !== 'Service' || ref.has('port')) return;
  tell('GWAPI903', ref, 'a Service is referred to with a port');
};
