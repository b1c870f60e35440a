import { Lookup } from '../lookup/lookup.ts';
import { hostOf } from '../lookup/services.ts';
import type { Explanation } from '../outcome.ts';
import type { Ask, World } from '../request.ts';
import { type SampleOptions, samples } from '../samples/samples.ts';
import { simulate } from '../simulate.ts';
import { type Aspect, aspects, type Place, together, type Verdict, worst } from './comparison.ts';
import type { Correspondence } from './correspondence.ts';
import { doubt, relation } from './relation.ts';

/** What was found out about one aspect of one place. */
export interface Found {
  readonly place: Place;
  readonly aspect: Aspect;
  readonly verdict: Verdict;
  /** The question, in the names of the first side, that shows the worst of it. */
  readonly ask?: Ask;
  /** Something that is not understood has a word in it. */
  readonly reason?: string;
}

export interface Findings {
  readonly found: readonly Found[];
  readonly asked: number;
  /** Questions at borders that the limit left out. */
  readonly left: number;
}

/** One question put to both sides. */
export type Put = (ask: Ask) => { readonly a: Explanation; readonly b: Explanation };

/** Without the Host, where it is one of the names of the service that is dialled; the other side has names of its own. */
const withoutOwnName = (ask: Ask, service: string, { client }: World): Ask['request'] => {
  const { authority, ...rest } = ask.request;
  const namespace = ask.caller.kind === 'outside' ? undefined : ask.caller.namespace;
  const named = authority === undefined ? undefined : Lookup.of(client).services.named(hostOf(authority), namespace);
  return named?.id === service ? rest : ask.request;
};

/** A question in the names of the first side is put to the second in its own names. */
export const putToBoth =
  (a: World, b: World, { toB }: Correspondence): Put =>
  ask => {
    const { to } = ask;
    const before = simulate(a, ask);
    const service = 'service' in to ? toB(to.service) : undefined;
    if (!('service' in to) || service === undefined || service === to.service)
      return { a: before, b: simulate(b, ask) };
    const request = withoutOwnName(ask, to.service, a);
    return { a: before, b: simulate(b, { ...ask, to: { ...to, service }, request }) };
  };

/** A sample goes by the name of the side that gave it. */
const inNamesOfA = (sample: Ask, service: string, b: World): Ask => {
  const { to } = sample;
  if (!('service' in to) || to.service === service) return sample;
  return { ...sample, to: { ...to, service }, request: withoutOwnName(sample, to.service, b) };
};

type Open = { -readonly [K in keyof Found]: Found[K] };

/** Most answers are the same to the letter; what they mean need not be worked out then. */
const areAlike = ({ a, b }: ReturnType<Put>): boolean => JSON.stringify(a.outcome) === JSON.stringify(b.outcome);

/** Takes in what one question says; the question that shows the worst is kept. */
const note = (found: Open, verdict: Verdict, ask: Ask): void => {
  if (verdict === 'equal') return;
  if (!found.ask || worst([found.verdict, verdict]) !== found.verdict) found.ask = ask;
  found.verdict = together(found.verdict, verdict);
};

/** Finds differences by asking both sides at the borders of all rules of either. What it does not find may still be there. */
export const findBySamples = (
  worlds: readonly [World, World],
  correspondence: Correspondence,
  options: SampleOptions,
): Findings => {
  const [a, b] = worlds;
  const put = putToBoth(a, b, correspondence);
  const found = new Map<string, Open>();
  let asked = 0;
  let left = 0;
  for (const { target, asks, left: skipped } of samples([a.client, a.server, b.client, b.server], options)) {
    const service = correspondence.placeOf(target);
    if (service === undefined) continue;
    const { to, via } = target;
    const place: Place = {
      service,
      ...(to.port === undefined ? {} : { port: to.port }),
      ...(via === undefined ? {} : { via }),
    };
    const open = aspects.map(aspect => {
      const key = JSON.stringify([place, aspect]);
      const entry = found.get(key) ?? { place, aspect, verdict: 'equal' as const };
      found.set(key, entry);
      return entry;
    });
    left += skipped;
    asked += asks.length;
    for (const sample of asks) {
      const ask = inNamesOfA(sample, service, b);
      const answers = put(ask);
      const unclear = doubt(answers.a, answers.b);
      const alike = areAlike(answers);
      for (const entry of open) {
        if (!alike) note(entry, relation(entry.aspect, answers.a, answers.b), ask);
        if (unclear !== undefined) entry.reason ??= unclear;
      }
    }
  }
  return { found: [...found.values()], asked, left };
};
