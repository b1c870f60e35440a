import { regexText } from '../../adapter/re2.ts';
import type { TextMatch } from '../../model/match.ts';

/** Anything that becomes YAML. */
export type Node = Readonly<Record<string, unknown>>;

/** A StringMatcher; undefined for a match that every present value fulfils. */
export const stringMatcher = (match: TextMatch): Node | undefined => {
  if (match.kind === 'present') return undefined;
  if (match.kind === 'regex') return { safe_regex: { regex: regexText(match.regex) } };
  return { [match.kind]: match.value, ...(match.ignoreCase ? { ignore_case: true } : {}) };
};

/** Whether the empty text is taken; undecided expressions count as taking it. */
export const takesEmpty = (match: TextMatch): boolean => {
  if (match.kind === 'present') return true;
  return match.kind === 'regex' ? isNullable(regexText(match.regex)) : match.value === '';
};

/** An expression that begins with a plain letter, digit or class that has to be there takes no empty text. */
const isNullable = (pattern: string): boolean => !/^\^?(?:\[[^\]]+\]|\\?[\w/-])(?:\+|[^*?{|]|$)[^|]*$/.test(pattern);

/** Milliseconds as a protobuf Duration. */
export const duration = (ms: number): string => `${ms / 1000}s`;

/** A text that stands for itself in a value in which `%` begins a command. */
export const withoutCommands = (text: string): string => text.replaceAll('%', '%%');

/** A text as an expression that takes just it. */
export const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** A text as a substitution that is just it. */
export const literalSubstitution = (text: string): string => text.replaceAll('\\', '\\\\');

/** Percent with four decimals as a FractionalPercent. */
export const fraction = (percent: number): Node => ({
  numerator: Math.round(percent * 10_000),
  denominator: 'MILLION',
});

/** Without what has no value. */
export const said = (node: Node): Node =>
  Object.fromEntries(Object.entries(node).filter(([, value]) => value !== undefined));
