import { regexText } from '../../../adapter/re2.ts';
import type { CallerMatch, HeaderMatch, Match, PathMatch } from '../../../model/match.ts';
import { writeTextMatch } from './text-match.ts';

type Json = Record<string, unknown>;

/** One spelling of a path in a match: `uri`, and what of the path it takes. */
export interface PathForm {
  readonly kind: 'exact' | 'prefix' | 'regex' | 'any';
  /** The text, or the expression. */
  readonly value: string;
  readonly ignoreCase: boolean;
}

/** A path as the matches that it takes: a prefix by segments is the path itself and what lies below (meshes.md A.1.5). */
export const pathForms = (path: PathMatch | undefined): readonly PathForm[] => {
  if (!path) return [{ kind: 'any', value: '', ignoreCase: false }];
  if (path.kind === 'regex') return [{ kind: 'regex', value: regexText(path.regex), ignoreCase: false }];
  const ignoreCase = path.ignoreCase ?? false;
  const form = (kind: 'exact' | 'prefix', value: string): PathForm => ({ kind, value, ignoreCase });
  if (path.kind === 'exact') return [form('exact', path.value)];
  if (path.value === '') return [form('prefix', '/')];
  if (path.kind === 'prefix') return [form('prefix', path.value)];
  return [form('exact', path.value), form('prefix', `${path.value}/`)];
};

const emitPath = ({ kind, value, ignoreCase }: PathForm): Json =>
  kind === 'any' ? {} : { uri: { [kind]: value }, ...(ignoreCase ? { ignoreUriCase: true } : {}) };

/** One form of a path and everything else that is asked for, as entries: one for each namespace of callers. */
export const emitMatch = (match: Match, form: PathForm): readonly Json[] => {
  const headers = [
    ...(match.headers ?? []).map(header => [header.inverted, header.name, textOf(header)] as const),
    ...(match.claims ?? []).map(
      ({ path, inverted, match: text }) =>
        [inverted, `@request.auth.claims${path.map(step => `[${step}]`).join('')}`, writeTextMatch(text)] as const,
    ),
  ];
  const named = (inverted: boolean): Json =>
    Object.fromEntries(headers.filter(([not]) => not === inverted).map(([, name, text]) => [name, text]));
  const entry = {
    ...emitPath(form),
    ...(match.method ? { method: writeTextMatch(match.method) } : {}),
    ...(match.scheme ? { scheme: writeTextMatch(match.scheme) } : {}),
    ...(match.authority ? { authority: writeTextMatch(match.authority) } : {}),
    ...withEntries('headers', named(false)),
    ...withEntries('withoutHeaders', named(true)),
    ...withEntries(
      'queryParams',
      Object.fromEntries((match.query ?? []).map(({ name, match: text }) => [name, writeTextMatch(text)])),
    ),
    ...(match.port === undefined ? {} : { port: match.port }),
  };
  return emitCallers(match.caller).map(caller => ({ ...entry, ...caller }));
};

const textOf = ({ match }: HeaderMatch): Json => writeTextMatch(match);

const withEntries = (key: string, entries: Json): Json => (Object.keys(entries).length > 0 ? { [key]: entries } : {});

/** A match names one namespace at most. */
const emitCallers = (caller: CallerMatch | undefined): readonly Json[] => {
  const labels = caller?.labels ? { sourceLabels: caller.labels } : {};
  const namespaces = caller?.namespaces ?? [];
  if (namespaces.length === 0) return [labels];
  return namespaces.map(sourceNamespace => ({ ...labels, sourceNamespace }));
};

/** The same for a connection, of which less is known. */
export const emitConnectionMatch = (match: Match): readonly Json[] => {
  const entry = {
    ...(match.sni ? { sniHosts: match.sni } : {}),
    ...(match.addresses ? { destinationSubnets: match.addresses } : {}),
    ...(match.port === undefined ? {} : { port: match.port }),
  };
  return emitCallers(match.caller).map(caller => ({ ...entry, ...caller }));
};
