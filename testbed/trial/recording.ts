/** What was seen, as little as is needed to judge it again without the mesh. */
import { InvariantError } from '../../src/base/finding.ts';
import { isSame } from '../../src/base/same.ts';
import { type Request, requestOf } from '../../src/verify/request.ts';
import type { Fact } from '../agreement/oracle.ts';
import type { Observed, Question } from '../probe/question.ts';
import type { Hit } from '../probe/wire.ts';
import type { Reading } from '../settings/reading.ts';
import type { Together } from '../together/together.ts';

type Headers = readonly (readonly [name: string, value: string])[];

/** A request that reached an application; absent parts are as they were sent. */
export type RecordedHit = Pick<Hit, 'pod'> & Partial<Omit<Hit, 'pod' | 'id'>>;

/** One thing that happened, how often if more than once, and the shortest time that it took. */
export interface Seen {
  readonly count?: number;
  readonly ms: number;
  readonly what: What;
}

export interface What {
  readonly status?: number;
  readonly grpcStatus?: number;
  readonly headers?: Headers;
  readonly body?: string;
  readonly by?: string;
  readonly hits?: readonly RecordedHit[];
}

/** A question; absent parts of its request are the usual ones, and it comes from the address of its caller. */
export type RecordedQuestion = Omit<Question, 'request'> & { readonly request: Partial<Request> };

export interface RecordedProbe {
  readonly question: RecordedQuestion;
  readonly seen: readonly Seen[];
}

/** What a mesh does with one configuration. `wave`: those that were there at the same time. */
export interface RecordedConfiguration<Native> {
  readonly id: string;
  /** The name that it was tried on. */
  readonly on: string;
  readonly wave: number;
  readonly objects: readonly Native[];
  readonly probes: readonly RecordedProbe[];
  /** What proxies were told of it, where it is not what they are usually told. */
  readonly readings?: readonly Reading[];
  /** What was seen of many requests together. */
  readonly together?: readonly { readonly asked: Together; readonly seen: readonly Fact[] }[];
  /** The side of a pair that it is. */
  readonly pair?: { readonly id: string; readonly side: 'before' | 'after' };
}

/** What is said of a name that configurations are tried on, whichever it is. */
const anyName = '@@';

const renamed = <T>(value: T, name: string | RegExp, other: string): T =>
  JSON.parse(JSON.stringify(value).replaceAll(name, other));

/** The same with a word in place of the name that it was tried on: then much of it is like others. */
export const withoutName = <T extends { readonly on: string }>({ on, ...rest }: T): T => {
  if (JSON.stringify(rest).includes(anyName)) throw new InvariantError(`a record says ${anyName}`);
  return { ...renamed(rest, new RegExp(`(?<![\\w-])${on}(?!\\d)`, 'g'), anyName), on } as T;
};

export const withName = <T extends { readonly on: string }>({ on, ...rest }: T): T =>
  ({ ...renamed(rest, anyName, on), on }) as T;

const noise = /^(?:x-envoy|x-probe|x-request-id|x-forwarded-(?!client)|x-b3|content-|date|server|connection|transfer)/i;

const kept = (headers: Headers = []): Headers =>
  headers.filter(([name]) => !noise.test(name)).map(([name, value]) => [name.toLowerCase(), shortened(name, value)]);

/** Of an identity's chain of certificates only the names count. */
const shortened = (name: string, value: string): string =>
  name.toLowerCase() === 'x-forwarded-client-cert'
    ? value.replace(/(?:Hash|Cert|Chain|Subject|By)=(?:"[^"]*"|[^;,]*);?/g, match =>
        match.startsWith('By=') ? 'By=;' : '',
      )
    : value;

const only = <T extends object>(all: T, isTold: (key: keyof T) => boolean): Partial<T> =>
  Object.fromEntries(Object.entries(all).filter(([key]) => isTold(key as keyof T))) as Partial<T>;

/** A hit as it is if nothing on the way changes the request. */
const asSent = ({ request: { method, path, authority = '' } }: Question): Omit<Hit, 'pod' | 'id'> => ({
  method,
  path,
  headers: [['host', authority]],
  bodyBytes: 0,
});

const isHost = ([name]: Headers[number]): boolean => name === 'host';

/** A Host that is as it was sent is left out of the headers. */
const shortHit = (question: Question, { id: _, pod, ...hit }: Hit): RecordedHit => {
  const sent = asSent(question);
  const headers = kept(hit.headers);
  const told = isSame(headers.filter(isHost), sent.headers) ? headers.filter(one => !isHost(one)) : headers;
  const unchanged = { ...sent, headers: [] };
  return { pod, ...only({ ...hit, headers: told }, key => !isSame({ ...hit, headers: told }[key], unchanged[key])) };
};

const wholeHit = (question: Question, { headers = [], ...hit }: RecordedHit): Hit => {
  const sent = asSent(question);
  return { ...sent, ...hit, id: '', headers: headers.some(isHost) ? headers : [...sent.headers, ...headers] };
};

const seenOnce = (question: Question, { reply, by, hits }: Observed): What => ({
  ...(reply.status === undefined ? {} : { status: reply.status }),
  ...(reply.grpcStatus === undefined ? {} : { grpcStatus: reply.grpcStatus }),
  ...(kept(reply.headers).length > 0 ? { headers: kept(reply.headers) } : {}),
  ...(by === undefined && reply.body ? { body: reply.body.slice(0, 200) } : {}),
  ...(by === undefined ? {} : { by }),
  ...(hits.length > 0 ? { hits: hits.map(hit => shortHit(question, hit)) } : {}),
});

const usual = requestOf();

const shortQuestion = ({ request: { sourceAddress: _, ...request }, ...question }: Question): RecordedQuestion => ({
  ...question,
  request: only(request, key => !isSame(request[key], usual[key])),
});

/** The question that was recorded, from the addresses of all callers. */
export const questionIn = ({ question }: RecordedProbe, addresses: Readonly<Record<string, string>>): Question => {
  const sourceAddress = addresses[question.caller];
  const request = requestOf({ ...question.request, ...(sourceAddress === undefined ? {} : { sourceAddress }) });
  return { ...question, request };
};

/** Observations that are the same but for their time become one. */
export const recordOf = (question: Question, observed: readonly Observed[]): RecordedProbe => {
  const found = new Map<string, Seen>();
  for (const one of observed) {
    const what = seenOnce(question, one);
    const key = JSON.stringify(what);
    const before = found.get(key);
    const ms = Math.min(before?.ms ?? Number.POSITIVE_INFINITY, one.reply.ms);
    found.set(key, { ...(before ? { count: (before.count ?? 1) + 1 } : {}), ms, what });
  }
  return { question: shortQuestion(question), seen: [...found.values()] };
};

/** The observations that a record stands for, of the question that it holds. */
export const observedIn = ({ seen }: RecordedProbe, question: Question): readonly Observed[] =>
  seen.flatMap(({ count = 1, ms, what }) => {
    const { status, grpcStatus, headers = [], body, by, hits = [] } = what;
    const reply = {
      ms,
      headers,
      ...(status === undefined ? {} : { status }),
      ...(grpcStatus === undefined ? {} : { grpcStatus }),
      ...(body === undefined ? {} : { body }),
    };
    const all = hits.map(hit => wholeHit(question, hit));
    const one: Observed = { reply, hits: all, ...(by === undefined ? {} : { by }) };
    return Array.from({ length: count }, () => one);
  });
