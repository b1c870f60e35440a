/** What a prediction lets us see when the request is really sent. */
import type { BackendShare, Encrypted, HeaderChange, Outcome, Result } from '../../src/verify/outcome.ts';
import type { Question } from './question.ts';
import type { Plan } from './wire.ts';

/** One way in which a request may end. */
export interface Way {
  /** How often, beside the other ways. */
  readonly share: number;
  /** The status that the caller gets; absent: the connection ends without an answer. */
  readonly status?: number;
  /** The status of a call, where the application has chosen it. */
  readonly grpc?: number;
  /** The workloads of which one answers, or lets it run into a deadline; empty: none is reached. */
  readonly workloads: readonly string[];
  /** How many times an application sees it. */
  readonly tries: number;
  /** How many times at least, where it is left to chance. */
  readonly fewest?: number;
  readonly requestHeaders?: HeaderChange;
  readonly responseHeaders?: HeaderChange;
  readonly identity?: string;
}

/** The workloads behind an endpoint set, as the model writes it. */
export type WorkloadsOf = (endpoints: string) => readonly string[];

const isServerError = (status: number): boolean => status >= 500 && status <= 599;
const isGatewayError = (status: number): boolean => status >= 502 && status <= 504;

/** Whether a proxy tries again after such an answer; the words are Envoy's. */
const isRetried = (condition: string, status: number): boolean => {
  if (condition === '5xx') return isServerError(status);
  if (condition === 'gateway-error') return isGatewayError(status);
  if (condition === 'retriable-4xx') return status === 409;
  const codes = /^status:(\d+)(?:-(\d+))?$/.exec(condition);
  if (!codes) return false;
  const from = Number(codes[1]);
  return status >= from && status <= Number(codes[2] ?? from);
};

/** Conditions that a connection without an answer meets. */
const ofResets: readonly string[] = ['5xx', 'gateway-error', 'reset'];

/** How often an application is tried that answers every time as planned. */
const triesOf = ({ retries }: Outcome, { plan = {}, unproxied }: Question): number => {
  const { status = 200, times = Number.POSITIVE_INFINITY, reset } = plan;
  // A server's proxy makes a 503 of a connection that its application ends.
  const isMet = (condition: string): boolean =>
    reset && unproxied ? ofResets.includes(condition) : isRetried(condition, reset ? 503 : status);
  return 1 + Math.min(retries?.on.some(isMet) ? retries.max : 0, times);
};

/** Conditions of tries that look at the status of a call. */
const wordsOfCalls: Readonly<Record<number, string>> = {
  1: 'cancelled',
  4: 'deadline-exceeded',
  8: 'resource-exhausted',
  13: 'internal',
  14: 'unavailable',
};

const triesOfCall = ({ retries }: Outcome, { grpc = 0, times = Number.POSITIVE_INFINITY }: Plan): number => {
  const word = wordsOfCalls[grpc];
  const isTriedAgain = retries?.on.some(condition => condition === word || condition === `grpc:${word}`);
  return 1 + Math.min(isTriedAgain && retries ? retries.max : 0, times);
};

/** How long a request may be without an answer. */
export const deadlineOf = ({ timeoutMs, perTryTimeoutMs, idleTimeoutMs }: Outcome): number =>
  Math.min(...[timeoutMs, perTryTimeoutMs, idleTimeoutMs].map(ms => ms ?? Number.POSITIVE_INFINITY));

/** Whether the application's own delay runs into a deadline. */
export const isTooSlow = (outcome: Outcome, { plan = {} }: Question): boolean =>
  (plan.delayMs ?? 0) > deadlineOf(outcome);

/** A deadline of a single try, after which there is another one. */
const triesInTime = (outcome: Outcome): number => {
  const { retries, perTryTimeoutMs, timeoutMs = Number.POSITIVE_INFINITY } = outcome;
  if (!retries || perTryTimeoutMs === undefined || perTryTimeoutMs >= timeoutMs) return 1;
  if (!retries.on.some(condition => isRetried(condition, 504))) return 1;
  return Math.min(retries.max + 1, Math.ceil(timeoutMs / perTryTimeoutMs));
};

/** Before each further try a proxy waits up to so long (Envoy: a random part of it, which doubles each time). */
const longestWait = (base: number, nth: number): number => base * (2 ** nth - 1);

/** The same if it always waits as long as it may. */
const fewestInTime = (outcome: Outcome, tries: number): number => {
  const { retries, perTryTimeoutMs = 0, timeoutMs = Number.POSITIVE_INFINITY } = outcome;
  const base = retries?.backoff?.baseMs ?? 25;
  let begins = 0;
  let count = 1;
  while (count < tries) {
    begins += perTryTimeoutMs + longestWait(base, count);
    if (begins >= timeoutMs) break;
    count += 1;
  }
  return count;
};

interface End {
  readonly decision: Result;
  readonly status?: number | undefined;
  readonly endpoints: string;
  readonly workloads: readonly string[];
  readonly encrypted: Encrypted;
}

const endsOf = (outcome: Outcome, backend: BackendShare, workloadsOf: WorkloadsOf): readonly End[] => {
  if (backend.servers && backend.servers.length > 0)
    return backend.servers.map(({ workload, decision, status, encrypted }) => ({
      decision,
      status,
      encrypted,
      endpoints: backend.endpoints,
      workloads: workload === undefined ? workloadsOf(backend.endpoints) : [workload],
    }));
  const decision = backend.decision ?? outcome.decision;
  const status = backend.decision === undefined ? (backend.status ?? outcome.status) : backend.status;
  const encrypted = backend.encrypted ?? outcome.encrypted;
  return [{ decision, status, encrypted, endpoints: backend.endpoints, workloads: workloadsOf(backend.endpoints) }];
};

const refusal: Partial<Record<Result, number>> = { denied: 403 };

/** What proxies make no answers to. */
export const isOfBytes = ({ request: { protocol } }: Question): boolean => protocol === 'tcp' || protocol === 'tls';

const answeredBy = (end: Pick<End, 'decision' | 'status'>, question: Question): number | undefined =>
  isOfBytes(question) ? undefined : (end.status ?? refusal[end.decision]);

/** The status of a call that a proxy answers so (Envoy 1.40, `Utility::httpToGrpcStatus`). */
const statusesOfCalls: Readonly<Record<number, number>> = {
  200: 0,
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
};

/** What a proxy that answers with a status of HTTP makes of it in a call: unknown, if there is no other word. */
export const statusOfCall = (status: number): number => statusesOfCalls[status] ?? 2;

/**
 * The model tells as a caveat that nobody is behind a name, and goes on to say what those would do who come. Until then the
 * caller's proxy answers for nobody, and no server keeps anybody out; what a waypoint says is said before.
 */
const isForNobody = ({ decision, endpoints, workloads }: End, { unproxied }: Question): boolean =>
  workloads.length === 0 && (decision === 'forwarded' || (decision === 'denied' && endpoints !== '' && !unproxied));

const wayThrough = (end: End, outcome: Outcome, question: Question): Omit<Way, 'share'> => {
  const { plan = {} } = question;
  if (isForNobody(end, question)) return { ...(isOfBytes(question) ? {} : { status: 503 }), workloads: [], tries: 0 };
  if (end.decision !== 'forwarded') {
    const status = answeredBy(end, question);
    return { ...(status === undefined ? {} : { status }), workloads: [], tries: 0 };
  }
  const isBytes = isOfBytes(question);
  // Where a client's settings demand TLS, an application has to take it; those of the bed do not. Its own it begins itself.
  if (end.encrypted === 'tls' && question.request.protocol !== 'tls')
    return { ...(isBytes ? {} : { status: 503 }), workloads: [], tries: 0 };
  if (isBytes) return { workloads: end.workloads, tries: 0 };
  if (isTooSlow(outcome, question)) {
    const tries = triesInTime(outcome);
    return { status: 504, workloads: end.workloads, tries, fewest: fewestInTime(outcome, tries) };
  }
  const isCall = question.request.protocol === 'grpc';
  const tries = isCall ? triesOfCall(outcome, plan) : triesOf(outcome, question);
  const recovers = plan.times !== undefined && tries > plan.times;
  const status = recovers ? 200 : plan.reset ? 503 : (plan.status ?? 200);
  const code = isCall && !recovers && plan.grpc !== undefined ? { grpc: plan.grpc } : {};
  return { status, ...code, workloads: end.workloads, tries };
};

/** The codes of gRPC that a fault may name. */
const codesOfCalls: readonly string[] = [
  ...['OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS'],
  ...['PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED'],
  ...['INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED'],
];

const faulty = (outcome: Outcome, ways: readonly Way[]): readonly Way[] => {
  const { abortPercent = 0, abortStatus = 200, abortGrpcStatus } = outcome.faults ?? {};
  if (abortPercent === 0) return ways;
  const call = abortGrpcStatus === undefined ? {} : { grpc: codesOfCalls.indexOf(abortGrpcStatus) };
  const rest = ways.map(way => ({ ...way, share: (way.share * (100 - abortPercent)) / 100 }));
  return [{ share: abortPercent / 100, status: abortStatus, ...call, workloads: [], tries: 0 }, ...rest];
};

/** All ways in which a request may end by a prediction; those that never happen are left out. */
export const waysOf = (outcome: Outcome, question: Question, workloadsOf: WorkloadsOf): readonly Way[] => {
  if (outcome.backends.length === 0) {
    const { status } = outcome;
    const end = { decision: outcome.decision, status };
    const answer = answeredBy(end, question);
    const only: Way = { share: 1, ...(answer === undefined ? {} : { status: answer }), workloads: [], tries: 0 };
    return outcome.faults?.abortGrpcStatus === undefined
      ? [only]
      : faulty(outcome, [only]).filter(({ share }) => share > 0);
  }
  const ways = outcome.backends.flatMap(backend => {
    const ends = endsOf(outcome, backend, workloadsOf);
    const requestHeaders = backend.requestHeaders ?? outcome.requestHeaders;
    const responseHeaders = backend.responseHeaders ?? outcome.responseHeaders;
    const identity = backend.identitySeen ?? outcome.identitySeen;
    return ends.map(
      (end): Way => ({
        ...wayThrough(end, outcome, question),
        share: backend.weight / 100_000 / ends.length,
        ...(requestHeaders ? { requestHeaders } : {}),
        ...(responseHeaders ? { responseHeaders } : {}),
        ...(identity === undefined ? {} : { identity }),
      }),
    );
  });
  return faulty(outcome, ways).filter(({ share }) => share > 0);
};
