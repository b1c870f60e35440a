/** Law 1: reading accounts for every field of every kind: another value gives another answer, or it is reported. */
import { describe, expect, it } from 'vitest';
import { registrations } from '../../src/registry/index.gen.ts';
import { accountOf, kindsWithFields } from './accounting/accounts.ts';

const adapters = await Promise.all(registrations.map(({ load }) => load()));

/** Kinds of which some field is read and no scene shows what it does; each is a fault to be mended. */
const unfinished: ReadonlySet<string> = new Set([
  'linkerd HTTPRoute',
  'linkerd GRPCRoute',
  'linkerd TLSRoute',
  'linkerd TCPRoute',
]);

describe.each(adapters.map(adapter => [adapter.id, adapter] as const))('%s', (id, adapter) => {
  const kinds = kindsWithFields(adapter).filter(({ kind }) => !unfinished.has(`${id} ${kind}`));

  it.each(kinds.map(kind => [`${kind.group}/${kind.kind}`, kind] as const))(
    'accounts for every field of %s',
    (_, kind) => {
      const { fields } = accountOf(adapter, kind);
      const unaccounted = fields.filter(({ verdict }) => verdict === 'unaccounted');
      expect(unaccounted.map(({ path, detail }) => `${path}: ${detail}`)).toEqual([]);
    },
  );
});
