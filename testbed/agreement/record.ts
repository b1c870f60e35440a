import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Question } from '../probe/question.ts';
import { type Reading, usualAmong } from '../settings/reading.ts';
import { type Json, packed, unpacked } from '../trial/packing.ts';
import { type RecordedConfiguration, recordOf, withName, withoutName } from '../trial/recording.ts';
import { type Part, versions } from '../versions.ts';
import type { Contest } from './contest.ts';
import { questionKey } from './pairs/judge-pair.ts';
import { standIn } from './pairs/pair.ts';
import type { JudgedPair } from './pairs/tally-pairs.ts';
import type { Limits } from './questions.ts';
import type { Judged, Tried } from './tally.ts';

/** Probes of one configuration that are kept: enough to notice when the model changes its mind. */
const usualProbes = 7;

const spread = <T>(items: readonly T[], most: number): readonly T[] =>
  items.length <= most
    ? items
    : Array.from({ length: most }, (_, index) => items[Math.floor((index * items.length) / most)] as T);

/** The first line: what it was seen in. */
export interface RecordHead<Native> {
  readonly versions: Readonly<Partial<Record<Part, string>>>;
  /** What is there beside the configurations. */
  readonly standing: readonly Native[];
  /** Where the requests of each caller come from. */
  readonly addresses: Readonly<Record<string, string>>;
  /** What it was asked within. */
  readonly limits: Limits;
}

/** A record: what it was seen in, and what was seen. */
export interface RecordFile<Native> {
  readonly head: RecordHead<Native>;
  readonly configurations: readonly RecordedConfiguration<Native>[];
}

export const recordIn = <Native>(text: string): RecordFile<Native> => {
  const [head, ...lines] = unpacked(text) as unknown as [RecordHead<Native>, ...RecordedConfiguration<Native>[]];
  return { head, configurations: lines.map(withName) };
};

/** What the proxy of the first caller was told and others were not. */
const readingsIn = ({ readings }: Tried, isUsual: (reading: Reading) => boolean) => {
  const [first] = readings;
  const told = readings.filter(
    reading => reading.caller === first?.caller && reading.differences.length === 0 && !isUsual(reading),
  );
  if (told.length === 0) return {};
  return {
    readings: told.map(({ caller, service, port, subset, about, seen }): Reading => {
      return { caller, service, port, ...(subset ? { subset } : {}), about, seen };
    }),
  };
};

/** What a probe shows: how the application was to behave, what came of it, and whether headers were there. */
const kindOf = ({ question: { plan, request }, observed }: Judged): string => {
  const fails = plan?.status !== undefined || plan?.reset === true;
  const seen = fails
    ? observed.map(({ hits }) => `fails ${hits.length}`)
    : observed.map(({ reply, by }) => `${reply.status} ${by}`);
  const withHeaders = plan?.headers !== undefined || request.headers.length > 0;
  return JSON.stringify([request.protocol, plan?.delayMs, withHeaders, [...new Set(seen)].sort()]);
};

const firstOfEach = (verdicts: readonly Judged[], key: (verdict: Judged) => string): readonly Judged[] =>
  [...new Map(verdicts.toReversed().map(verdict => [key(verdict), verdict])).values()].toReversed();

/** Whether it is asked for another name that configurations are tried on: what stands there may not be recorded. */
export const isForOthers = ({ request }: Pick<Question, 'request'>, on: string): boolean =>
  (JSON.stringify(request).match(/(?<![\w-])(?:site|guard|gate)-\d+/g) ?? []).some(name => name !== on);

/** A few that show all errors that any of them shows: each time the first of those that show most of what is left. */
export const telling = <T extends Pick<Judged, 'shows'>>(all: readonly T[]): readonly T[] => {
  const chosen: T[] = [];
  const left = new Set(all.flatMap(({ shows }) => shows));
  const gain = ({ shows }: T): number => shows.filter(one => left.has(one)).length;
  while (left.size > 0) {
    const best = all.reduce((a, b) => (gain(b) > gain(a) ? b : a));
    chosen.push(best);
    for (const one of best.shows) left.delete(one);
  }
  return chosen;
};

/**
 * Of those that agree, what shows that models with an error are wrong; then of the classes one of each kind, and others;
 * where there are few, more requests of each.
 */
const probesOf = ({ verdicts }: Tried, on: string, most: number) => {
  const all = verdicts.filter(({ question, differences }) => differences.length === 0 && !isForOthers(question, on));
  const classes = firstOfEach(all, ({ requestClass }) => requestClass);
  const needed = telling(all);
  const more = (chosen: readonly Judged[], from: readonly Judged[]): readonly Judged[] =>
    spread(
      from.filter(verdict => !chosen.includes(verdict)),
      most - chosen.length,
    );
  const kinds = [...needed, ...more(needed, firstOfEach(classes, kindOf))];
  const ofClasses = [...kinds, ...more(kinds, classes)];
  return [...ofClasses, ...more(ofClasses, all)].map(({ question, observed }) => recordOf(question, observed));
};

/** Of one side of a pair, what tells the difference, or that there is none. */
const tellingIn = ({ side, verdicts }: Tried, pairs: readonly JudgedPair[]) => {
  if (!side) return undefined;
  const { pair, name } = side;
  const claims = pairs.find(({ id }) => id === pair.id)?.claims ?? [];
  const by = new Set(claims.flatMap(claim => claim.by));
  return verdicts
    .filter(({ question }) => by.has(questionKey(question, name, standIn(pair.kind).name)))
    .map(({ question, observed }) => recordOf(question, observed));
};

const addressesIn = (tried: readonly Tried[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    tried.flatMap(({ verdicts }) =>
      verdicts.flatMap(({ question: { caller, request } }) =>
        request.sourceAddress === undefined ? [] : [[caller, request.sourceAddress]],
      ),
    ),
  );

/** The first of each family, and then every so many. */
const oneOfEach = (many: number): ((one: { readonly tried: Tried }) => boolean) => {
  const counts = new Map<string, number>();
  return ({ tried: { family } }) => {
    const count = counts.get(family) ?? 0;
    counts.set(family, count + 1);
    return count % many === 0;
  };
};

/**
 * Writes what was seen as lines of JSON: the head, then each configuration with some of its probes. Of those that were made
 * at random one of four is enough, and what others have written is not ours to keep. `beside`: what was recorded of others stays.
 */
export const writeRecord = <Native>(
  root: string,
  { record, parts, limits, records }: Pick<Contest<Native>, 'record' | 'parts' | 'limits' | 'records'>,
  standing: readonly Native[],
  tried: readonly { readonly tried: Tried; readonly on: string; readonly objects: readonly Native[] }[],
  pairs: readonly JudgedPair[],
  beside: boolean,
): void => {
  const path = join(root, 'testdata', 'agreement', `${record}.jsonl`);
  const before = beside && existsSync(path) ? recordIn<Native>(readFileSync(path, 'utf8')) : undefined;
  const again = new Set(tried.map(({ tried: { id } }) => id));
  const kept = (before?.configurations ?? []).filter(({ id }) => !again.has(id));
  const after = Math.max(-1, ...kept.map(({ wave }) => wave)) + 1;
  const usual = usualAmong(tried.flatMap(({ tried: { readings } }) => readings));
  const fresh = tried
    .filter(({ tried: { family } }) => !family.startsWith('corpus'))
    .filter(({ tried: { family } }, index) => !family.startsWith('random') || index % 4 === 0)
    .filter(oneOfEach(records?.oneOf ?? 1))
    .map(
      ({ tried: one, objects, on }): RecordedConfiguration<Native> => ({
        id: one.id,
        on,
        wave: after + one.wave,
        objects,
        ...(one.together ? { together: one.together } : {}),
        probes: tellingIn(one, pairs) ?? probesOf(one, on, records?.probes ?? usualProbes),
        ...(one.side ? { pair: { id: one.side.pair.id, side: one.side.side } } : readingsIn(one, usual)),
      }),
    )
    .filter(({ probes, readings, together }) => probes.length > 0 || readings !== undefined || together !== undefined);
  const first: RecordHead<Native> = {
    versions: Object.fromEntries(parts.map(part => [part, versions[part]])),
    standing,
    addresses: { ...before?.head.addresses, ...addressesIn(tried.map(({ tried: one }) => one)) },
    limits,
  };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, packed([first, ...[...kept, ...fresh].map(withoutName)] as unknown as readonly Json[]));
};
