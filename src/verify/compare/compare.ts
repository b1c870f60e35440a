import type { Source } from '../../base/source.ts';
import type { Decision, Explanation, Outcome } from '../outcome.ts';
import type { Ask, World } from '../request.ts';
import {
  type Aspect,
  type Comparison,
  type ServiceComparison,
  type Side,
  type Verdict,
  type Witness,
  worst,
} from './comparison.ts';
import { correspond } from './correspondence.ts';
import { type ExploreOptions, type Found, findByExploring } from './explored.ts';
import { type Put, putToBoth } from './put.ts';
import { relation } from './relation.ts';
import { shrink } from './shrink.ts';

export interface CompareOptions extends ExploreOptions {
  /** Service ids of the first side that go by another id on the second. */
  readonly map?: Readonly<Record<string, string>>;
}

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
const witnessOf = (aspect: Aspect, ask: Ask, put: Put): Witness => {
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

/** A difference; its witness is made when somebody wants to see it: of many that are alike few are looked at. */
class Difference implements ServiceComparison {
  readonly service: string;
  readonly port?: number;
  readonly via?: string;
  readonly aspect: Aspect;
  readonly verdict: Verdict;
  readonly #ask: Ask;
  readonly #put: Put;
  #witness: Witness | undefined;

  constructor({ service, port, via, aspect, verdict }: Found, ask: Ask, put: Put) {
    this.service = service;
    if (port !== undefined) this.port = port;
    if (via !== undefined) this.via = via;
    this.aspect = aspect;
    this.verdict = verdict;
    this.#ask = ask;
    this.#put = put;
  }

  get witness(): Witness {
    this.#witness ??= witnessOf(this.aspect, this.#ask, this.#put);
    return this.#witness;
  }
}

const comparisonOf = (found: Found, put: Put): ServiceComparison => {
  const { verdict, ask, reason } = found;
  if (ask) return new Difference(found, ask, put);
  return verdict === 'equal' && reason !== undefined ? { ...found, verdict: 'undecided' } : found;
};

/**
 * Lays two configurations side by side: for every service, every host at a gateway and the unknown outside, whether the
 * second routes, retries, admits and protects as the first does, and if not, a smallest request that shows it.
 */
export const compare = (a: World, b: World, options: CompareOptions = {}): Comparison => {
  const correspondence = correspond(a, b, options.map);
  const put = putToBoth(a, b, correspondence);
  const { found, asked, reused, left } = findByExploring([a, b], correspondence, put, options);
  const services = found.map(one => comparisonOf(one, put));
  const verdict = worst(services.map(service => service.verdict));
  return { verdict, services, unmatched: correspondence.unmatched, method: 'exact', asked, reused, left };
};
