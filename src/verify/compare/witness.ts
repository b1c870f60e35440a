import type { Source } from '../../base/source.ts';
import type { Decision, Explanation, Outcome } from '../outcome.ts';
import type { Ask } from '../request.ts';
import type { Aspect, Side, Witness } from './comparison.ts';
import type { Put } from './put.ts';
import { relation } from './relation.ts';
import { shrink } from './shrink.ts';

/** Which kinds of decisions speak of an aspect. */
const speaksOf: Readonly<Record<Aspect, RegExp>> = {
  routing: /^(?!access|encryption|timeout|retry|fault|rate)/,
  resilience: /^(timeout|retry|fault|route|no-route)/,
  access: /^(access|egress|visibility)/,
  encryption: /^(encryption|upstream|gateway)/,
};

/** A connection that cannot be made: who asks for which protection decides who gets in. */
const isReset = ({ decision, backends }: Outcome): boolean =>
  decision === 'reset' || backends.some(backend => backend.decision === 'reset');

/** The line that decided: the last one that speaks of the aspect and is written somewhere. */
const decisive = (aspect: Aspect, { hops, outcome }: Explanation): Source | undefined => {
  const written = hops.flatMap(({ decisions }) => decisions.filter(({ source }) => source !== undefined));
  const last = (of: Aspect): Decision | undefined =>
    written.findLast(({ capability }: Decision) => speaksOf[of].test(capability));
  const refusing = aspect === 'access' && isReset(outcome) ? last('encryption') : undefined;
  return (refusing ?? last(aspect))?.source;
};

const sideOf = (aspect: Aspect, explanation: Explanation): Side => {
  const source = decisive(aspect, explanation);
  return { outcome: explanation.outcome, ...(source ? { source } : {}) };
};

/** A smallest question that shows the same relation of the two sides as the given one. */
export const witnessOf = (aspect: Aspect, ask: Ask, put: Put): Witness => {
  const relate = (candidate: Ask) => {
    const { a, b } = put(candidate).arrive();
    return relation(aspect, a, b);
  };
  const shown = relate(ask);
  const smallest = shrink(ask, candidate => relate(candidate) === shown);
  const { a, b } = put(smallest).arrive();
  const { request, caller, to } = smallest;
  return { request, client: caller, to, a: sideOf(aspect, a), b: sideOf(aspect, b) };
};
