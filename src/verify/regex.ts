import { RE2JS } from 're2js';
import type { Regex } from '../model/match.ts';
import { asLiteral, splitText } from './literal-regex.ts';

/** Decides one pattern; `undefined` for one that this engine cannot compile. */
type Test = ((text: string) => boolean) | undefined;

/**
 * The rust crate finds the leftmost match, preferring earlier alternatives, and a caller that wants the whole value
 * compares the ends afterwards: `a|ab` does not take `ab` (linkerd2-proxy, http route matching). Its classes `\d`,
 * `\w` and `\s` are Unicode where RE2's are ASCII; HTTP values beyond ASCII are the only place where that shows.
 */
const leftmostFirstSpans =
  (regex: RE2JS): Test =>
  text => {
    const matcher = regex.matcher(text);
    return matcher.find() && matcher.start() === 0 && matcher.end() === text.length;
  };

/** As the engine would decide, without it: a line break is what `.` does not take. */
const literally = ({ kind, value }: NonNullable<ReturnType<typeof asLiteral>>): Test =>
  kind === 'exact' ? text => text === value : text => text.startsWith(value) && !text.includes('\n', value.length);

/** Expressions that differ by the text they begin with share what follows. */
const behindText = ({ text, rest }: NonNullable<ReturnType<typeof splitText>>): Test => {
  const test = testOf(rest);
  return test && (asked => asked.startsWith(text) && test(asked.slice(text.length)));
};

const compile = (written: Regex): Test => {
  const literal = asLiteral(written);
  if (literal) return literally(literal);
  const split = splitText(written);
  if (split) return behindText(split);
  const { pattern, dialect, anchoring } = written;
  let regex: RE2JS;
  try {
    regex = RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
  if (anchoring === 'partial') return text => regex.matcher(text).find();
  return dialect === 'rust' ? leftmostFirstSpans(regex) : text => regex.matches(text);
};

const compiled = new Map<string, { readonly test: Test }>();
/** The same by the object that is asked for again and again, which spares writing its key. */
const known = new WeakMap<Regex, { readonly test: Test }>();

const testOf = (regex: Regex): Test => {
  let found = known.get(regex);
  if (!found) {
    const key = `${regex.dialect} ${regex.anchoring} ${regex.pattern}`;
    found = compiled.get(key) ?? { test: compile(regex) };
    compiled.set(key, found);
    known.set(regex, found);
  }
  return found.test;
};

/**
 * Whether the engine understands a pattern. Look-around and back references (PCRE) it does not; a pattern that is
 * invalid in its own dialect neither, and no mesh accepts that one.
 */
export const isEvaluable = (regex: Regex): boolean => testOf(regex) !== undefined;

/** Whether the expression takes the text; one that cannot be evaluated takes nothing. */
export const regexMatches = (regex: Regex, text: string): boolean => testOf(regex)?.(text) ?? false;

/** Replaces every match; `\1` in the substitution stands for the first group, `\0` for the whole match. */
export const regexReplace = (pattern: string, text: string, substitution: string): string => {
  let regex: RE2JS;
  try {
    regex = RE2JS.compile(pattern);
  } catch {
    return text;
  }
  const matcher = regex.matcher(text);
  let replaced = '';
  let end = 0;
  while (matcher.find()) {
    replaced += text.slice(end, matcher.start());
    replaced += substitution.replace(/\\(\d|\\)/g, (_, group: string) =>
      group === '\\' ? '\\' : (matcher.group(Number(group)) ?? ''),
    );
    end = matcher.end();
  }
  return replaced + text.slice(end);
};
