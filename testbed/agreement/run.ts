import type { Model } from '../../src/model/model.ts';
import { BedFailure } from '../failures.ts';
import { waysOf } from '../probe/expectation.ts';
import { isLeftToChance } from '../probe/judge.ts';
import type { Question } from '../probe/question.ts';
import { type JudgedReading, readingsOf, type Told } from '../settings/reading.ts';
import { questionsOf as questionsTogether, seenTogether, type Together, testimoniesOf } from '../together/together.ts';
import { type Mesh, tryAsked, type Verdict, workloadsIn } from '../trial/trial.ts';
import type { Configuration, Slot } from './configuration.ts';
import { disagrees, type Fact, type Testimony } from './oracle.ts';
import {
  type Asked,
  asked,
  borderQuestions,
  distinct,
  entranceQuestions,
  type Gate,
  gateQuestions,
  type Limits,
  needsTranslation,
  plannedQuestions,
} from './questions.ts';
import { shownBy } from './shown-by.ts';
import type { Tried } from './tally.ts';

/** A mesh in which configurations are tried, many at once. */
export interface Arena<Native> extends Mesh {
  /** Names on which configurations are tried, by kind. */
  readonly slots: Readonly<Partial<Record<Slot['kind'], readonly string[]>>>;
  /** Makes this the whole configuration, those `earlier` first; tells what was not let in, by the object. */
  use(objects: readonly Native[], earlier?: readonly Native[]): Promise<ReadonlyMap<Native, string>>;
  /** An object that is applied, with when it was made, where that counts. */
  asMade?(object: Native): Native;
  model(): Promise<Model>;
  /** What a caller's proxy has been told; absent where that cannot be read. */
  told?(caller: string): Promise<Told>;
  /** Whose proxies are looked into for that; absent: those of callers in the mesh. */
  readonly tellers?: readonly string[];
  /** What is there beside the configurations, for a record. */
  readonly standing: readonly Native[];
  serviceOf(slot: Slot): string;
  hostOf(slot: Slot): string;
  callersOf(slot: Slot): readonly string[];
  /** Where requests come in for a slot that is a listener of a gateway. */
  readonly gateOf?: (slot: Slot) => Gate;
  /** What the mesh says of itself about the name that a configuration is tried on, beside what the model says. */
  readonly askOracles?: (slot: Slot, model: Model) => Promise<readonly Testimony[]>;
  /** Whether servers are not told who has sent a request; absent: they are. */
  readonly hidesCaller?: (question: Question) => boolean;
  /** No proxy stands beside servers; absent: one does. */
  readonly leavesServersAlone?: true;
  /** Where the requests of a caller come from. */
  addressOf(caller: string): string;
  /** Begins anew with an empty mesh, after something of the bed has died; absent: there is nothing that dies. */
  readonly startAgain?: () => Promise<void>;
  /** Ends what may die, by its record. */
  readonly kill?: () => void;
}

interface Placed<Native> {
  readonly configuration: Configuration<Native>;
  readonly slot: Slot;
  readonly objects: readonly Native[];
  readonly earlier: readonly Native[];
}

/** As many configurations at a time as there are names to try them on. */
const waves = <Native>(
  all: readonly Configuration<Native>[],
  slots: Arena<Native>['slots'],
): readonly Placed<Native>[][] => {
  const made: Placed<Native>[][] = [];
  const place = (configuration: Configuration<Native>, slot: Slot): Placed<Native> => {
    const earlier = configuration.earlier?.(slot) ?? [];
    return { configuration, slot, earlier, objects: [...earlier, ...configuration.objects(slot)] };
  };
  for (const kind of ['site', 'guard', 'gate', 'away'] as const)
    for (const [index, configuration] of all.filter(one => one.kind === kind && !one.alone).entries()) {
      const names = slots[kind] ?? [];
      const slot: Slot = { kind, name: names[index % names.length] ?? '' };
      const wave = Math.floor(index / names.length);
      made[wave] ??= [];
      made[wave].push(place(configuration, slot));
    }
  const alone = all.filter(one => one.alone);
  return [...made, ...alone.map(one => [place(one, { kind: one.kind, name: slots[one.kind]?.[0] ?? '' })])];
};

/** One request of each kind of chance is sent often; the others show that they end in one of the ways. */
const withTimes = (model: Model, all: readonly Asked[]): readonly Asked[] => {
  const workloadsOf = workloadsIn(model);
  const sampled = new Set<string>();
  return all.map(one => {
    const { question, predicted } = one;
    if (!isLeftToChance(predicted.outcome, question, workloadsOf)) return one;
    // Shares are the same whatever an application does; those who try again have shown theirs.
    if (question.plan?.status !== undefined || question.plan?.reset)
      return { ...one, question: { ...question, times: 1 } };
    const { mirrors, faults } = predicted.outcome;
    const chances = JSON.stringify([waysOf(predicted.outcome, question, workloadsOf), mirrors, faults]);
    if (sampled.has(chances)) return { ...one, question: { ...question, times: 1 } };
    sampled.add(chances);
    const isSlow = question.plan?.delayMs !== undefined || predicted.outcome.faults?.delayMs !== undefined;
    return { ...one, question: { ...question, times: isSlow ? 48 : 300 } };
  });
};

/** The question as it is put in an arena: by whom, and what does not show there. */
const putIn = <Native>(arena: Arena<Native>, question: Question): Question => ({
  ...question,
  ...(arena.hidesCaller?.(question) ? { anonymous: true } : {}),
  ...(arena.leavesServersAlone ? { unproxied: true } : {}),
  request: { ...question.request, sourceAddress: arena.addressOf(question.caller) },
});

const questionsOf = <Native>(
  arena: Arena<Native>,
  model: Model,
  { configuration, slot }: Placed<Native>,
  limits: Limits,
): readonly Asked[] => {
  if (configuration.sendsNothing) return [];
  const service = arena.serviceOf(slot);
  const put = (questions: readonly Question[]): readonly Asked[] =>
    distinct(questions)
      .map(question => asked(model, putIn(arena, question)))
      .filter(one => !needsTranslation(one));
  if (configuration.pair) return withTimes(model, put(configuration.questions?.(slot) ?? []));
  const entrance = configuration.entrance?.(slot);
  const atBorders = entrance
    ? entranceQuestions(model, service, entrance, limits)
    : borderQuestions(model, service, arena.hostOf(slot), arena.callersOf(slot), limits, configuration.port);
  const borders = put([
    ...(configuration.questions?.(slot) ?? []),
    ...(slot.kind === 'gate' && arena.gateOf ? gateQuestions(model, arena.gateOf(slot), limits) : []),
    ...atBorders.filter(({ request }) => !configuration.ofBytes || request.protocol === 'tcp'),
  ]);
  return withTimes(model, [...borders, ...put(plannedQuestions(borders, limits))]);
};

/** What the proxies of callers were told of the services of configurations. */
const readingsIn = async <Native>(
  arena: Arena<Native>,
  model: Model,
  wave: readonly Placed<Native>[],
): Promise<ReadonlyMap<Placed<Native>, readonly JudgedReading[]>> => {
  const readings = new Map<Placed<Native>, readonly JudgedReading[]>();
  const isInMesh = (caller: string): boolean =>
    model.inventory.workloads.some(({ id, memberships }) => id === caller && memberships.length > 0);
  const callers = arena.tellers ?? [...new Set(wave.flatMap(({ slot }) => arena.callersOf(slot)))].filter(isInMesh);
  for (const caller of callers) {
    const told = await arena.told?.(caller);
    if (!told) continue;
    for (const placed of wave) {
      const at = { caller, service: arena.serviceOf(placed.slot), port: placed.configuration.readOn ?? 80 };
      readings.set(placed, [...(readings.get(placed) ?? []), ...readingsOf(model, told, at)]);
    }
  }
  return readings;
};

/** One after the other, each with nothing else on its way. */
const tryTogether = async <Native>(arena: Arena<Native>, model: Model, { configuration, slot }: Placed<Native>) => {
  const done: { asked: Together; seen: readonly Fact[] }[] = [];
  for (const one of configuration.together?.(slot) ?? []) {
    const observed = await arena.put(questionsTogether(one));
    done.push({ asked: one, seen: seenTogether(model, one, observed.flat()) });
  }
  return done;
};

interface TriedPlaced<Native> {
  readonly tried: Tried;
  readonly placed: Placed<Native>;
}

/** Applies configurations together, asks, and judges. */
const tryWave = async <Native>(
  arena: Arena<Native>,
  wave: readonly Placed<Native>[],
  number: number,
  limits: Limits,
): Promise<readonly TriedPlaced<Native>[]> => {
  const refused = await arena.use(
    wave.flatMap(({ objects }) => objects),
    wave.flatMap(({ earlier }) => earlier),
  );
  const model = await arena.model();
  const prepared = wave.map(placed => {
    const why =
      placed.configuration.untold ??
      placed.objects.map(object => refused.get(object)).find(reason => reason !== undefined);
    return { placed, why, questions: why === undefined ? questionsOf(arena, model, placed, limits) : [] };
  });
  const verdicts = await tryAsked(
    arena,
    model,
    prepared.flatMap(({ questions }) => questions),
  );
  const shown = shownBy(model);
  const readings = await readingsIn(arena, model, wave);
  const done: TriedPlaced<Native>[] = [];
  let next = 0;
  for (const { placed, why, questions } of prepared) {
    const own: readonly Verdict[] = verdicts.slice(next, next + questions.length);
    next += questions.length;
    const shows = shown(placed.slot.name, own);
    const { id, family, ofBytes, pair } = placed.configuration;
    const isNamed = placed.slot.kind !== 'gate';
    const oracles = why === undefined && !ofBytes && isNamed ? await arena.askOracles?.(placed.slot, model) : undefined;
    const together = why === undefined ? await tryTogether(arena, model, placed) : [];
    const seenAtOnce = together.flatMap(({ asked: one, seen }) => testimoniesOf(model, one, seen));
    const testimonies = seenAtOnce.length > 0 ? [...(oracles ?? []), ...seenAtOnce] : oracles;
    const tried: Tried = {
      id,
      family,
      wave: number,
      ...(pair ? { side: { ...pair, name: placed.slot.name } } : {}),
      verdicts: own.map((verdict, index) => ({
        ...verdict,
        requestClass: questions[index]?.requestClass ?? '',
        shows: shows[index] ?? [],
      })),
      readings: why === undefined ? (readings.get(placed) ?? []) : [],
      ...(together.length > 0 ? { together } : {}),
      ...(testimonies === undefined ? {} : { testimonies }),
      ...(why === undefined ? {} : { notComparable: why }),
    };
    done.push({ tried, placed });
  }
  return done;
};

/** What tells how a run goes. */
export interface Audience<Native> {
  readonly tell: (tried: Tried, placed: { readonly objects: readonly Native[]; readonly slot: Slot }) => void;
  /** These are tried anew, and why. */
  readonly tellAgain: (why: string, ids: readonly string[]) => void;
}

const isContradicted = ({ verdicts, readings, testimonies = [] }: Tried): boolean =>
  [...verdicts, ...readings].some(({ differences }) => differences.length > 0) || testimonies.some(disagrees);

/** Those that differ are tried once more without the others: a machine may have been slow, and a model stays wrong. */
const tryDoubtful = async <Native>(
  results: readonly TriedPlaced<Native>[],
  again: (wave: readonly Placed<Native>[]) => Promise<readonly TriedPlaced<Native>[]>,
  tellAgain: Audience<Native>['tellAgain'],
): Promise<readonly TriedPlaced<Native>[]> => {
  const doubtful = results.filter(({ tried }) => isContradicted(tried));
  if (doubtful.length === 0) return results;
  tellAgain(
    'they were not as predicted',
    doubtful.map(({ tried }) => tried.id),
  );
  const second = await again(doubtful.map(({ placed }) => placed));
  return results.map(one => {
    const found = second.find(({ placed }) => placed === one.placed);
    return found ? { ...found, tried: { ...found.tried, again: true } } : one;
  });
};

/** So often a bed may die on the same configurations. */
const mostDeaths = 3;

/** Tries configurations, and tells of each as soon as it is done. Those that a bed has died on are tried anew. */
export const runAgreement = async <Native>(
  arena: Arena<Native>,
  configurations: readonly Configuration<Native>[],
  limits: Limits,
  { tell, tellAgain }: Audience<Native>,
): Promise<readonly Tried[]> => {
  const done: Tried[] = [];
  let number = -1;
  const unlessItDies = async <T>(
    act: () => Promise<T>,
    wave: readonly Placed<Native>[],
    left = mostDeaths,
  ): Promise<T> =>
    act().catch(async error => {
      if (!(error instanceof BedFailure) || !arena.startAgain || left === 0) throw error;
      tellAgain(
        `the bed starts again: ${error.message}`,
        wave.map(({ configuration }) => configuration.id),
      );
      await arena.startAgain();
      return unlessItDies(act, wave, left - 1);
    });
  const tryNext = (wave: readonly Placed<Native>[]): Promise<readonly TriedPlaced<Native>[]> => {
    number += 1;
    return unlessItDies(() => tryWave(arena, wave, number, limits), wave);
  };
  const tryAlone = async (wave: readonly Placed<Native>[]): Promise<readonly TriedPlaced<Native>[]> => {
    await unlessItDies(() => arena.use([]), wave);
    return tryNext(wave);
  };
  for (const wave of waves(configurations, arena.slots)) {
    const results = await tryDoubtful(await tryNext(wave), tryAlone, tellAgain);
    for (const { tried, placed } of results) {
      tell(tried, { ...placed, objects: placed.objects.map(object => arena.asMade?.(object) ?? object) });
      done.push(tried);
    }
  }
  await unlessItDies(() => arena.use([]), []);
  return done;
};
