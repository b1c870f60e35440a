import type { HeaderMatch, Match, PathMatch, QueryMatch, TextMatch } from '../../../model/match.ts';
import { readRegex } from '../chain/read-match.ts';
import type { EntryField } from '../entry-field.ts';
import { type Reading, report } from '../reading.ts';

type Told = Pick<Reading, 'findings'>;

/**
 * One of `matches` of an HTTP route: a kind and a value for each part. The prefix of a path is one of the text, a missing
 * path every path (observed, rows 8.1 and 0.14).
 */
export const readGatewayMatch = (field: EntryField, told: Told): Match => {
  const path = readPath(field.at('path'), told);
  const method = field.text('method')?.toUpperCase();
  const headers = field.list('headers').flatMap(header => readHeader(header, told));
  const query = field.list('query').flatMap(parameter => readQuery(parameter, told));
  return {
    ...(path ? { path } : {}),
    ...(method === undefined ? {} : { method: { kind: 'exact', value: method } }),
    ...(headers.length > 0 ? { headers } : {}),
    ...(query.length > 0 ? { query } : {}),
    source: field,
  };
};

const readPath = (field: EntryField | undefined, told: Told): PathMatch | undefined => {
  const kind = field?.text('match');
  if (!field || kind === undefined) {
    field?.leave('value', 'without a kind every path is taken');
    return undefined;
  }
  const value = field.text('value') ?? '';
  if (kind === 'prefix') return value === '/' ? undefined : { kind: 'prefix', value };
  if (kind === 'exact') return { kind: 'exact', value };
  const regex = kind === 'regex' ? readRegex(field, 'value', told) : undefined;
  if (regex) return { kind: 'regex', regex };
  report(told, 'CONSUL104', field, `\`${kind}\` is no kind of path`);
  return undefined;
};

const readText = (field: EntryField, kinds: readonly string[], told: Told): TextMatch | undefined => {
  const kind = field.text('match');
  if (kind === undefined || !kinds.includes(kind)) {
    report(told, 'CONSUL104', field, `\`${kind ?? ''}\` is none of ${kinds.join(', ')}`);
    return undefined;
  }
  if (kind === 'present') {
    field.leave('value', 'that it is there is enough');
    return { kind };
  }
  const value = field.text('value');
  if (kind === 'regex') {
    const regex = readRegex(field, 'value', told);
    return regex && { kind, regex };
  }
  return value === undefined ? undefined : { kind: kind as 'exact' | 'prefix' | 'suffix', value };
};

const readHeader = (field: EntryField, told: Told): readonly HeaderMatch[] => {
  const name = field.text('name')?.toLowerCase();
  const match = readText(field, ['exact', 'prefix', 'suffix', 'present', 'regex'], told);
  return name === undefined || !match
    ? []
    : [{ name, match, inverted: false, missing: 'noMatch', repeated: 'any', source: field }];
};

const readQuery = (field: EntryField, told: Told): readonly QueryMatch[] => {
  const name = field.text('name');
  const match = readText(field, ['exact', 'present', 'regex'], told);
  return name === undefined || !match ? [] : [{ name, match, repeated: 'first', decoded: false, source: field }];
};

const pathLength = ({ path }: Match): number => {
  if (!path) return 1;
  return path.kind === 'regex' ? path.regex.pattern.length : Math.max(1, path.value.length);
};

/**
 * Matches in the order in which a gateway asks them: by the length of the path's text, whatever its kind, then the number of
 * conditions on headers, then on parameters; what is still equal in the order of the list. A method counts for nothing
 * (observed, rows 0.14, 8.2 and 8.3; `compareHTTPRules` in agent/consul/discoverychain/gateway_httproute.go, 1.21).
 */
export const byPrecedence = (a: Match, b: Match): number =>
  pathLength(b) - pathLength(a) ||
  (b.headers?.length ?? 0) - (a.headers?.length ?? 0) ||
  (b.query?.length ?? 0) - (a.query?.length ?? 0);
