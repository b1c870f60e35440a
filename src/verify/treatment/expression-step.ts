import type { PathRewrite } from '../../model/capabilities/rewrite.ts';
import type { TextMatch } from '../../model/match.ts';
import { askPath } from '../asking.ts';
import type { Notes } from '../findings.ts';
import type { Sight } from '../matches.ts';
import type { PathTouch } from '../touched.ts';

type Expression = Extract<PathRewrite, { kind: 'regex' }>;

/** An expression that only replaces the beginning of a path: `^/old/(.*)$` by `/new/\1`. */
interface Beginning {
  readonly taken: Extract<TextMatch, { kind: 'prefix' }>;
  readonly to: string;
}

const literal = /^\^(\(\?i\))?((?:[^\\^$.*+?()[\]{}|]|\\[^A-Za-z0-9])*)\(\.\*\)\$$/;

const beginningOf = ({ pattern, substitution }: Expression): Beginning | undefined => {
  const [, fold, text] = literal.exec(pattern) ?? [];
  const to = /^([^\\]*)\\1$/.exec(substitution)?.[1];
  if (text === undefined || to === undefined) return undefined;
  return { taken: { kind: 'prefix', value: text.replace(/\\(.)/g, '$1'), ignoreCase: fold !== undefined }, to };
};

const known = new WeakMap<Expression, { readonly beginning: Beginning | undefined }>();

const beginning = (expression: Expression): Beginning | undefined => {
  const found = known.get(expression) ?? { beginning: beginningOf(expression) };
  known.set(expression, found);
  return found.beginning;
};

/** Whether an expression finds anything in a path. */
const finding = ({ pattern }: Expression): TextMatch => ({
  kind: 'regex',
  regex: { pattern, dialect: 're2', anchoring: 'partial' },
});

/**
 * What an expression makes of paths like this one: the same for all, where it takes everything and keeps nothing; another
 * beginning; or something that only the expression knows. Undefined: it leaves the path as it is.
 */
export const expressionStep = (expression: Expression, sight: Sight, notes: Notes): PathTouch | undefined => {
  if (expression.pattern === '^.*$' && !expression.substitution.includes('\\')) return 'set';
  const found = beginning(expression);
  if (!found) return askPath(finding(expression), sight, notes) ? 'beyond' : undefined;
  if (!askPath(found.taken, sight, notes)) return undefined;
  return { from: sight.path.slice(0, found.taken.value.length), to: found.to };
};
