import { re2 } from '../../../adapter/re2.ts';
import type { HeaderMatch, Match, PathMatch, QueryMatch, Regex, TextMatch } from '../../../model/match.ts';
import { re2Problem } from '../../../native/re2.ts';
import type { EntryField } from '../entry-field.ts';
import { type Reading, report } from '../reading.ts';

type Told = Pick<Reading, 'findings'>;

/** An expression that Consul lets in and Envoy refuses stops all updates of the clients' routes (observed, row 0.6). */
export const readRegex = (field: EntryField, key: string, told: Told): Regex | undefined => {
  const pattern = field.text(key);
  if (pattern === undefined) return undefined;
  const problem = re2Problem(pattern);
  if (problem !== undefined) {
    report(told, 'CONSUL102', field.at(key), `\`${pattern}\`: ${problem}`);
  }
  return re2(pattern);
};

/**
 * One of `pathExact`, `pathPrefix`, `pathRegex`; the prefix is one of the text (rows 1.1 to 1.5). `caseInsensitive` does
 * nothing to an expression.
 */
export const readPath = (http: EntryField, told: Told): PathMatch | undefined => {
  const folded = http.boolean('caseInsensitive') ? { ignoreCase: true } : {};
  const exact = http.text('pathExact');
  if (exact !== undefined) return { kind: 'exact', value: exact, ...folded };
  const prefix = http.text('pathPrefix');
  if (prefix !== undefined) return { kind: 'prefix', value: prefix, ...folded };
  const regex = readRegex(http, 'pathRegex', told);
  if (!regex) return undefined;
  http.leave('caseInsensitive', 'it does nothing to an expression (observed)');
  return { kind: 'regex', regex };
};

const readText = (field: EntryField, told: Told): TextMatch | undefined => {
  const exact = field.text('exact');
  if (exact !== undefined) return { kind: 'exact', value: exact };
  const prefix = field.text('prefix');
  if (prefix !== undefined) return { kind: 'prefix', value: prefix };
  const suffix = field.text('suffix');
  if (suffix !== undefined) return { kind: 'suffix', value: suffix };
  const regex = readRegex(field, 'regex', told);
  if (regex) return { kind: 'regex', regex };
  return field.boolean('present') ? { kind: 'present' } : undefined;
};

/**
 * A condition on a header. Inverted, a value asks for the header to be there and to have another one; only "present"
 * inverted takes requests without it (observed, row 0.5). Of several lines any is enough (row 0.13).
 */
const readHeader = (field: EntryField, told: Told): readonly HeaderMatch[] => {
  const name = field.text('name')?.toLowerCase();
  const match = readText(field, told);
  const inverted = field.boolean('invert') ?? false;
  if (name === undefined || !match) {
    report(told, 'CONSUL104', field, 'a condition on a header needs a name and one kind of value');
    return [];
  }
  const common = { name, missing: 'noMatch', repeated: 'any', source: field } as const;
  const condition: HeaderMatch = { ...common, match, inverted };
  if (!inverted || match.kind === 'present') return [condition];
  return [{ ...common, match: { kind: 'present' }, inverted: false }, condition];
};

/** Of a repeated parameter the first value counts, as it was sent (observed, row 1.12). */
const readQuery = (field: EntryField, told: Told): readonly QueryMatch[] => {
  const name = field.text('name');
  const match = readText(field, told);
  if (name === undefined || !match) {
    report(told, 'CONSUL104', field, 'a condition on a parameter needs a name and one kind of value');
    return [];
  }
  return [{ name, match, repeated: 'first', decoded: false, source: field }];
};

/** Whether a match says something that cannot be: such an entry is refused as a whole, and its rule takes nothing. */
export const readMatch = (match: EntryField | undefined, told: Told): Match => {
  const http = match?.at('http');
  if (!http) return match ? { source: match } : {};
  const path = readPath(http, told);
  const headers = http.list('header').flatMap(header => readHeader(header, told));
  const query = http.list('queryParam').flatMap(parameter => readQuery(parameter, told));
  const methods = http.texts('methods') ?? [];
  return {
    ...(path ? { path } : {}),
    ...(headers.length > 0 ? { headers } : {}),
    ...(query.length > 0 ? { query } : {}),
    ...(methods.length > 0 ? { method: methodMatch(methods) } : {}),
    source: http,
  };
};

/** Methods are one expression over all of them, in capitals (row 1.13). */
export const methodMatch = (methods: readonly string[]): TextMatch => {
  const [only, ...more] = methods.map(method => method.toUpperCase());
  return more.length === 0 ? { kind: 'exact', value: only! } : { kind: 'regex', regex: re2([only, ...more].join('|')) };
};
