import type { Cors } from '../../model/capabilities/cors.ts';
import type { TextMatch } from '../../model/match.ts';
import { askHeader, askMethod, askNoHeader, headerValues } from '../asking.ts';
import type { Notes } from '../findings.ts';
import type { Sight } from '../matches.ts';
import type { HeaderChange } from '../outcome.ts';

/** What cross-origin rules do to one request. */
export interface CorsAnswer {
  /** The proxy answers the preflight itself; `permitted`: and gives leave to the origin. */
  readonly answered: boolean;
  readonly permitted: boolean;
  readonly headers?: HeaderChange;
}

const shared = (cors: Cors, origin: string): Record<string, string> => ({
  'access-control-allow-origin': origin,
  ...(cors.allowCredentials ? { 'access-control-allow-credentials': 'true' } : {}),
});

const preflightMethod: TextMatch = { kind: 'exact', value: 'OPTIONS' };

/** An Origin without a value is none (seen, Envoy 1.40). */
const nothing: TextMatch = { kind: 'exact', value: '' };

const listed = (header: string, values: readonly string[] | undefined): Record<string, string> =>
  values && values.length > 0 ? { [header]: values.join(',') } : {};

const permissions = (cors: Cors): Record<string, string> => ({
  ...listed('access-control-allow-methods', cors.allowMethods),
  ...listed('access-control-allow-headers', cors.allowHeaders),
  ...(cors.maxAgeSeconds === undefined ? {} : { 'access-control-max-age': String(cors.maxAgeSeconds) }),
});

/**
 * Undefined: the rules have nothing to say. A preflight from an allowed origin is answered whatever it asks for; the
 * answer lists what is allowed. From another origin it goes on, or gets the same lists without leave for its origin. Other
 * requests are never held back (all observed).
 */
export const corsAnswer = (cors: Cors, sight: Sight, notes?: Notes): CorsAnswer | undefined => {
  const [origin] = headerValues(sight, 'origin');
  if (askNoHeader('origin', sight, notes) || origin === undefined) return undefined;
  if (askHeader({ name: 'origin', match: nothing, repeated: 'first' }, sight, notes)) return undefined;
  const isPreflight =
    askMethod(preflightMethod, sight, notes) && !askNoHeader('access-control-request-method', sight, notes);
  const isAllowed = cors.allowOrigins.some(match =>
    askHeader({ name: 'origin', match, repeated: 'first' }, sight, notes),
  );
  if (isPreflight) {
    const answer = { answered: true, permitted: isAllowed };
    if (isAllowed) return { ...answer, headers: { set: { ...shared(cors, origin), ...permissions(cors) } } };
    if (cors.unmatchedPreflights !== 'ignore') return undefined;
    const lists = permissions(cors);
    return Object.keys(lists).length > 0 ? { ...answer, headers: { set: lists } } : answer;
  }
  if (!isAllowed) return undefined;
  const headers = { ...shared(cors, origin), ...listed('access-control-expose-headers', cors.exposeHeaders) };
  return { answered: false, permitted: true, headers: { set: headers } };
};
