import type { Field } from '../../base/field.ts';
import type { HeaderMatch, Match, PathMatch, QueryMatch, TextMatch } from '../../model/match.ts';
import { anySegment } from './ranking.ts';
import { type GatewayApiReading, report } from './reading.ts';

/** `never`: the match is of a kind that is not defined, and takes no request. */
type Read<T> = T | 'never';

/** One entry of `HTTPRoute.spec.rules[].matches`. */
export const readHttpMatch = (field: Field, reading: GatewayApiReading): Read<Match> => {
  const path = readPath(field.at('path'), reading);
  const headers = readNamed(field.list('headers'), 'headers', reading);
  const query = readNamed(field.list('queryParams'), 'queryParams', reading);
  const method = field.text('method');
  if (path === 'never' || headers === 'never' || query === 'never') return 'never';
  return {
    ...(path ? { path } : {}),
    ...(method === undefined ? {} : { method: { kind: 'exact', value: method } }),
    ...headerParts(headers, reading),
    ...(query.length > 0 ? { query: query.map(item => queryMatch(item, reading)) } : {}),
    source: field,
  };
};

/** One entry of `GRPCRoute.spec.rules[].matches`: a method is the path `/service/method`. */
export const readGrpcMatch = (field: Field, reading: GatewayApiReading): Read<Match> => {
  const path = readGrpcMethod(field.at('method'), reading);
  const headers = readNamed(field.list('headers'), 'headers', reading);
  if (path === 'never' || headers === 'never') return 'never';
  return { ...(path ? { path } : {}), ...headerParts(headers, reading), source: field };
};

const readPath = (field: Field | undefined, reading: GatewayApiReading): Read<PathMatch | undefined> => {
  if (!field) return undefined;
  const value = field.text('value') ?? '/';
  const type = field.text('type') ?? 'PathPrefix';
  if (type === 'Exact') return { kind: 'exact', value };
  if (type === 'RegularExpression') return { kind: 'regex', regex: { pattern: value, ...reading.profile.regex } };
  if (type === 'PathPrefix' && reading.profile.prefixes === 'text')
    return value === '/' ? undefined : { kind: 'prefix', value };
  // `/foo/` and `/foo` are one prefix (HTTPPathMatch); observed-istio 15.2.
  if (type === 'PathPrefix') return { kind: 'segmentPrefix', value: value.replace(/\/+$/, '') };
  return undefinedType(field, type, reading);
};

const readGrpcMethod = (field: Field | undefined, reading: GatewayApiReading): Read<PathMatch | undefined> => {
  if (!field) return undefined;
  const service = field.text('service') || undefined;
  const method = field.text('method') || undefined;
  const type = field.text('type') ?? 'Exact';
  if (type !== 'Exact' && type !== 'RegularExpression') return undefinedType(field, type, reading);
  if (service === undefined && method === undefined) return undefined;
  if (type === 'Exact') {
    if (service !== undefined && method !== undefined) return { kind: 'exact', value: `/${service}/${method}` };
    if (service !== undefined) return { kind: 'segmentPrefix', value: `/${service}` };
  }
  const literal = (text: string): string =>
    type === 'Exact' ? text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : `(?:${text})`;
  const part = (text: string | undefined): string => (text === undefined ? anySegment : literal(text));
  return { kind: 'regex', regex: { pattern: `/${part(service)}/${part(method)}`, ...reading.profile.regex } };
};

const undefinedType = (field: Field, type: string, reading: GatewayApiReading): 'never' => {
  report(reading, 'GWAPI004', field, `type \`${type}\` of a match is not defined`);
  return 'never';
};

interface Named {
  readonly name: string;
  readonly match: TextMatch;
  readonly source: Field;
}

/** Of several entries with one name only the first is considered (HTTPHeaderMatch.name, HTTPQueryParamMatch.name). */
const readNamed = (
  fields: readonly Field[],
  what: 'headers' | 'queryParams',
  reading: GatewayApiReading,
): Read<readonly Named[]> => {
  const items: Named[] = [];
  for (const field of fields) {
    const written = field.text('name') ?? '';
    const name = what === 'headers' ? written.toLowerCase() : written;
    if (items.some(item => item.name === name)) {
      report(reading, 'GWAPI013', field, `\`${name}\` is matched twice; only the first entry counts`);
      field.leave('a second entry for one name');
      continue;
    }
    const value = field.text('value') ?? '';
    const type = field.text('type') ?? 'Exact';
    if (type === 'Exact') items.push({ name, match: { kind: 'exact', value }, source: field });
    else if (type === 'RegularExpression') {
      items.push({
        name,
        match: { kind: 'regex', regex: { pattern: value, ...reading.profile.regex } },
        source: field,
      });
    } else return undefinedType(field, type, reading);
  }
  return items;
};

const headerParts = (headers: readonly Named[], { profile }: GatewayApiReading): Pick<Match, 'headers'> =>
  headers.length === 0
    ? {}
    : {
        headers: headers.map(
          (item): HeaderMatch => ({ ...item, inverted: false, missing: 'noMatch', repeated: profile.repeatedHeaders }),
        ),
      };

const queryMatch = (item: Named, { profile }: GatewayApiReading): QueryMatch => ({
  ...item,
  repeated: profile.repeatedQuery,
  decoded: profile.decodesQuery,
});
