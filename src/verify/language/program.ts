/**
 * A pattern as a program of threads (Thompson 1968, Pike's machine), with the choices in the order in which the engine
 * prefers them: RE2 compiles the same way, and so the leftmost-first match is the same one.
 */
import type { Characters } from './class.ts';
import type { Place, Syntax } from './syntax.ts';

export type Step =
  | { readonly kind: 'read'; readonly members: Characters; readonly next: number }
  | { readonly kind: 'at'; readonly place: Place; readonly next: number }
  /** Go on at `next`, and if that leads nowhere at `other`. */
  | { kind: 'fork'; next: number; other: number }
  | { readonly kind: 'match' };

export interface Program {
  readonly steps: readonly Step[];
  readonly start: number;
}

const nullable = (syntax: Syntax): boolean => {
  switch (syntax.kind) {
    case 'characters':
      return false;
    case 'at':
      return true;
    case 'sequence':
      return syntax.parts.every(nullable);
    case 'choice':
      return syntax.choices.some(nullable);
    case 'repeat':
      return syntax.min === 0 || nullable(syntax.part);
  }
};

/** Written from the end: each part is told where to go on. Undefined: more steps than the budget allows. */
export const programOf = (syntax: Syntax, budget: number): Program | undefined => {
  const steps: Step[] = [{ kind: 'match' }];
  const add = (step: Step): number => steps.push(step) - 1;

  const fork = (preferred: number, other: number, greedy: boolean): number =>
    add(greedy ? { kind: 'fork', next: preferred, other } : { kind: 'fork', next: other, other: preferred });

  /** One or more: after the part, the choice to take it again. */
  const oneOrMore = (part: Syntax, greedy: boolean, next: number): number => {
    const again: Step = { kind: 'fork', next, other: next };
    const start = write(part, add(again));
    if (greedy) again.next = start;
    else again.other = start;
    return start;
  };

  /** Any number. A part that may be empty is tried once first, which keeps the order of preference (as RE2 does). */
  const anyNumber = (part: Syntax, greedy: boolean, next: number): number => {
    if (nullable(part)) return fork(oneOrMore(part, greedy, next), next, greedy);
    const loop: Step = { kind: 'fork', next, other: next };
    const at = add(loop);
    const start = write(part, at);
    if (greedy) loop.next = start;
    else loop.other = start;
    return at;
  };

  const repeat = ({ part, min, max, greedy }: Extract<Syntax, { kind: 'repeat' }>, next: number): number => {
    let at = next;
    if (max === Number.POSITIVE_INFINITY) {
      at = min === 0 ? anyNumber(part, greedy, next) : oneOrMore(part, greedy, next);
      for (let count = 1; count < min && steps.length <= budget; count += 1) at = write(part, at);
      return at;
    }
    for (let count = min; count < max && steps.length <= budget; count += 1) at = fork(write(part, at), next, greedy);
    for (let count = 0; count < min && steps.length <= budget; count += 1) at = write(part, at);
    return at;
  };

  const write = (syntax: Syntax, next: number): number => {
    if (steps.length > budget) return next;
    switch (syntax.kind) {
      case 'characters':
        return add({ kind: 'read', members: syntax.members, next });
      case 'at':
        return add({ kind: 'at', place: syntax.place, next });
      case 'sequence':
        return syntax.parts.reduceRight((at, part) => write(part, at), next);
      case 'choice':
        return syntax.choices
          .map(choice => write(choice, next))
          .reduceRight((other, choice) => fork(choice, other, true));
      case 'repeat':
        return repeat(syntax, next);
    }
  };

  const start = write(syntax, 0);
  return steps.length > budget ? undefined : { steps, start };
};
