import type { AccessClause, AccessCondition, AccessRule, AccessValue } from '../../../../model/capabilities/access.ts';
import { escapeRegex, textPattern } from '../../../../native/gateway-api/regex-text.ts';
import { httpMethods } from '../judge-match.ts';
import type { Judging } from '../judging.ts';
import { isOfToken, tokenDemand } from '../tokens.ts';
import { isOfCaller } from './callers.ts';

type Spec = Readonly<Record<string, unknown>>;

const isOfRequest = ({ attribute }: AccessCondition): boolean =>
  attribute === 'request.path' || attribute === 'request.method' || attribute.startsWith('request.header:');

/** Why a clause has no words in an intention; undefined where it has. */
export const unsayable = (
  { conditions, request }: AccessClause,
  effect: AccessRule['effect'],
  known: Pick<Judging, 'model' | 'target'>,
): string | undefined => {
  if (request) return 'a condition on the request beside those of the rule';
  const demand = tokenDemand(conditions, known);
  if (demand === undefined || (demand !== 'none' && effect !== 'allow')) return 'this condition on a token';
  const strange = conditions.find(one => !isOfCaller(one) && !isOfRequest(one) && !isOfToken(one));
  if (strange) return `a condition on ${strange.attribute}`;
  for (const name of ['request.path', 'request.method'] as const) {
    const all = conditions.filter(({ attribute }) => attribute === name);
    if (all.length > 1 || all.some(({ negated }) => negated))
      return `more than one condition on ${name}, or one that is negated`;
  }
  const method = conditions.find(({ attribute }) => attribute === 'request.method');
  if (method && !method.values.every(isMethod)) return 'a method that is not one of those of HTTP';
  return undefined;
};

const isMethod = (value: AccessValue): boolean => value.kind === 'exact' && httpMethods.includes(value.value);

/** The permissions that together take what the conditions on a request take; none if nothing can be taken. */
export const permissionsFor = (conditions: readonly AccessCondition[]): readonly Spec[] => {
  const path = conditions.find(({ attribute }) => attribute === 'request.path');
  const method = conditions.find(({ attribute }) => attribute === 'request.method');
  const paths: readonly Spec[] = path ? path.values.flatMap(pathSpec) : [{}];
  const methods = method ? { methods: method.values.map(value => (value as { value: string }).value) } : {};
  const headers = conditions
    .filter(({ attribute }) => attribute.startsWith('request.header:'))
    .reduce<readonly (readonly Spec[])[]>(
      (ways, condition) => ways.flatMap(before => headerWays(condition).map(way => [...before, ...way])),
      [[]],
    );
  return paths.flatMap(one =>
    headers.map(header => ({ ...one, ...(header.length > 0 ? { header } : {}), ...methods })),
  );
};

/** A path begins with a slash: what does not is no path, and Consul refuses it. */
const pathSpec = (value: AccessValue): readonly Spec[] => {
  switch (value.kind) {
    case 'exact':
      if (value.ignoreCase) return [{ pathRegex: textPattern(value) }];
      return value.value.startsWith('/') ? [{ pathExact: value.value }] : [];
    case 'prefix':
      if (value.ignoreCase) return [{ pathRegex: textPattern(value) }];
      return value.value.startsWith('/') ? [{ pathPrefix: value.value }] : value.value === '' ? [everyPath] : [];
    case 'suffix':
    case 'regex':
      return [{ pathRegex: textPattern(value) }];
    case 'present':
      return [everyPath];
    case 'pathTemplate':
      return [{ pathRegex: templatePattern(value.template) }];
    default:
      return [];
  }
};

export const everyPath: Spec = { pathPrefix: '/' };

/** `{*}` is one segment, `{**}` any number of them. */
const templatePattern = (template: string): string =>
  template
    .split(/(\{\*\*?\})/)
    .map(part => (part === '{*}' ? '[^/]+' : part === '{**}' ? '.*' : escapeRegex(part)))
    .join('');

/** The ways in which a condition on a header holds; inverted, that it is absent is a way of its own. */
const headerWays = ({ attribute, values, negated, whenAbsent }: AccessCondition): readonly (readonly Spec[])[] => {
  const name = attribute.slice('request.header:'.length);
  const absent: Spec = { name, present: true, invert: true };
  const ofAbsent = whenAbsent === 'holds' ? [[absent]] : [];
  if (values.some(({ kind }) => kind === 'present'))
    return negated ? ofAbsent : [...ofAbsent, [{ name, present: true }]];
  const specs = values.map(value => ({ name, ...headerValue(value) }));
  if (negated) return [...ofAbsent, specs.map(spec => ({ ...spec, invert: true }))];
  return [...ofAbsent, ...specs.map(spec => [spec])];
};

const headerValue = (value: AccessValue): Spec => {
  if (value.kind === 'regex') return { regex: textPattern(value) };
  if (value.kind !== 'exact' && value.kind !== 'prefix' && value.kind !== 'suffix') return { regex: '.*' };
  if (value.value === '') return value.kind === 'exact' ? { regex: '^$' } : { regex: '.*' };
  return { [value.kind]: value.value, ...(value.ignoreCase ? { ignoreCase: true } : {}) };
};
