import type { AccessCondition, AccessValue } from '../../../../model/capabilities/access.ts';
import type { PathMatch } from '../../../../model/match.ts';
import { escapeRegex, rustRegex } from '../../regex.ts';
import { toRust } from '../rust-regex.ts';

/** A character of a path that no proxy decodes or turns into another: neither `\` nor an encoded dot. */
const character = '(?:[^/\\\\%]|%[013-9A-Fa-f][0-9A-Fa-f]|%2[0-9A-DFa-df])';
const notADot = '(?:[^/\\\\%.]|%[013-9A-Fa-f][0-9A-Fa-f]|%2[0-9A-DFa-df])';

/** A segment that is neither empty nor `.` nor `..`. */
const segment = `(?:${notADot}${character}*|\\.${notADot}${character}*|\\.\\.${character}+)`;

/** Any number of segments of a path in its normal form. */
const segments = `(?:/${segment}?)*`;

const isDots = (text: string): boolean => /^\.{1,2}$/.test(text);

/**
 * Paths with a prefix, in their normal form only. A mesh that normalises paths before it looks at them sees `/open/../shut`
 * as `/shut`; Linkerd looks at what was sent, and would let it in for `/open/`.
 */
const safePrefix = (prefix: string): PathMatch | undefined => {
  const slash = prefix.lastIndexOf('/');
  const [head, tail] = [prefix.slice(0, slash), prefix.slice(slash + 1)];
  if (head.split('/').some(isDots) || isDots(tail)) return undefined;
  const first = tail === '' ? `${segment}?` : `${escapeRegex(tail)}${character}*`;
  return { kind: 'regex', regex: rustRegex(`${escapeRegex(head)}/${first}${segments}$`) };
};

/** `{*}` is one segment, `{**}` at the end any number of them. */
const safeTemplate = (template: string): PathMatch | undefined => {
  const parts = template.replace(/^\//, '').split('/');
  const patterns = parts.map((part, at) => {
    if (part === '{*}') return `/${segment}`;
    if (part === '{**}') return at === parts.length - 1 ? segments : undefined;
    return part.includes('{') || isDots(part) ? undefined : `/${escapeRegex(part)}`;
  });
  if (patterns.some(pattern => pattern === undefined)) return undefined;
  return { kind: 'regex', regex: rustRegex(`${patterns.join('')}$`) };
};

/**
 * A path condition as a match: plain where the other mesh compares what was sent as well, else for paths in their normal
 * form only. Undefined for what has no form.
 */
export const pathOf = (value: AccessValue, normalizes: boolean): PathMatch | 'every' | undefined => {
  switch (value.kind) {
    case 'present':
      return 'every';
    case 'exact':
      return value.ignoreCase ? undefined : { kind: 'exact', value: value.value };
    case 'prefix':
      if (value.ignoreCase || !value.value.startsWith('/')) return undefined;
      if (value.value === '/') return 'every';
      return normalizes ? safePrefix(value.value) : { kind: 'prefix', value: value.value };
    case 'suffix':
      // What a path ends with is the same before and after it is normalised, as long as it is no dot segment.
      if (value.ignoreCase || value.value.split('/').some(isDots)) return undefined;
      return { kind: 'regex', regex: rustRegex(`.*${escapeRegex(value.value)}`) };
    case 'pathTemplate':
      return safeTemplate(value.template);
    case 'regex': {
      const regex = normalizes ? undefined : toRust(value.regex);
      return regex && { kind: 'regex', regex };
    }
    default:
      return undefined;
  }
};

/** A condition on paths as it is written where the other mesh normalises them; any other condition as it is. */
export const normalPaths = (condition: AccessCondition): AccessCondition => {
  if (condition.attribute !== 'request.path') return condition;
  let isNarrower = false;
  const values = condition.values.map((value): AccessValue => {
    const path = pathOf(value, true);
    if (path === undefined || path === 'every' || path.kind !== 'regex') return value;
    isNarrower = true;
    return path;
  });
  return isNarrower ? { ...condition, values } : condition;
};
