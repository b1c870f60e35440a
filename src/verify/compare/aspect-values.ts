import { isSame } from '../../base/same.ts';
import type { BackendShare, HeaderChange, MirrorShare, Outcome, Resilience, RetryOutcome } from '../outcome.ts';
import { combineEdits } from '../treatment/headers.ts';

/** What an outcome says about one aspect, in a form in which two outcomes that mean the same are equal. */

/** Endpoints go by what they are, not by the names that lead to them; the port is the one they listen on. */
export const endpointKey = (backend: BackendShare): string =>
  backend.endpoints === '' ? `nowhere ${backend.status ?? ''}` : `${backend.endpoints} ${backend.targetPort ?? ''}`;

const stable = (value: unknown): string =>
  JSON.stringify(value, (_, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

/** Sums per key, in the order of the keys; nothing is left of what gets nothing. */
const summed = (parts: readonly (readonly [key: string, amount: number])[]): readonly (readonly [string, number])[] => {
  const sums = new Map<string, number>();
  for (const [key, amount] of parts) sums.set(key, (sums.get(key) ?? 0) + amount);
  return [...sums].filter(([, amount]) => amount > 0).sort(([a], [b]) => (a < b ? -1 : 1));
};

/** What is done to the headers of one share: its own edits, and what every share gets (what browsers are told). */
const edits = (own: HeaderChange | undefined, common: HeaderChange | undefined): HeaderChange | undefined =>
  combineEdits(own, common);

/** The distribution over endpoints, each with what is done to the headers of its share. */
const distribution = (outcome: Outcome): unknown => {
  const { backends, requestHeaders, responseHeaders, decision, status } = outcome;
  return summed(
    backends.map(backend => {
      const end = backend.endpoints === '' ? { ...backend, status: backend.status ?? status ?? 0 } : backend;
      const changes = [edits(backend.requestHeaders, requestHeaders), edits(backend.responseHeaders, responseHeaders)];
      const own = backend.decision ?? decision;
      const answer = own === 'responded' || own === 'redirected' ? `${own} ${backend.status ?? status}` : '';
      return [stable([endpointKey(end), changes, answer]), backend.weight] as const;
    }),
  );
};

const mirrors = (copies: readonly MirrorShare[]): unknown =>
  summed(
    copies.map(({ endpoints, service, port, percent }) => [`${endpoints || service} ${port ?? ''}`, percent] as const),
  );

/**
 * Where a request goes and what is done to it on the way. Undefined where it is refused before any route is asked: then
 * nothing can be said about routes.
 */
export const routingValue = (outcome: Outcome): string | undefined => {
  const { decision, status, backends, location, body, rewrite, requestHeaders, responseHeaders } = outcome;
  if (backends.length > 0) return stable([distribution(outcome), mirrors(outcome.mirrors), rewrite ?? null]);
  if (decision === 'denied') return undefined;
  // To the client it is the same whether a rule made up the answer or no rule was there.
  const end = decision === 'unroutable' && status !== undefined ? 'responded' : decision;
  return stable([end, status, location, body, requestHeaders, responseHeaders, mirrors(outcome.mirrors)]);
};

const doneToAll = [
  'rewrite',
  'requestHeaders',
  'responseHeaders',
  'mirrors',
] as const satisfies readonly (keyof Outcome)[];
const ended = ['decision', 'status', 'backends', 'location', 'body'] as const satisfies readonly (keyof Outcome)[];

/** A share goes to the same endpoints on both sides, in whatever way it is received there. */
const goesAlike = (a: BackendShare, b: BackendShare): boolean =>
  a.endpoints !== '' &&
  a.endpoints === b.endpoints &&
  a.targetPort === b.targetPort &&
  a.weight === b.weight &&
  isSame(a.requestHeaders, b.requestHeaders) &&
  isSame(a.responseHeaders, b.responseHeaders);

/** It does not come to its endpoints: a waypoint answers. */
const isAnswered = (share: BackendShare, { decision }: Outcome): boolean =>
  ['responded', 'redirected'].includes(share.decision ?? decision);

const goAlike = (a: Outcome, b: Outcome): boolean =>
  a.backends.length > 0 &&
  a.backends.length === b.backends.length &&
  a.backends.every((share, index) => {
    const other = b.backends[index];
    return other !== undefined && goesAlike(share, other) && !isAnswered(share, a) && !isAnswered(other, b);
  });

/** Whether two outcomes say the same about routes to the letter, which is found out sooner than what they mean. */
export const isRoutedAlike = (a: Outcome, b: Outcome): boolean =>
  doneToAll.every(part => isSame(a[part], b[part])) && (goAlike(a, b) || ended.every(part => isSame(a[part], b[part])));

const lasting = [
  'timeoutMs',
  'perTryTimeoutMs',
  'idleTimeoutMs',
  'retries',
  'faults',
] as const satisfies readonly (keyof Outcome)[];

/** As `isRoutedAlike`, about deadlines, further tries and faults. */
export const isResilientAlike = (a: Outcome, b: Outcome): boolean => lasting.every(part => isSame(a[part], b[part]));

/** `retriable-status-codes` names no code by itself, and does nothing (observed). */
const retries = (outcome: RetryOutcome | undefined): unknown =>
  outcome && { ...outcome, on: outcome.on.filter(condition => condition !== 'retriable-status-codes') };

/** Deadlines, further tries and faults. Undefined where nothing is sent on, unless a fault is why. */
export const resilienceOf = (outcome: Outcome): object | undefined => {
  const { backends, timeoutMs, perTryTimeoutMs, idleTimeoutMs, faults } = outcome;
  if (backends.length === 0 && !faults) return undefined;
  return { timeoutMs, perTryTimeoutMs, idleTimeoutMs, faults, retries: retries(outcome.retries) };
};

/**
 * Whether what was decided about requests that are sent on stays different whatever settings for the destination add,
 * which is a budget for tries.
 */
export const staysDifferent = (a: Resilience, b: Resilience): boolean => {
  const apart = ({ retries: tries, ...rest }: Resilience) => ({ ...rest, retries: retries(tries) });
  return !isSame(apart(a), apart(b), ofDestination);
};

const ofDestination: ReadonlySet<string> = new Set(['budget']);

type Level = 'plaintext' | 'tls' | 'mtls' | 'refused';

const levels: readonly Level[] = ['plaintext', 'tls', 'mtls', 'refused'];

/** How well the connection to the gateway is protected, where a request is let in through one. */
export const entranceValue = ({ entrance }: Outcome): number | undefined =>
  entrance === undefined ? undefined : levels.indexOf(entrance);

/** How well each share is protected, per endpoint set; a connection that is refused leaks nothing. */
export const protectionValues = (outcome: Outcome): ReadonlyMap<string, number> => {
  const values = new Map<string, number>();
  for (const backend of outcome.backends) {
    if (backend.endpoints === '') continue;
    const isRefused = (backend.decision ?? outcome.decision) === 'reset';
    const level = levels.indexOf(isRefused ? 'refused' : (backend.encrypted ?? outcome.encrypted));
    const key = endpointKey(backend);
    values.set(key, Math.min(level, values.get(key) ?? level));
  }
  return values;
};

/** Who gets in, per endpoint set, or per workload where these disagree. */
export const admissionValues = (outcome: Outcome): ReadonlyMap<string, ReadonlyMap<string, boolean>> => {
  const values = new Map<string, Map<string, boolean>>();
  for (const backend of outcome.backends) {
    if (backend.endpoints === '') continue;
    const admitted = values.get(endpointKey(backend)) ?? new Map<string, boolean>();
    values.set(endpointKey(backend), admitted);
    const servers = backend.servers ?? [{ decision: backend.decision ?? outcome.decision }];
    for (const server of servers) {
      const name = ('workload' in server ? server.workload : undefined) ?? '*';
      admitted.set(name, server.decision !== 'denied' && server.decision !== 'reset');
    }
  }
  return values;
};
