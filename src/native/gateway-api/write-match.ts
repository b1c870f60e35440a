import type { HeaderMatch, Match, PathMatch, QueryMatch, TextMatch } from '../../model/match.ts';
import { anySegment } from './ranking.ts';
import { pathPattern, textPattern } from './regex-text.ts';

type Json = Readonly<Record<string, unknown>>;

/** An entry of `HTTPRoute.spec.rules[].matches`. Parts without a form of their own are written as expressions. */
export const writeHttpMatch = (match: Match): Json => ({
  ...(match.path ? { path: writePath(match.path) } : {}),
  ...(match.headers ? { headers: match.headers.map(writeNamed) } : {}),
  ...(match.query ? { queryParams: match.query.map(writeNamed) } : {}),
  ...(match.method?.kind === 'exact' ? { method: match.method.value } : {}),
});

const writePath = (path: PathMatch): Json => {
  // Every path, whatever its case.
  if ((path.kind === 'prefix' || path.kind === 'segmentPrefix') && /^\/?$/.test(path.value)) {
    return { type: 'PathPrefix', value: '/' };
  }
  if (path.kind === 'regex' || path.kind === 'prefix' || path.ignoreCase) {
    return { type: 'RegularExpression', value: pathPattern(path) };
  }
  return { type: path.kind === 'exact' ? 'Exact' : 'PathPrefix', value: path.value };
};

const writeNamed = ({ name, match }: HeaderMatch | QueryMatch): Json => ({ name, ...writeText(match) });

const writeText = (match: TextMatch): Json =>
  match.kind === 'exact' && !match.ignoreCase
    ? { type: 'Exact', value: match.value }
    : { type: 'RegularExpression', value: textPattern(match) };

/** An entry of `GRPCRoute.spec.rules[].matches`; undefined if the match says something that only HTTP has words for. */
export const writeGrpcMatch = (match: Match): Json | undefined => {
  const method = match.path ? grpcMethod(match.path) : {};
  // Every call is a POST, but a GRPCRoute does not look: what is none goes the way of its path as well.
  if (!method || match.method || match.query) return undefined;
  return {
    ...(Object.keys(method).length > 0 ? { method } : {}),
    ...(match.headers ? { headers: match.headers.map(writeNamed) } : {}),
  };
};

const grpcMethod = (path: PathMatch): Json | undefined => {
  if (path.kind === 'regex') return grpcExpression(path.regex.pattern);
  if (path.ignoreCase) return undefined;
  if (path.kind === 'prefix') return /^\/?$/.test(path.value) ? {} : grpcService(path.value, /^\/([^/]+)\/$/);
  if (path.kind === 'segmentPrefix') return path.value === '' ? {} : grpcService(path.value, /^\/([^/]+)$/);
  const parts = /^\/([^/]+)\/([^/]+)$/.exec(path.value);
  return parts ? { type: 'Exact', service: parts[1], method: parts[2] } : undefined;
};

const grpcService = (text: string, form: RegExp): Json | undefined => {
  const service = form.exec(text)?.[1];
  return service === undefined ? undefined : { type: 'Exact', service };
};

/** The expressions that reading a GRPCRoute makes. */
const grpcExpression = (pattern: string): Json | undefined => {
  const any = `/${anySegment}`;
  const bare = (part: string): string | undefined =>
    /^\(\?:([^()]*)\)$/.exec(part)?.[1] ?? (/[()/]/.test(part) ? undefined : part);
  if (pattern.startsWith(`${any}/`)) {
    const method = bare(pattern.slice(any.length + 1));
    return method === undefined ? undefined : { type: 'RegularExpression', method };
  }
  if (pattern.endsWith(any)) {
    const service = bare(pattern.slice(1, -any.length));
    return service === undefined ? undefined : { type: 'RegularExpression', service };
  }
  const parts = /^\/(\(\?:[^()]*\))\/(\(\?:[^()]*\))$/.exec(pattern);
  if (!parts) return undefined;
  return { type: 'RegularExpression', service: bare(parts[1]!), method: bare(parts[2]!) };
};
