import type { Field } from '../../../base/field.ts';
import type { Match, PathMatch } from '../../../model/match.ts';

/** A condition as alternatives, any of which is enough; undefined for one that no list of matches can say. */
export type Alternatives = readonly Match[] | undefined;

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'];

/**
 * `condition` of a ServiceProfile route: `pathRegex` and `method`, joined by `all`, `any` and `not`; several on one
 * level must all hold. A condition without any is invalid (linkerd2 pkg/profiles).
 */
export const readCondition = (field: Field | undefined): Alternatives => {
  if (!field) return undefined;
  const path = field.text('pathRegex');
  const method = field.text('method');
  const parts: Alternatives[] = [
    ...(path === undefined ? [] : [[{ path: profilePath(path) }]]),
    ...(method === undefined ? [] : [[{ method: { kind: 'exact', value: method } as const }]]),
    ...field.list('all').map(readCondition),
    ...(field.has('any') ? [anyOf(field.list('any').map(readCondition))] : []),
    ...(field.has('not') ? [notOf(field.at('not'))] : []),
  ];
  return parts.length === 0 && !field.has('all') ? undefined : parts.reduce(both, [{}]);
};

const anyOf = (options: readonly Alternatives[]): Alternatives =>
  options.some(option => !option) ? undefined : options.flatMap(option => option ?? []);

/** Only of methods is it known which others there are. */
const notOf = (field: Field | undefined): Alternatives => {
  const taken = readCondition(field);
  const names = taken?.map(match => (Object.keys(match).length === 1 ? methodOf(match) : undefined));
  if (!names || names.some(name => name === undefined)) return undefined;
  return methods.filter(name => !names.includes(name)).map(value => ({ method: { kind: 'exact', value } }));
};

const methodOf = ({ method }: Match): string | undefined => (method?.kind === 'exact' ? method.value : undefined);

const both = (a: Alternatives, b: Alternatives): Alternatives => {
  if (!a || !b) return undefined;
  const joined: Match[] = [];
  for (const one of a) {
    for (const other of b) {
      const match = join(one, other);
      if (match === 'unsayable') return undefined;
      if (match !== 'never') joined.push(match);
    }
  }
  return joined;
};

/** Two expressions for one path have no common form; two methods are never one. */
const join = (a: Match, b: Match): Match | 'never' | 'unsayable' => {
  if (a.path && b.path && JSON.stringify(a.path) !== JSON.stringify(b.path)) return 'unsayable';
  if (a.method && b.method && methodOf(a) !== methodOf(b)) return 'never';
  return { ...a, ...b };
};

/**
 * The proxy puts `^` before and `$` behind the text unless they are there, without grouping it: `/a|/b` takes what begins
 * with `/a` or ends with `/b` (linkerd2-proxy service-profiles/src/proto.rs).
 */
export const profilePath = (text: string): PathMatch => {
  const trimmed = text.trim();
  const pattern = `${trimmed.startsWith('^') ? '' : '^'}${trimmed}${trimmed.endsWith('$') ? '' : '$'}`;
  return { kind: 'regex', regex: { pattern, dialect: 'rust', anchoring: 'partial' } };
};
