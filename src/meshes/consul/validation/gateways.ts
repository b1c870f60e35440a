import type { EntryField } from '../entry-field.ts';
import type { EntryRules, Tell } from './tell.ts';

/** Maps whose keys are the user's own words. */
const ownWords = new Set(['set', 'add', 'meta']);

/**
 * Entries of API gateways have no other spelling of their keys than one word, in whatever case: what the decoder of the older
 * kinds takes with underscores (`alias` in agent/structs), it refuses here (`invalid config key`; observed, 1.21.0).
 */
export const withoutSnakeCase: EntryRules = (spec, tell) => tellKeys(spec.field, tell);

const tellKeys = (field: EntryField['field'], tell: Tell): void => {
  for (const [key, inner] of field.members()) {
    if (key.includes('_')) tell('refused', inner, `\`${key}\` is no key here: write it as \`${joined(key)}\``);
    if (!ownWords.has(key.toLowerCase())) tellKeys(inner, tell);
  }
  for (const item of field.items()) tellKeys(item, tell);
};

const joined = (key: string): string =>
  key
    .split('_')
    .map(word => (word[0] ?? '').toUpperCase() + word.slice(1))
    .join('');

/** A route names whole hosts (agent/structs/config_entry_routes.go; observed, 1.21.0). */
export const httpRoute: EntryRules = (spec, tell, name) => {
  withoutSnakeCase(spec, tell, name);
  for (const host of spec.texts('hostnames') ?? []) {
    if (host.includes('*'))
      tell('refused', spec.at('hostnames') ?? spec, `\`${host}\` is a pattern: its listener has it`);
  }
};
