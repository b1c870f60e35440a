import type { Field } from '../../../base/field.ts';
import { parseDurationMs } from '../../../base/units.ts';
import type {
  RequestAuthentication,
  TokenIssuer,
  TokenKeys,
} from '../../../model/capabilities/request-authentication.ts';
import { namespaceOf } from '../../../native/snapshot.ts';
import { objectsOf, type Reading } from '../reading.ts';
import { policyScopes } from './policy-scope.ts';

/** RequestAuthentications. Those that cover one server add up: a token of any of their issuers is taken (row 14.14). */
export const readRequestAuthentications = (reading: Reading): RequestAuthentication[] =>
  objectsOf(reading, 'security.istio.io', 'RequestAuthentication').flatMap(object => {
    const spec = reading.snapshot.field(object).at('spec');
    spec?.isEmptyObject();
    const scopes = policyScopes(reading, object, spec);
    if (scopes.length === 0) spec?.leave('nothing that is known is a target of this policy');
    return scopes.flatMap(scope => {
      const issuers = (spec?.list('jwtRules') ?? []).map(readIssuer);
      if (!spec || issuers.length === 0) return [];
      const place = scope.gateway === undefined ? '' : ` at ${scope.gateway}`;
      return [{ id: `${namespaceOf(object.ref)}/${object.ref.name}${place}`, scope, issuers, source: spec }];
    });
  });

const readIssuer = (rule: Field): TokenIssuer => {
  const timeout = rule.text('timeout');
  const timeoutMs = timeout === undefined ? undefined : parseDurationMs(timeout);
  const headers = rule.at('fromHeaders') && rule.list('fromHeaders').map(readHeader);
  const claims = rule.at('outputClaimToHeaders') && rule.list('outputClaimToHeaders').map(readClaimHeader);
  return {
    issuer: rule.text('issuer') ?? '',
    ...given('audiences', rule.texts('audiences')),
    keys: keysOf(rule),
    ...given('keysTimeoutMs', timeoutMs),
    ...given('fromHeaders', headers),
    ...given('fromParams', rule.texts('fromParams')),
    ...given('fromCookies', rule.texts('fromCookies')),
    ...given('forwardToken', rule.boolean('forwardOriginalToken')),
    ...given('payloadHeader', rule.text('outputPayloadToHeader')),
    ...given('claimHeaders', claims),
    spaceDelimitedClaims: [...new Set([...(rule.texts('spaceDelimitedClaims') ?? []), ...alwaysSplit])].sort(),
    source: rule,
  };
};

/** Claims that Istio takes for lists separated by blanks, whatever is written. */
export const alwaysSplit: readonly string[] = ['permission', 'scope'];

const given = <K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } =>
  value === undefined ? {} : ({ [key]: value } as { [P in K]?: T });

/** `jwks` before `jwksUri`, which has an older spelling; with neither, the issuer's OpenID configuration is asked. */
const keysOf = (rule: Field): TokenKeys => {
  const keySet = rule.text('jwks');
  const url = rule.text('jwksUri') ?? rule.text('jwks_uri');
  if (keySet !== undefined && keySet !== '') return { kind: 'inline', keySet };
  return url === undefined || url === '' ? { kind: 'discovered' } : { kind: 'url', url };
};

const readHeader = (field: Field): { readonly name: string; readonly prefix?: string } => ({
  name: field.text('name') ?? '',
  ...given('prefix', field.text('prefix')),
});

const readClaimHeader = (field: Field): { readonly header: string; readonly claim: string } => ({
  header: field.text('header') ?? '',
  claim: field.text('claim') ?? '',
});
