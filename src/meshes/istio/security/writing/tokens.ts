import { type Manifest, ownershipLabel } from '../../../../adapter/adapter.ts';
import { refused, type Verdict } from '../../../../adapter/disposition.ts';
import { formatDuration } from '../../../../base/units.ts';
import type { RequestAuthentication, TokenIssuer } from '../../../../model/capabilities/request-authentication.ts';
import { alwaysSplit } from '../request-authentication.ts';
import { Names } from './names.ts';
import { placementsOf, type Writing } from './placement.ts';

/** A RequestAuthentication holds for all ports of what it is attached to. */
export const issuerVerdict = (
  issuer: TokenIssuer,
  { scope }: RequestAuthentication,
  writing: Writing,
): Verdict<TokenIssuer> => {
  if (!scope.ports && placementsOf(scope, writing)) return 'applied';
  const what = scope.ports ? 'for some ports only' : 'for hosts outside';
  return refused('access-token', `tokens of \`${issuer.issuer}\` cannot be verified ${what}`, {
    severity: 'security',
    workaround: 'verify them at all ports of the workload',
  });
};

/** One object for each place. */
export const emitRequestAuthentications = (writing: Writing): Manifest[] => {
  const names = new Names();
  return writing.model.requestAuthentication.flatMap(({ id, scope, issuers }) =>
    (placementsOf(scope, writing) ?? []).map(({ namespace, attachment }) => ({
      apiVersion: 'security.istio.io/v1',
      kind: 'RequestAuthentication',
      metadata: { name: names.take(namespace, names.from(id)), namespace, labels: ownershipLabel },
      spec: { ...attachment, jwtRules: issuers.map(writeIssuer) },
    })),
  );
};

const writeIssuer = (issuer: TokenIssuer): Readonly<Record<string, unknown>> => {
  const { keys, keysTimeoutMs, spaceDelimitedClaims = [] } = issuer;
  const claims = spaceDelimitedClaims.filter(claim => !alwaysSplit.includes(claim));
  return {
    ...(issuer.issuer === '' ? {} : { issuer: issuer.issuer }),
    ...given('audiences', issuer.audiences),
    ...(keys.kind === 'url' ? { jwksUri: keys.url } : keys.kind === 'inline' ? { jwks: keys.keySet } : {}),
    ...given('fromHeaders', issuer.fromHeaders),
    ...given('fromParams', issuer.fromParams),
    ...given('fromCookies', issuer.fromCookies),
    ...given('forwardOriginalToken', issuer.forwardToken),
    ...given('outputPayloadToHeader', issuer.payloadHeader),
    ...given('outputClaimToHeaders', issuer.claimHeaders),
    ...(claims.length > 0 ? { spaceDelimitedClaims: claims } : {}),
    ...(keysTimeoutMs === undefined ? {} : { timeout: formatDuration(keysTimeoutMs) }),
  };
};

const given = (key: string, value: unknown): Readonly<Record<string, unknown>> =>
  value === undefined ? {} : { [key]: value };
