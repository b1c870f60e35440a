import type { Redirect } from '../../model/capabilities/redirect.ts';
import type { PathMatch } from '../../model/match.ts';
import type { Sight } from '../matches.ts';
import { rewritePath } from './rewrite.ts';

const usualPort: Readonly<Record<string, number>> = { http: 80, https: 443 };

const splitAuthority = (authority: string): { hostname: string; port: number | undefined } => {
  const match = /^(.*?)(?::(\d+))?$/.exec(authority);
  return { hostname: match?.[1] ?? authority, port: match?.[2] === undefined ? undefined : Number(match[2]) };
};

/**
 * The port that is written into the location. A given port wins. Otherwise the request's own is kept, unless the host or
 * the scheme changes so that it would be wrong there (observed: a new authority drops it, `scheme: https` drops `:80`),
 * or the rule asks for the default of the new scheme.
 */
const portOf = (redirect: Redirect, asked: number | undefined, sight: Sight, scheme: string): number | undefined => {
  if (redirect.port !== undefined) return redirect.port;
  if (redirect.portFrom === 'scheme') return usualPort[scheme];
  if (redirect.portFrom === 'request') return sight.port;
  if (redirect.hostname !== undefined) return undefined;
  return redirect.scheme !== undefined && asked === usualPort[sight.scheme] ? undefined : asked;
};

/** The `Location` that the client is sent to; the query is kept. */
export const locationOf = (redirect: Redirect, match: PathMatch | undefined, sight: Sight): string => {
  const asked = splitAuthority(sight.authority);
  const scheme = redirect.scheme ?? sight.scheme;
  const port = portOf(redirect, asked.port, sight, scheme);
  const portText = port === undefined || port === usualPort[scheme] ? '' : `:${port}`;
  const path = redirect.path ? rewritePath(redirect.path, match, sight.path) : sight.path;
  const query = sight.query === undefined ? '' : `?${sight.query}`;
  return `${scheme}://${redirect.hostname ?? asked.hostname}${portText}${path}${query}`;
};
