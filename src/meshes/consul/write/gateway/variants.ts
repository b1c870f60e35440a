import { re2 } from '../../../../adapter/re2.ts';
import type { Action, Rule } from '../../../../model/frontend.ts';
import type { Match, PathMatch } from '../../../../model/match.ts';
import { escapeRegex } from '../../../../native/gateway-api/regex-text.ts';
import { methodsOf } from '../judge-match.ts';
import { pathVariants, type RoutePath } from '../route-paths.ts';

/** What the API takes as a plain path (CRD of HTTPRoute, v1.6); any other one is written as an expression. */
export const isPlainPath = (value: string): boolean =>
  /^\/(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})*$/.test(value) && !/\/\/|\/\.\.?(?:\/|$)|%2f/i.test(value);

/** The path of a route as the gateway compares it: a text, the beginning of one, or an expression. */
const pathOf = ({ http }: RoutePath): PathMatch | undefined => {
  const { pathExact, pathPrefix, pathRegex, caseInsensitive } = http as Readonly<Record<string, string | undefined>>;
  if (pathRegex !== undefined) return { kind: 'regex', regex: re2(pathRegex) };
  const value = pathExact ?? pathPrefix;
  if (value === undefined || (pathExact === undefined && value === '/')) return undefined;
  if (!caseInsensitive && isPlainPath(value)) return { kind: pathExact === undefined ? 'prefix' : 'exact', value };
  const pattern = `${escapeRegex(value)}${pathExact === undefined ? '.*' : ''}`;
  return { kind: 'regex', regex: re2(caseInsensitive ? `(?i)${pattern}` : pattern) };
};

/**
 * A rule as the rules of HTTPRoute that take what it takes, as reading gives them back: a prefix by segments is two, and so
 * are two methods.
 */
export const variantsOf = (rule: Rule): readonly Rule[] => {
  const { id, match, action } = rule;
  // The port is that of the listener, or the rule would not be here.
  const { path: _path, method, port: _port, ...conditions } = match;
  const paths = pathVariants(match.path, action.rewrite?.path) ?? [];
  const methods = method ? (methodsOf(method) ?? []) : [undefined];
  const isOne = paths.length === 1 && methods.length === 1;
  return paths.flatMap((way, n) => {
    const path = pathOf(way);
    const done = rewritten(action, way.prefixRewrite);
    return methods.map((one): Rule => {
      const narrowed: Match = {
        ...(path ? { path } : {}),
        ...(one === undefined ? {} : { method: { kind: 'exact', value: one } }),
        ...conditions,
      };
      return { id: isOne ? id : `${id}.${n}${one ?? ''}`, match: narrowed, action: done };
    });
  });
};

/** With the text that takes the place of what the path took. */
const rewritten = (action: Action, value: string | undefined): Action => {
  const { rewrite, ...rest } = action;
  if (value === undefined) return rewrite ? rest : action;
  return {
    ...rest,
    rewrite: { path: { kind: 'prefix', value }, ...(rewrite?.source ? { source: rewrite.source } : {}) },
  };
};
