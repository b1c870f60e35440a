/** Law 1: reading accounts for every field of every kind: another value gives another answer, or it is reported. */
import { describe, expect, it } from 'vitest';
import { accountOf, type KindAccount, kindsWithFields } from './accounting/accounts.ts';
import { setAside, shareOf, takes } from './accounting/set-aside.ts';
import { adapters } from './adapters.ts';

/** Of these kinds nearly everything that the mesh implements is to be understood. */
const core: ReadonlySet<string> = new Set([
  'VirtualService',
  'DestinationRule',
  'PeerAuthentication',
  'AuthorizationPolicy',
  'HTTPRoute',
  'GRPCRoute',
  'Server',
  'ServerAuthorization',
  'MeshTLSAuthentication',
  'NetworkAuthentication',
  'HTTPLocalRateLimitPolicy',
  'ServiceProfile',
  'TLSRoute',
  'ServiceRouter',
  'ServiceSplitter',
  'ServiceIntentions',
  'TCPRoute',
]);

/** What has no kinds of its own has no fields to count. */
const counted = adapters.filter(adapter => kindsWithFields(adapter).length > 0);

describe.each(counted.map(adapter => [adapter.id, adapter] as const))('%s', (id, adapter) => {
  const kinds = kindsWithFields(adapter).map(kind => [`${kind.group}/${kind.kind}`, kind] as const);
  const accounts = new Map<string, KindAccount>();
  const accountFor = ([key, kind]: (typeof kinds)[number]): KindAccount => {
    const account = accounts.get(key) ?? accountOf(adapter, kind);
    accounts.set(key, account);
    return account;
  };

  it.each(kinds)('accounts for every field of %s', (...kind) => {
    const { fields } = accountFor(kind);
    const unaccounted = fields.filter(({ verdict }) => verdict === 'unaccounted');
    expect(unaccounted.map(({ path, detail }) => `${path}: ${detail}`)).toEqual([]);
  });

  it.each(kinds.filter(([, { kind, role }]) => core.has(kind) && role === 'read'))(
    'understands nine tenths of what the mesh implements of %s',
    (...kind) => {
      expect(shareOf(accountFor(kind)).percent).toBeGreaterThanOrEqual(90);
    },
  );

  const rows = setAside.filter(row => row.adapter === id).map(row => [row.why, row] as const);

  it.skipIf(rows.length === 0).each(rows)('sets fields aside with reason: %s', (_, row) => {
    for (const name of row.kinds) {
      const fields = kinds
        .filter(([, { kind }]) => kind === name)
        .flatMap(kind => accountFor(kind).fields)
        .filter(({ path }) => takes(row, path));
      expect(fields.length).toBeGreaterThan(0);
      expect(fields.filter(({ verdict }) => verdict !== 'reported').map(({ path }) => path)).toEqual([]);
    }
  });
});
