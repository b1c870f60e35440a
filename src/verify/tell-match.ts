import type { HeaderMatch, Match, PathMatch, QueryMatch, TextMatch } from '../model/match.ts';

/** What a match asks for, in words: `path starts with /orders/, method is POST`. Empty for one that takes everything. */
export const tellMatch = (match: Match): string =>
  [
    match.path ? tellPath(match.path) : '',
    match.method ? `method ${tellText(match.method)}` : '',
    match.scheme ? `scheme ${tellText(match.scheme)}` : '',
    match.authority ? `host ${tellText(match.authority)}` : '',
    ...(match.headers ?? []).map(tellHeader),
    ...(match.query ?? []).map(tellQuery),
    ...(match.claims ?? []).map(
      ({ path, match: value, inverted }) => `claim ${path.join('.')} ${tellText(value, inverted)}`,
    ),
    match.port === undefined ? '' : `port is ${match.port}`,
    match.sni ? `server name is ${match.sni.join(' or ')}` : '',
    match.addresses ? `address is in ${match.addresses.join(' or ')}` : '',
    match.caller?.namespaces ? `the caller is in ${match.caller.namespaces.join(' or ')}` : '',
    match.caller?.labels ? `the caller has ${labelText(match.caller.labels)}` : '',
  ]
    .filter(part => part !== '')
    .join(', ');

const labelText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');

const tellPath = (path: PathMatch): string => {
  if (path.kind === 'regex') return `path matches ${path.regex.pattern}`;
  const folded = path.ignoreCase ? ' in any case' : '';
  if (path.kind === 'exact') return `path is ${path.value}${folded}`;
  if (path.kind === 'segmentPrefix') return `path is ${path.value || '/'} or below${folded}`;
  return `path starts with ${path.value || '/'}${folded}`;
};

const tellText = (match: TextMatch, inverted = false): string => {
  if (match.kind === 'present') return inverted ? 'is absent' : 'is there';
  const not = inverted ? 'not ' : '';
  if (match.kind === 'regex') return `${inverted ? 'does not match' : 'matches'} ${match.regex.pattern}`;
  if (match.kind === 'exact') return `is ${not}${match.value === '' ? 'empty' : match.value}`;
  return inverted
    ? `does not ${match.kind === 'prefix' ? 'start' : 'end'} with ${match.value}`
    : `${match.kind === 'prefix' ? 'starts' : 'ends'} with ${match.value}`;
};

const tellHeader = ({ name, match, inverted }: HeaderMatch): string => `header ${name} ${tellText(match, inverted)}`;

const tellQuery = ({ name, match }: QueryMatch): string => `query ${name} ${tellText(match)}`;
