import type { YAMLException } from 'js-yaml';
import type { Excerpt } from './excerpt.ts';
import { YamlProblem, type YamlProblemKind } from './problem.ts';

/** Where the indentation of the line of an offset holds a tab; -1 if it does not. */
const tabInIndentation = (text: string, offset: number): number => {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const blanks = /^[ \t]*/.exec(text.slice(lineStart, offset + 1))?.[0] ?? '';
  return blanks.includes('\t') ? lineStart + blanks.indexOf('\t') : -1;
};

/** What stands where the parser gave up says more to the author than the state that the parser was in. */
const byCharacter: Readonly<Record<string, string>> = {
  ':': 'a second `: ` on one line; a value that holds `: ` must be in quotes',
  '-': 'a list item `- ` where none may stand',
  '@': 'a value cannot start with `@`; put it in quotes',
  '`': 'a value cannot start with a backtick; put it in quotes',
  '%': 'a value cannot start with `%`; put it in quotes',
};

/** Whether the parser only misses indentation within brackets or quotes. */
export const isIndentationInside = ({ reason }: YAMLException): boolean => reason === 'deficient indentation';

/** What the parser says, said for the author of the file. */
export const explain = (exception: YAMLException, excerpt: Excerpt): YamlProblem => {
  const { text } = excerpt;
  const { reason, mark } = exception;
  // What is missing at the end is noticed behind the last blank line; people look at the text before it.
  const offset = Math.max(0, Math.min(mark?.position ?? 0, text.trimEnd().length - 1));
  const problem = (kind: YamlProblemKind, message: string, at = offset) =>
    new YamlProblem(kind, excerpt.originOf(at), message);
  if (reason.startsWith('nesting exceeded')) return problem('size', 'nested too deeply');
  const tab = tabInIndentation(text, offset);
  if (tab >= 0) return problem('tab', 'a tab used as indentation', tab);
  if (isIndentationInside(exception)) return problem('syntax', 'a bracket or quote is opened above and not closed');
  const isStray = /bad indentation|expected ':' after|document separator is expected/.test(reason);
  return problem('syntax', (isStray ? byCharacter[text[offset] ?? ''] : undefined) ?? reason);
};
