import type { ComparisonOfSides } from '../../engine/compare.ts';
import { weakerIn } from '../../engine/weaker.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import type { NamedSide } from './sides.ts';

/** See docs/reference/cli.md. What only one side has is a difference too: there is traffic to it, or there is none. */
export const exitOf = (comparison: ComparisonOfSides, accepted: readonly string[]): ExitCode => {
  if (weakerIn(comparison, accepted).length > 0) return exitCodes.weaker;
  return comparison.verdict === 'equal' && comparison.unmatched.length === 0 ? exitCodes.done : exitCodes.differs;
};

/** The answer in a sentence. */
export const verdictSentence = (comparison: ComparisonOfSides, [a, b]: readonly [NamedSide, NamedSide]): string => {
  const weaker = new Set(weakerIn(comparison).map(id => id.split('-')[0]));
  if (weaker.size > 0) return `${b.name} is weaker than ${a.name} in ${[...weaker].join(' and ')}`;
  switch (comparison.verdict) {
    case 'equal':
      return comparison.unmatched.length === 0
        ? `${b.name} does what ${a.name} does`
        : `${b.name} does what ${a.name} does, as far as both have the same services and gateways`;
    case 'stricter':
      return `${b.name} is stricter than ${a.name}, and does nothing else differently`;
    case 'undecided':
      return `it is undecided whether ${b.name} does what ${a.name} does`;
    default:
      return `${b.name} does not do what ${a.name} does`;
  }
};

/** What was looked at, for those who want to know what the answer stands on. */
export const scopeSentence = ({ services, left }: ComparisonOfSides): string => {
  const places = new Set(services.map(({ service, port, via }) => JSON.stringify([service, port, via]))).size;
  const equal = services.filter(({ verdict }) => verdict === 'equal').length;
  const rest = left > 0 ? `; ${left} classes of requests were left out` : '';
  return `${equal} of ${services.length} answers are equal: ${places} services, ports and hosts in 4 aspects${rest}`;
};
