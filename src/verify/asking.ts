/** Questions to the parts of a request as a proxy sees it, each reported to the notes with its answer. */
import type { HeaderMatch, QueryMatch, Regex, Repeated, TextMatch } from '../model/match.ts';
import type { Notes } from './findings.ts';
import {
  type Asks,
  beforeStep,
  type Inquiry,
  isPlainText,
  type Part,
  type TextTest,
  type ValuesTest,
} from './inquiry.ts';
import type { Sight } from './matches.ts';
import { regexMatches } from './regex.ts';
import { textMatches } from './text-match.ts';

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** A template as a regular expression: `{*}` is one segment that is not empty, `{**}` any text; the rest is literal. */
export const templateRegex = (template: string): Regex => {
  const pattern = template
    .split(/(\{\*\*\}|\{\*\})/)
    .map(part => (part === '{**}' ? '.*' : part === '{*}' ? '[^/]+' : escaped(part)))
    .join('');
  return { pattern, dialect: 're2', anchoring: 'full' };
};

/** Whether a text is taken by a test. */
export const testHolds = (test: TextTest, text: string, notes?: Notes): boolean => {
  if (test.kind === 'template') return regexMatches(templateRegex(test.template), text);
  if (test.kind === 'rewritten') {
    return text.startsWith(test.from) && testHolds(test.test, test.to + text.slice(test.from.length), notes);
  }
  if (test.kind !== 'segmentPrefix') return textMatches(test, text, notes);
  const asked = test.ignoreCase ? text.toLowerCase() : text;
  const value = test.ignoreCase ? test.value.toLowerCase() : test.value;
  return value === '' || asked === value || asked.startsWith(`${value}/`);
};

/** The values of one name as a question sees them: each on its own, only the first, or joined with commas. */
export const seen = (values: readonly string[], repeated: Repeated): readonly string[] => {
  if (values.length < 2 || repeated === 'any') return values;
  return repeated === 'first' ? values.slice(0, 1) : [values.join(',')];
};

const inquire = (notes: Notes | undefined, part: Part, by: Inquiry['by'], asks: Asks, holds: boolean): boolean =>
  notes ? notes.inquire(part, by, asks, holds) : holds;

/** The test as one about the path that the sender wrote. */
const atSender = (test: TextTest, { path }: NonNullable<Sight['touched']>): TextTest | boolean | undefined => {
  if (path === 'set') return true;
  if (path === 'beyond') return undefined;
  let current: TextTest | boolean | undefined = test;
  for (const step of (path ?? []).toReversed()) {
    if (current === undefined || typeof current === 'boolean') return current;
    current = beforeStep(current, step);
  }
  return current;
};

const tidiedAt = ({ tidied }: Sight) => (tidied === undefined ? {} : { tidied });

export const askPath = (test: TextTest, sight: Sight, notes: Notes | undefined): boolean => {
  const holds = testHolds(test, sight.path, notes);
  if (!notes?.listens) return holds;
  const sent = sight.touched?.path === undefined ? test : atSender(test, sight.touched);
  if (typeof sent === 'boolean') return holds;
  if (sent !== undefined) {
    return notes.inquire(
      'path',
      sent === test ? test : JSON.stringify(sent),
      { kind: 'text', test: sent, ...tidiedAt(sight) },
      holds,
    );
  }
  return notes.inquire('beyond', test, { kind: 'beyond', why: 'a rewritten path is asked about' }, holds);
};

export const askMethod = (test: TextMatch, sight: Sight, notes: Notes | undefined): boolean =>
  inquire(notes, 'method', test, { kind: 'text', test }, textMatches(test, sight.method, notes));

/** Where routes are found by the Host it is one of the names of what is dialled, spelled in one of the usual ways. */
export const askHost = (test: TextMatch, sight: Sight, notes: Notes | undefined): boolean => {
  const holds = textMatches(test, sight.authority, notes);
  if (sight.touched?.host || !notes?.listens) return holds;
  const accepts = (value = sight.usualAuthority): boolean => value !== undefined && textMatches(test, value);
  const by = `${sight.usualAuthority} ${JSON.stringify(test)}`;
  return notes.inquire('host', by, { kind: 'one', accepts, hints: [], text: test }, holds);
};

/** Whether a name has no value, and if it has some, whether a test takes them. */
const askValues = (
  part: Part,
  values: readonly string[],
  by: object,
  test: { readonly match: TextTest; readonly repeated: Repeated; readonly decoded?: boolean },
  notes: Notes | undefined,
): boolean => {
  const holds = seen(values, test.repeated).some(value => testHolds(test.match, value, notes));
  return inquire(notes, part, by, { kind: 'values', test: { kind: 'some', ...test } }, holds);
};

const absent: ValuesTest = { kind: 'absent' };

export const askAbsent = (part: Part, values: readonly string[], notes: Notes | undefined): boolean =>
  inquire(notes, part, 'absent', { kind: 'values', test: absent }, values.length === 0);

const schemeHeader = 'header x-forwarded-proto';

/** A client that says so in whatever case is believed to have come over TLS. */
const saysHttps: TextMatch = { kind: 'exact', value: 'https', ignoreCase: true };

/** What a workload's proxy believes of `x-forwarded-proto`; a gateway knows the scheme by its listener. */
export const askScheme = (test: TextMatch, sight: Sight, notes: Notes | undefined): boolean => {
  const holds = textMatches(test, sight.scheme, notes);
  const matters = textMatches(test, 'http') !== textMatches(test, 'https');
  if (!sight.schemeFromHeader || !matters) return holds;
  const values = headerValues(sight, 'x-forwarded-proto');
  askValues(schemeHeader, values, saysHttps, { match: saysHttps, repeated: 'first' }, notes);
  return holds;
};

/** The lines of a header, or the one value of a pseudo header. */
export const headerValues = (sight: Sight, name: string): readonly string[] => {
  switch (name) {
    case ':method':
      return [sight.method];
    case ':authority':
    case 'host':
      return [sight.authority];
    case ':scheme':
      return [sight.scheme];
    case ':path':
      return [sight.query === undefined ? sight.path : `${sight.path}?${sight.query}`];
    default:
      return sight.headers.filter(([header]) => header === name).map(([, value]) => value.trim());
  }
};

/** A test of a pseudo header, as one of the part of the request that it stands for. */
const askPseudoHeader = (
  name: string,
  test: TextMatch,
  sight: Sight,
  notes: Notes | undefined,
): boolean | undefined => {
  switch (name) {
    case ':method':
      return askMethod(test, sight, notes);
    case ':authority':
    case 'host':
      return askHost(test, sight, notes);
    case ':scheme':
      return askScheme(test, sight, notes);
    case ':path': {
      if (sight.query === undefined) return askPath(test, sight, notes);
      const holds = headerValues(sight, name).some(value => textMatches(test, value, notes));
      return inquire(notes, 'beyond', test, { kind: 'beyond', why: 'path and query are asked about as one' }, holds);
    }
    default:
      return undefined;
  }
};

/** A header that a hop has set says nothing about the sender, and one it added to cannot be taken apart. */
const headerPart = (name: string, sight: Sight): Part | undefined => {
  const touched = sight.touched?.headers?.get(name);
  return touched === 'set' ? undefined : touched === 'added' ? 'beyond' : `header ${name}`;
};

/** Whether a header has no line. */
export const askNoHeader = (name: string, sight: Sight, notes: Notes | undefined): boolean => {
  const values = headerValues(sight, name);
  const part = name.startsWith(':') || name === 'host' ? undefined : headerPart(name, sight);
  return part?.startsWith('header') ? askAbsent(part, values, notes) : values.length === 0;
};

/** Whether a test takes the lines of a header that is there. */
export const askHeader = (
  { name, match, repeated }: { name: string; match: TextTest; repeated: Repeated },
  sight: Sight,
  notes: Notes | undefined,
): boolean => {
  const pseudo = isPlainText(match) ? askPseudoHeader(name, match, sight, notes) : undefined;
  if (pseudo !== undefined) return pseudo;
  const values = headerValues(sight, name);
  const part = headerPart(name, sight);
  if (part !== undefined && part !== 'beyond') return askValues(part, values, match, { match, repeated }, notes);
  const holds = seen(values, repeated).some(value => testHolds(match, value, notes));
  if (part === undefined) return holds;
  return inquire(notes, part, match, { kind: 'beyond', why: `\`${name}\` was added to on the way` }, holds);
};

export const askHeaderMatch = (match: HeaderMatch, sight: Sight, notes: Notes | undefined): boolean => {
  if (match.missing === 'empty' && match.match.kind !== 'present' && askNoHeader(match.name, sight, notes)) {
    return textMatches(match.match, '', notes) !== match.inverted;
  }
  return askHeader(match, sight, notes) !== match.inverted;
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
};

/** The values of a query parameter, in order. `;` separates nothing (observed). */
export const queryValues = (query: string | undefined, name: string, decode: boolean): readonly string[] => {
  const text = decode ? decoded : (value: string) => value;
  return (query ?? '').split('&').flatMap(parameter => {
    const equals = parameter.indexOf('=');
    const key = equals < 0 ? parameter : parameter.slice(0, equals);
    if (parameter === '' || text(key) !== name) return [];
    return [equals < 0 ? '' : text(parameter.slice(equals + 1))];
  });
};

export const askQuery = ({ name, match, repeated, decoded }: QueryMatch, sight: Sight, notes: Notes | undefined) =>
  askValues(`query ${name}`, queryValues(sight.query, name, decoded), match, { match, repeated, decoded }, notes);

/** The texts at a claim path; a list stands for each of its elements. */
export const claimValues = (claims: Sight['claims'], path: readonly string[]): readonly string[] => {
  let value: unknown = claims;
  for (const step of path) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined;
  }
  const values = Array.isArray(value) ? value : [value];
  return values.flatMap(item => (item === undefined || item === null || typeof item === 'object' ? [] : String(item)));
};

/** Only a verified token has claims; whether there is one was asked before. */
export const askClaim = (
  path: readonly string[],
  match: TextTest,
  claims: Sight['claims'],
  notes: Notes | undefined,
): boolean => {
  const values = claimValues(claims, path);
  if (!claims) return values.some(value => testHolds(match, value, notes));
  return askValues(`claim ${path.join('/')}`, values, match, { match, repeated: 'any' }, notes);
};
