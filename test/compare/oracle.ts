import type { Model } from '../../src/model/model.ts';
import { compare } from '../../src/verify/compare/compare.ts';
import { aspects, type Place, type ServiceComparison } from '../../src/verify/compare/comparison.ts';
import { correspond } from '../../src/verify/compare/correspondence.ts';
import { inNamesOfA, putToBoth } from '../../src/verify/compare/put.ts';
import { relation } from '../../src/verify/compare/relation.ts';
import { type Ask, worldOf } from '../../src/verify/request.ts';
import { samples } from '../../src/verify/samples/samples.ts';
import { simulate } from '../../src/verify/simulate.ts';

const keyOf = ({ service, port, via }: Place, aspect: string): string => `${service}:${port} via ${via} ${aspect}`;

/** Paths that HTTP's grammar allows (RFC 9112, RFC 3986); the samples also stand at borders that no client can send. */
const canBeSent = ({ request }: Ask): boolean => /^\/[\w\-.~!$&'()*+,;=:@%/?]*$/.test(request.path);

/** Places and aspects in which boundary requests tell two models apart, each with such a request. */
const toldApart = (a: Model, b: Model, perTarget: number): ReadonlyMap<string, Ask> => {
  const [before, after] = [worldOf(a), worldOf(b)];
  const correspondence = correspond(before, after);
  const put = putToBoth(before, after, correspondence);
  const found = new Map<string, Ask>();
  for (const { target, asks } of samples([a, b], { perTarget })) {
    const service = correspondence.placeOf(target);
    if (service === undefined) continue;
    const { to, via } = target;
    const place = {
      service,
      ...(to.port === undefined ? {} : { port: to.port }),
      ...(via === undefined ? {} : { via }),
    };
    for (const sample of asks.filter(canBeSent)) {
      const ask = inNamesOfA(sample, service, after);
      const answers = put(ask).arrive();
      for (const aspect of aspects) {
        const key = keyOf(place, aspect);
        if (!found.has(key) && relation(aspect, answers.a, answers.b) !== 'equal') found.set(key, ask);
      }
    }
  }
  return found;
};

/** Whether the witness of a difference shows it when both sides are asked anew. */
const showsAgain = (a: Model, b: Model, { witness, aspect, via }: ServiceComparison): boolean => {
  if (!witness) return false;
  const { client: caller, to, request } = witness;
  const ask: Ask = { caller, to, request, ...(via === undefined ? {} : { via }) };
  return relation(aspect, simulate(worldOf(a), ask), simulate(worldOf(b), ask)) !== 'equal';
};

export interface Judged {
  /** Boundary requests are answered otherwise. */
  readonly isChanged: boolean;
  /** The comparison has a witness for a difference. */
  readonly isFound: boolean;
  /** The comparison left something open. */
  readonly isOpen: boolean;
  /** Differences that boundary requests show and the comparison does not have, or whose witness does not show them. */
  readonly faults: readonly string[];
}

const inWords = ({ service, port, via, aspect, verdict, reason, witness }: ServiceComparison): string =>
  `${keyOf({ service, ...(port === undefined ? {} : { port }), ...(via === undefined ? {} : { via }) }, aspect)} ` +
  `${verdict} ${reason ?? ''} ${JSON.stringify(witness?.request)} from ${JSON.stringify(witness?.client)}`;

const isDifferent = ({ verdict }: ServiceComparison): boolean => verdict !== 'equal' && verdict !== 'undecided';

/** What is wrong where a comparison has to be held against boundary requests. */
export const judge = (a: Model, b: Model, perTarget: number): Judged => {
  const { services } = compare(worldOf(a), worldOf(b));
  const differing = services.filter(isDifferent);
  const known = new Set(differing.map(entry => keyOf(entry, entry.aspect)));
  const told = toldApart(a, b, perTarget);
  return {
    isChanged: told.size > 0,
    isFound: differing.length > 0,
    isOpen: services.some(({ verdict }) => verdict === 'undecided'),
    faults: [
      ...[...told].flatMap(([key, ask]) =>
        known.has(key) ? [] : `missed: ${key}, which shows on ${JSON.stringify(ask)}`,
      ),
      ...differing.flatMap(entry => (showsAgain(a, b, entry) ? [] : `no witness: ${inWords(entry)}`)),
    ],
  };
};

/** What is reported of two models that do the same; nothing may be. */
export const reported = (a: Model, b: Model): readonly string[] => {
  const { services, unmatched } = compare(worldOf(a), worldOf(b), { everywhere: true });
  return [
    ...services.filter(({ verdict }) => verdict !== 'equal').map(inWords),
    ...unmatched.map(({ side, kind, name }) => `${kind} ${name} is on side ${side} only`),
  ];
};
