import type { Model } from '../../src/model/model.ts';
import { tellApart as tellAnswersApart } from '../../src/verify/answers.ts';
import { compare } from '../../src/verify/compare/compare.ts';
import type { ServiceComparison } from '../../src/verify/compare/comparison.ts';
import { plain } from '../../src/verify/questions/plain.ts';
import { questions } from '../../src/verify/questions/questions.ts';
import { callerTitle, worldOf } from '../../src/verify/request.ts';

/** A difference between the answers of two models, in words; undefined if there is none. */
export const tellApart = (a: Model, b: Model): string | undefined =>
  tellAnswersApart(a, b) ?? (ruleNames(a) === ruleNames(b) ? undefined : 'the names by which rules are explained');

const ruleNames = ({ frontends }: Model): string =>
  JSON.stringify(frontends.map(({ rules }) => rules.map(({ action }) => action.name)));

/** Classes of requests from one caller at most; a few worlds of the laws have more than a thousand. */
const perTarget = 4000;

/** What is asked behind a rewrite by expression cannot be traced back to what was sent (docs/verify.md). */
const rewritesByExpression = ({ frontends }: Model): boolean =>
  frontends.some(({ rules }) => rules.some(({ action }) => action.rewrite?.path?.kind === 'regex'));

/** Everything in which the second model does not do what the first does, and what is open beyond what has to be. */
export const differences = (a: Model, b: Model): readonly ServiceComparison[] => {
  const mayBeOpen = rewritesByExpression(a) && rewritesByExpression(b);
  const { services } = compare(worldOf(a), worldOf(b), { perTarget, everywhere: true });
  return services.filter(({ verdict }) => verdict !== 'equal' && !(verdict === 'undecided' && mayBeOpen));
};

/** A difference with its witness, short enough to be read. */
export const told = ({ service, port, via, aspect, verdict, witness, reason }: ServiceComparison): string => {
  if (!witness) return `${service}:${port} ${aspect} is ${verdict}: ${reason}`;
  const { request, client, a, b } = witness;
  return [
    `${service}:${port}${via === undefined ? '' : ` via ${via}`} ${aspect} is ${verdict}: ${callerTitle(client)} sends ${JSON.stringify(request)}`,
    `  expected: ${JSON.stringify(a.outcome)}`,
    `  but is:   ${JSON.stringify(b.outcome)}`,
  ].join('\n');
};

/** Who is in which mesh differs between meshes, and how it is known does not matter. */
const asked = questions.filter(({ id }) => id !== 'memberships');

/** The parts of an answer that are not the same, each by its name; an answer without parts is one. */
const parts = (before: unknown, after: unknown): readonly string[] => {
  const [a, b] = [before, after].map(value => plain(value ?? {}) as Readonly<Record<string, unknown>>);
  if (Array.isArray(a) || Array.isArray(b) || typeof a !== 'object' || typeof b !== 'object') {
    return JSON.stringify(a) === JSON.stringify(b) ? [] : [''];
  }
  // Whose client a gateway is, and as whom it is known there, has another name in each mesh.
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    part => part !== 'mesh' && part !== 'identity' && JSON.stringify(a[part]) !== JSON.stringify(b[part]),
  );
};

/**
 * Each thing in which two models differ, as a text that is equal for the same difference. How destinations are treated
 * is told for all of them at once: what a mesh does by itself it does to each.
 */
export const differenceKeys = (a: Model, b: Model): readonly string[] => {
  const requests = differences(a, b).map(({ service, port, via, aspect, verdict }) =>
    [service, port, via, aspect, verdict].filter(part => part !== undefined).join(' '),
  );
  const answers = asked.flatMap(({ id, ask }) => {
    const [before, after] = [ask(a, [b]), ask(b, [a])];
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap(key =>
      parts(before[key], after[key]).map(part =>
        id === 'destination-settings' ? `${id}: ${part}` : `${id}: ${key} ${part}`,
      ),
    );
  });
  return [...new Set([...requests, ...answers])];
};
