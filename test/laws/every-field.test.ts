/** Law 1: reading accounts for every field of every kind: another value gives another answer, or it is reported. */
import { describe, expect, it } from 'vitest';
import { registrations } from '../../src/registry/index.gen.ts';
import { accountOf, kindsWithFields } from './accounting/accounts.ts';

const adapters = await Promise.all(registrations.map(({ load }) => load()));

describe.each(adapters.map(adapter => [adapter.id, adapter] as const))('%s', (_id, adapter) => {
  const kinds = kindsWithFields(adapter);

  it.each(kinds.map(kind => [`${kind.group}/${kind.kind}`, kind] as const))(
    'accounts for every field of %s',
    (_, kind) => {
      const { fields } = accountOf(adapter, kind);
      const unaccounted = fields.filter(({ verdict }) => verdict === 'unaccounted');
      expect(unaccounted.map(({ path, detail }) => `${path}: ${detail}`)).toEqual([]);
    },
  );
});
