import type { Source } from '../../../base/source.ts';
import type { AccessCondition } from '../../../model/capabilities/access.ts';
import type { TokenIssuer, TokenKeys } from '../../../model/capabilities/request-authentication.ts';
import { fromBase64 } from '../../../native/base64.ts';
import type { EntryField } from '../entry-field.ts';
import { type Entry, entriesByName, type Reading, report } from '../reading.ts';

/** What JWTProviders say, by name. */
export type Providers = ReadonlyMap<string, TokenIssuer>;

/** A token of one provider that a request has to carry, and what it has to say. */
export interface TokenDemand {
  readonly issuer: TokenIssuer;
  readonly conditions: readonly AccessCondition[];
}

export const readProviders = (reading: Pick<Reading, 'snapshot' | 'objects' | 'findings'>): Providers => {
  const providers = new Map<string, TokenIssuer>();
  for (const [name, entry] of entriesByName(reading, 'JWTProvider')) {
    const issuer = readProvider(entry);
    if (issuer) providers.set(name, issuer);
  }
  return providers;
};

const readProvider = ({ spec, object }: Entry): TokenIssuer | undefined => {
  const issuer = spec?.text('issuer');
  leaveFetching(spec);
  if (!spec || issuer === undefined) return undefined;
  const remote = spec.find('jsonWebKeySet', 'remote');
  const keysTimeoutMs = remote?.number('requestTimeoutMs');
  const audiences = spec.texts('audiences');
  const places = spec.list('locations');
  const fromHeaders = places.flatMap(place => {
    const header = place.at('header');
    const name = header?.text('name');
    const prefix = header?.text('valuePrefix');
    return name === undefined ? [] : [{ name, ...(prefix === undefined ? {} : { prefix: `${prefix} ` }) }];
  });
  const fromParams = places.flatMap(place => place.at('queryParam')?.text('name') ?? []);
  const fromCookies = places.flatMap(place => place.at('cookie')?.text('name') ?? []);
  const forwards = places.some(place => place.at('header')?.boolean('forward') === true);
  const payloadHeader = spec.at('forwarding')?.text('headerName');
  return {
    issuer,
    ...(audiences && audiences.length > 0 ? { audiences } : {}),
    keys: keysOf(spec.at('jsonWebKeySet')),
    ...(keysTimeoutMs === undefined ? {} : { keysTimeoutMs }),
    ...(fromHeaders.length > 0 ? { fromHeaders } : {}),
    ...(fromParams.length > 0 ? { fromParams } : {}),
    ...(fromCookies.length > 0 ? { fromCookies } : {}),
    // A token that is in order is taken off, unless its place says to forward it (observed, row 4.17).
    forwardToken: forwards,
    ...(payloadHeader === undefined ? {} : { payloadHeader }),
    source: { object: object.ref, path: '' },
  };
};

/** What changes nothing about which tokens are taken. */
const leaveFetching = (spec: EntryField | undefined): void => {
  for (const key of ['clockSkewSeconds', 'cacheConfig'])
    spec?.leave(key, 'it changes how tokens are verified, not which');
  spec?.find('forwarding')?.leave('padForwardPayloadHeader', 'how the payload is padded is not told');
  const remote = spec?.find('jsonWebKeySet', 'remote');
  for (const key of ['cacheDuration', 'fetchAsynchronously', 'useSNI', 'jwksCluster', 'retryPolicy'])
    remote?.leave(key, 'how keys are fetched is not told');
};

const keysOf = (set: EntryField | undefined): TokenKeys => {
  const inline = set?.at('local')?.text('jwks');
  if (inline !== undefined) return { kind: 'inline', keySet: fromBase64(inline) ?? inline };
  const url = set?.at('remote')?.text('uri');
  const file = set?.at('local')?.text('filename');
  return { kind: 'url', url: url ?? `file:${file ?? ''}` };
};

/** The tokens of which one has to be there. */
export const demandOf = (
  jwt: EntryField | undefined,
  providers: Providers,
  told: Pick<Reading, 'findings'>,
): readonly TokenDemand[] =>
  (jwt?.list('providers') ?? []).flatMap(demand => {
    const name = demand.text('name');
    const issuer = providers.get(name ?? '') ?? unknownIssuer(name ?? '', demand);
    if (!providers.has(name ?? '')) report(told, 'CONSUL206', demand, `JWTProvider \`${name}\` is not in the input`);
    const claims = demand.list('verifyClaims').flatMap((claim): readonly AccessCondition[] => {
      const path = claim.texts('path') ?? [];
      const value = claim.text('value');
      if (path.length === 0 || value === undefined) return [];
      return [
        { ...asked, attribute: `token.claim:${path.join('/')}`, values: [{ kind: 'exact', value }], source: claim },
      ];
    });
    const principal: AccessCondition = {
      ...asked,
      attribute: 'token.principal',
      values: [{ kind: 'prefix', value: `${issuer.issuer}/` }],
      source: demand,
    };
    return [{ issuer, conditions: [principal, ...claims] }];
  });

const asked = { negated: false, whenAbsent: 'fails', whenNotHttp: 'fails' } as const;

/** Whoever it is: nobody else has a token of theirs. */
const unknownIssuer = (name: string, source: Source): TokenIssuer => ({
  issuer: name,
  keys: { kind: 'discovered' },
  source,
});
