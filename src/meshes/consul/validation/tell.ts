import type { Source } from '../../../base/source.ts';
import type { EntryField } from '../entry-field.ts';

/**
 * `refused`: Consul does not let the entry in. `broken`: it does, and Envoy refuses it or answers with a fault of its own.
 * `otherwise`: it is let in and means something else than it says. `enterprise`: only the Enterprise edition takes it.
 */
export type Fault = 'refused' | 'broken' | 'otherwise' | 'enterprise';

export type Tell = (fault: Fault, at: Source, message: string) => void;

/** The rules for one kind of entry. `name`: that of the entry. */
export type EntryRules = (spec: EntryField, tell: Tell, name: string) => void;

/** Those of several keys that say something; an empty text, zero and `false` say nothing to the API. */
export const saidOf = (field: EntryField, keys: readonly string[]): readonly string[] =>
  keys.filter(key => {
    const value = field.at(key)?.field.value;
    return (
      value !== undefined && value !== null && value !== '' && value !== false && value !== 0 && !isEmptyList(value)
    );
  });

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

export const oneOf = (keys: readonly string[]): string => keys.map(key => `\`${key}\``).join(' and ');
