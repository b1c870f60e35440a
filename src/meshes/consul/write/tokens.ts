import type { Manifest } from '../../../adapter/adapter.ts';
import { approximated, refused, type Verdict } from '../../../adapter/disposition.ts';
import { digest } from '../../../base/digest.ts';
import { isSame } from '../../../base/same.ts';
import type { AccessCondition } from '../../../model/capabilities/access.ts';
import type { RequestAuthentication, TokenIssuer } from '../../../model/capabilities/request-authentication.ts';
import type { Model } from '../../../model/model.ts';
import { toBase64 } from '../../../native/base64.ts';
import { entryManifest } from './chain-plan.ts';
import type { Judging } from './judging.ts';

type Spec = Readonly<Record<string, unknown>>;
type Known = Pick<Judging, 'model' | 'target'>;

/** The name of the JWTProvider of an issuer, the same whenever the same is written. */
const providerName = (issuer: string): string => `issuer-${digest(issuer)}`;

const issuersIn = ({ requestAuthentication }: Pick<Model, 'requestAuthentication'>): readonly TokenIssuer[] =>
  requestAuthentication.flatMap(({ issuers }) => issuers);

/** What Consul knows of an issuer, without where it was written. */
const contentOf = ({ source: _, keysTimeoutMs: __, ...issuer }: TokenIssuer): unknown => JSON.stringify(issuer);

/** Whether a token of this issuer can be asked for. */
const isSayable = (issuer: TokenIssuer, { model, target }: Known): string | undefined => {
  if (target.defaults.access.value !== 'deny') return 'tokens are asked for only where nobody is let in by default';
  if (issuer.keys.kind === 'discovered') return 'keys are found at an address or in the provider itself';
  const other = issuersIn(model).find(one => one.issuer === issuer.issuer);
  return other && !isSame(contentOf(other), contentOf(issuer)) ? 'an issuer is the same for all services' : undefined;
};

const demandedIssuers = (condition: Pick<AccessCondition, 'values'>, known: Known): readonly TokenIssuer[] => {
  const all = issuersIn(known.model).filter(issuer => isSayable(issuer, known) === undefined);
  return condition.values.flatMap(value => {
    if (value.kind === 'present') return all;
    return value.kind === 'prefix' ? all.filter(({ issuer }) => value.value === `${issuer}/`) : [];
  });
};

/** Somebody's token, whoever issued it: what a claim alone asks for. */
const anyToken: Pick<AccessCondition, 'values'> = { values: [{ kind: 'present' }] };

/**
 * The tokens that conditions ask for, as `jwt` of a permission; `none`: they ask for none; undefined: it cannot be said. One
 * claim has one value, and all of them belong to the issuers that are asked for; those of every issuer, if none is named.
 */
export const tokenDemand = (
  conditions: readonly AccessCondition[],
  known: Known,
): { readonly providers: readonly Spec[] } | 'none' | undefined => {
  const asked = conditions.filter(isOfToken);
  if (asked.length === 0) return 'none';
  const principals = asked.filter(({ attribute }) => attribute === 'token.principal');
  const claims = asked.filter(({ attribute }) => attribute.startsWith('token.claim:'));
  const [principal = anyToken, ...more] = principals;
  if (more.length > 0 || asked.length !== principals.length + claims.length) return undefined;
  if (asked.some(({ negated, whenAbsent }) => negated || whenAbsent === 'holds')) return undefined;
  const issuers = demandedIssuers(principal, known);
  const isWhole = principal.values.every(
    value => value.kind === 'present' || demandedIssuers({ values: [value] }, known).length > 0,
  );
  const verifyClaims = claims.flatMap(({ attribute, values: [only, ...others] }) =>
    only?.kind === 'exact' && !only.ignoreCase && others.length === 0
      ? [{ path: attribute.slice('token.claim:'.length).split('/'), value: only.value }]
      : [],
  );
  if (issuers.length === 0 || !isWhole || verifyClaims.length !== claims.length) return undefined;
  const providers = issuers.map(({ issuer }) => ({
    name: providerName(issuer),
    ...(verifyClaims.length > 0 ? { verifyClaims } : {}),
  }));
  return { providers };
};

export const isOfToken = ({ attribute }: AccessCondition): boolean => attribute.startsWith('token.');

/** Whether some rule asks for a token of an issuer: a provider that no intention names is not looked at. */
const isDemanded = (issuer: TokenIssuer, known: Known): boolean =>
  known.model.access.some(({ rules }) =>
    rules.some(
      ({ effect, clauses }) =>
        effect === 'allow' &&
        clauses.some(({ conditions }) => {
          const demand = tokenDemand(conditions, known);
          return (
            typeof demand === 'object' && demand.providers.some(({ name }) => name === providerName(issuer.issuer))
          );
        }),
    ),
  );

/** How long keys may take that are fetched: said once for an issuer, by whoever speaks of it first. */
const timeoutOf = ({ issuer, keys }: TokenIssuer, { model }: Known): Pick<TokenIssuer, 'keysTimeoutMs'> => {
  const keysTimeoutMs = issuersIn(model).find(one => one.issuer === issuer)?.keysTimeoutMs;
  return keysTimeoutMs === undefined || keys.kind === 'inline' ? {} : { keysTimeoutMs };
};

/** What a JWTProvider can say of an issuer: not which headers get claims. */
export const issuerVerdict = (issuer: TokenIssuer, _: RequestAuthentication, known: Known): Verdict<TokenIssuer> => {
  const unsayable = isSayable(issuer, known) ?? (isDemanded(issuer, known) ? undefined : 'no intention asks for one');
  if (unsayable !== undefined) {
    return refused('access-token', `tokens of \`${issuer.issuer}\` would not be verified: ${unsayable}`, {
      severity: 'security',
      workaround: 'verify tokens in the application, or set `default_intention_policy: deny` and ask for them',
    });
  }
  const { claimHeaders, spaceDelimitedClaims, keysTimeoutMs, ...plain } = issuer;
  const timeout = timeoutOf(issuer, known);
  const said = { ...plain, ...timeout };
  if (claimHeaders || spaceDelimitedClaims) {
    return approximated(said, 'access-token-headers', 'claims are not copied to headers nor split at blanks');
  }
  if (timeout.keysTimeoutMs !== keysTimeoutMs) {
    return approximated(
      said,
      'access-token-headers',
      'how long keys may take is said of those that are fetched, and the same for all services',
    );
  }
  return 'applied';
};

/** The providers of all issuers that are left. */
export const providerManifests = (model: Model, { target }: Judging): readonly Manifest[] => {
  const byName = new Map(issuersIn(model).map(issuer => [providerName(issuer.issuer), issuer]));
  return [...byName]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, issuer]) => entryManifest('JWTProvider', name, target.namespace, providerSpec(issuer)));
};

const providerSpec = (issuer: TokenIssuer): Spec => {
  const { keys, audiences, fromHeaders = [], fromParams = [], fromCookies = [], forwardToken, payloadHeader } = issuer;
  const wait = issuer.keysTimeoutMs === undefined ? {} : { requestTimeoutMs: issuer.keysTimeoutMs };
  const headers =
    forwardToken && fromHeaders.length === 0 ? [{ name: 'Authorization', prefix: 'Bearer ' }] : fromHeaders;
  const locations = [
    ...headers.map(({ name, prefix }) => ({
      header: {
        name,
        ...(prefix === undefined ? {} : { valuePrefix: prefix.trimEnd() }),
        ...(forwardToken ? { forward: true } : {}),
      },
    })),
    ...fromParams.map(name => ({ queryParam: { name } })),
    ...fromCookies.map(name => ({ cookie: { name } })),
  ];
  return {
    issuer: issuer.issuer,
    ...(audiences ? { audiences } : {}),
    jsonWebKeySet:
      keys.kind === 'inline'
        ? { local: { jwks: toBase64(keys.keySet) } }
        : { remote: { uri: keys.kind === 'url' ? keys.url : '', fetchAsynchronously: true, ...wait } },
    ...(locations.length > 0 ? { locations } : {}),
    ...(payloadHeader === undefined ? {} : { forwarding: { headerName: payloadHeader } }),
  };
};
