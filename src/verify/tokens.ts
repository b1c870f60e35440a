import type { Source } from '../base/source.ts';
import type { RequestAuthentication } from '../model/capabilities/request-authentication.ts';
import type { DataPlane } from '../model/mesh.ts';
import type { Notes } from './findings.ts';
import { plainToken, type Token } from './request.ts';

export type TokenVerdict =
  /** Nobody looks, or there is none: the request has no principal. */
  | { readonly kind: 'none' }
  | {
      readonly kind: 'verified';
      readonly token: Token;
      /** Whether the next hop receives the token too; else it is taken out of the request (observed). */
      readonly isForwarded: boolean;
      readonly source?: Source;
    }
  | { readonly kind: 'refused'; readonly status: 401 | 403; readonly why: string; readonly source?: Source };

const splitBlanks = (token: Token, names: readonly string[] | undefined): Token => {
  if (!names?.length) return token;
  const claims = { ...token.claims };
  for (const name of names) {
    const value = claims[name];
    if (typeof value === 'string') claims[name] = value.split(' ');
  }
  return { ...token, claims };
};

/** Tokens of every kind that the covering rules tell apart, and none; for one audience more, if one is needed. */
const tokensToldApart = (covering: readonly RequestAuthentication[], plain: Token): (Token | undefined)[] => [
  undefined,
  { ...plain, issuer: 'https://nobody.example' },
  ...covering
    .flatMap(({ issuers }) => issuers)
    .flatMap(({ issuer, audiences }) => [
      ...(audiences?.length ? audiences.map(each => [...plain.audiences, each]) : [plain.audiences]).map(meant => ({
        ...plain,
        issuer,
        audiences: meant,
      })),
      { ...plain, issuer, audiences: ['somebody-else'] },
      { ...plain, issuer, valid: false },
    ]),
];

/** What of a verdict is the same for tokens that differ in nothing that the rules look at. */
const kindOf = (verdict: TokenVerdict): string => {
  if (verdict.kind === 'none') return verdict.kind;
  return verdict.kind === 'refused' ? `refused ${verdict.status}` : `verified ${verdict.token.issuer}`;
};

/** What rules look at in a token, as text: rules that look at the same ask the same, and others do not. */
const lookedAt = (covering: readonly RequestAuthentication[]): string =>
  JSON.stringify(
    covering.flatMap(({ issuers }) =>
      issuers.map(({ issuer, audiences, spaceDelimitedClaims }) => [issuer, audiences, spaceDelimitedClaims]),
    ),
  );

/** What becomes of tokens that are not in order, at the proxy that looks at them. */
export type FailedTokens = DataPlane['failedTokenCountsAs'];

/** As `verifyToken`; which of the kinds of verdicts it is, is asked kind by kind. */
export const askToken = (
  covering: readonly RequestAuthentication[],
  token: Token | undefined,
  notes: Notes,
  failed?: FailedTokens,
): TokenVerdict => {
  const verdict = verifyToken(covering, token, failed);
  if (covering.length === 0 || !notes.listens) return verdict;
  const hints = (plain: Token): (Token | undefined)[] => tokensToldApart(covering, plain);
  const rules = `${lookedAt(covering)}${failed ? ` failed as ${failed}` : ''}`;
  const kindFor = (candidate: Token | undefined): string => kindOf(verifyToken(covering, candidate, failed));
  const kinds = new Set(hints(plainToken).map(kindFor));
  for (const kind of kinds) {
    const accepts = (candidate: Token | undefined): boolean => kindFor(candidate) === kind;
    if (notes.inquire('token', `${rules} ${kind}`, { kind: 'token', topic: rules, accepts, hints }, accepts(token)))
      break;
  }
  return verdict;
};

/**
 * What the covering rules make of a token. All issuers of all of them count. An invalid or foreign token is refused
 * with 401 (observed); one that is meant for another audience with 403 (Envoy 1.40 `jwt_authn`, JwtAudienceNotAllowed);
 * where failed tokens count as none, the request goes on without a principal.
 */
export const verifyToken = (
  covering: readonly RequestAuthentication[],
  token: Token | undefined,
  failed?: FailedTokens,
): TokenVerdict => {
  const verdict = checked(covering, token);
  return verdict.kind === 'refused' && failed === 'none' ? { kind: 'none' } : verdict;
};

const checked = (covering: readonly RequestAuthentication[], token: Token | undefined): TokenVerdict => {
  const [first] = covering;
  if (!first || !token) return { kind: 'none' };
  const issuer = covering.flatMap(({ issuers }) => issuers).find(candidate => candidate.issuer === token.issuer);
  const source = issuer?.source ?? first.source;
  const at = source ? { source } : {};
  if (!token.valid) return { kind: 'refused', status: 401, why: 'the token is not valid', ...at };
  if (!issuer) return { kind: 'refused', status: 401, why: `nobody trusts the issuer \`${token.issuer}\``, ...at };
  const { audiences } = issuer;
  if (audiences?.length && !audiences.some(audience => token.audiences.includes(audience))) {
    return { kind: 'refused', status: 403, why: 'the token is for another audience', ...at };
  }
  const verified = splitBlanks(token, issuer.spaceDelimitedClaims);
  return { kind: 'verified', token: verified, isForwarded: issuer.forwardToken ?? false, ...at };
};
