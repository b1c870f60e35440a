/** Requests that show something only together: many at once, or one after the other to servers of which some fail. */
import type { Model } from '../../src/model/model.ts';
import { compared, type Fact, type Testimony } from '../agreement/oracle.ts';
import type { Observed, Question } from '../probe/question.ts';
import { numbersOfDestination, type Place } from '../settings/predicted.ts';
import { predict, workloadsIn } from '../trial/trial.ts';

interface Base {
  /** What each request is. */
  readonly question: Question;
  readonly count: number;
}

/** All at once, to a server that takes its time; `lead` of them a moment before the others, so that connections stand. */
export interface Crowd extends Base {
  readonly kind: 'crowd';
  readonly lead: number;
}

/** One after the other; workloads whose names end so fail every time. */
export interface Row extends Base {
  readonly kind: 'row';
  readonly failing: readonly string[];
  readonly status: number;
  /** After so long there are as many requests again, and nobody fails any more. */
  readonly pauseMs?: number;
}

export type Together = Crowd | Row;

const slowMs = 1500;
const leadMs = 400;

const isFailing = ({ failing }: Row, workload: string): boolean => failing.some(name => workload.endsWith(name));

/** The requests in the order in which they are sent. */
export const questionsOf = (asked: Together): readonly Question[] => {
  const { question, count } = asked;
  const each = (more: Partial<Question>): readonly Question[] =>
    Array.from({ length: count }, () => ({ ...question, times: 1, ...more }));
  if (asked.kind === 'crowd') {
    const plan = { delayMs: slowMs };
    return each({ plan }).map((one, index) => (index < asked.lead ? one : { ...one, afterMs: leadMs }));
  }
  const { status, failing, pauseMs } = asked;
  const first = each({ plan: { status, only: failing } });
  if (pauseMs === undefined) return first;
  return [...first, ...each({ plan: { status: 200 } }).map((one, n) => (n === 0 ? { ...one, afterMs: pauseMs } : one))];
};

/** Whose proxy sends it to the servers: the caller's own, or the waypoint's on the way. */
const placeOf = (model: Model, question: Question): Place => {
  const waypoint = predict(model, question).hops.find(({ at }) => at === 'waypoint')?.workload;
  return { ...question, caller: waypoint ?? question.caller };
};

/** Bytes are answered with bytes. */
const isAnswered = ({ reply: { status, body } }: Observed, { request }: Question): boolean =>
  request.protocol === 'tcp' ? body !== undefined : status === 200;

const admitted = (count: number, of: number): Fact => ({
  about: 'limits',
  place: `${of} at once`,
  said: `${count} get in`,
});

/** `out`: how many failures each of those has met who were taken out. */
const ejected = (out: readonly number[], of: number): Fact => ({
  about: 'ejection',
  place: `${of} servers`,
  said: out.length === 0 ? 'all stay in' : `${out.length} out after ${[...new Set(out)].sort().join(' or ')}`,
});

const returned = (back: number, of: number): Fact => ({
  about: 'return',
  place: `${of} servers`,
  said: `${back} are asked`,
});

const visits = (observed: readonly Observed[], workload: string): number =>
  observed.filter(({ hits }) => hits.some(({ pod }) => pod === workload)).length;

/** Who is asked at all by the end is in: that nobody is asked in so many turns by chance does not happen. */
const seenInRow = (row: Row, observed: readonly Observed[], workloads: readonly string[]): readonly Fact[] => {
  const first = observed.slice(0, row.count);
  const second = observed.slice(row.count);
  const late = first.slice(Math.floor(row.count / 2));
  const out = workloads.filter(workload => visits(late, workload) === 0).map(workload => visits(first, workload));
  const gone = ejected(out, workloads.length);
  const asked = workloads.filter(workload => visits(second, workload) > 0).length;
  return row.pauseMs === undefined ? [gone] : [gone, returned(asked, workloads.length)];
};

const workloadsBehind = (model: Model, question: Question): readonly string[] => {
  const workloadsOf = workloadsIn(model);
  return [...new Set(predict(model, question).outcome.backends.flatMap(({ endpoints }) => workloadsOf(endpoints)))];
};

/** What was seen, in words. */
export const seenTogether = (model: Model, asked: Together, observed: readonly Observed[]): readonly Fact[] =>
  asked.kind === 'crowd'
    ? [admitted(observed.filter(one => isAnswered(one, asked.question)).length, asked.count)]
    : seenInRow(asked, observed, workloadsBehind(model, asked.question));

/** How many of those that come at once are let in: as many as may be sent, and as may wait for a connection. */
const admittedBy = (model: Model, { question, count }: Crowd): number => {
  const {
    connections = count,
    'pending requests': pending = count,
    requests = count,
  } = numbersOfDestination(model, placeOf(model, question)) as Readonly<Record<string, number>>;
  // No connection of bytes waits for another one to end.
  if (question.request.protocol === 'tcp') return Math.min(count, connections);
  return Math.min(count, requests, connections + pending);
};

/**
 * How many of so many may be out: no more than the part that is allowed, so that of few it may be none. Of several the last
 * is asked on even when it is counted as taken out (`ejections_active`: 2 of 2, no panic; seen of Envoy 1.40, in both meshes).
 */
const mostOut = (servers: number, percent: number): number =>
  Math.min(Math.floor((servers * percent) / 100), Math.max(1, servers - 1));

const predictedInRow = (model: Model, row: Row): readonly Fact[] => {
  const { question, status, pauseMs } = row;
  const workloads = workloadsBehind(model, question);
  const numbers = numbersOfDestination(model, placeOf(model, question)) as Readonly<Record<string, number | undefined>>;
  const { 'failures in a row': failures, 'gateway errors in a row': gateway } = numbers;
  const { 'percent out at most': most = 10, 'out for': outMs = 30_000, 'looked at every': everyMs = 10_000 } = numbers;
  const limits = [failures, status >= 502 && status <= 504 ? gateway : undefined].filter(limit => limit !== undefined);
  const failing = limits.length === 0 ? [] : workloads.filter(workload => isFailing(row, workload));
  const out = failing.slice(0, mostOut(workloads.length, most)).map(() => Math.min(...limits));
  const gone = ejected(out, workloads.length);
  const isBack = pauseMs !== undefined && pauseMs > outMs + everyMs;
  return pauseMs === undefined
    ? [gone]
    : [gone, returned(workloads.length - (isBack ? 0 : out.length), workloads.length)];
};

export const predictedTogether = (model: Model, asked: Together): readonly Fact[] =>
  asked.kind === 'crowd' ? [admitted(admittedBy(model, asked), asked.count)] : predictedInRow(model, asked);

/** What was seen beside what is predicted. */
export const testimoniesOf = (model: Model, asked: Together, seen: readonly Fact[]): readonly Testimony[] =>
  compared('requests together', seen, predictedTogether(model, asked));
