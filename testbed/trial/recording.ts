/** What was seen, as little as is needed to judge it again without the mesh. */
import type { Observed, Question } from '../probe/question.ts';
import type { Hit } from '../probe/wire.ts';

type Headers = readonly (readonly [name: string, value: string])[];

/** One thing that happened, how often, and the shortest time that it took. */
export interface Seen {
  readonly count: number;
  readonly ms: number;
  readonly status?: number;
  readonly headers?: Headers;
  readonly body?: string;
  readonly by?: string;
  readonly hits?: readonly Hit[];
}

export interface RecordedProbe {
  readonly question: Question;
  readonly seen: readonly Seen[];
}

/** What a mesh does with one configuration. `wave`: those that were there at the same time. */
export interface RecordedConfiguration<Native> {
  readonly id: string;
  readonly wave: number;
  readonly objects: readonly Native[];
  readonly probes: readonly RecordedProbe[];
}

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

const seenOnce = ({ reply, by, hits }: Observed): Omit<Seen, 'count' | 'ms'> => ({
  ...(reply.status === undefined ? {} : { status: reply.status }),
  ...(kept(reply.headers).length > 0 ? { headers: kept(reply.headers) } : {}),
  ...(by === undefined && reply.body ? { body: reply.body.slice(0, 200) } : {}),
  ...(by === undefined ? {} : { by }),
  ...(hits.length > 0 ? { hits: hits.map(hit => ({ ...hit, id: '', headers: kept(hit.headers) })) } : {}),
});

/** Observations that are the same but for their time become one. */
export const recordOf = (question: Question, observed: readonly Observed[]): RecordedProbe => {
  const found = new Map<string, Seen>();
  for (const one of observed) {
    const what = seenOnce(one);
    const key = JSON.stringify(what);
    const before = found.get(key);
    const ms = Math.min(before?.ms ?? Number.POSITIVE_INFINITY, one.reply.ms);
    found.set(key, { count: (before?.count ?? 0) + 1, ms, ...what });
  }
  return { question, seen: [...found.values()] };
};

/** The observations that a record stands for. */
export const observedIn = ({ seen }: RecordedProbe): readonly Observed[] =>
  seen.flatMap(({ count, ms, status, headers = [], body, by, hits = [] }) => {
    const reply = { ms, headers, ...(status === undefined ? {} : { status }), ...(body === undefined ? {} : { body }) };
    const one: Observed = { reply, hits, ...(by === undefined ? {} : { by }) };
    return Array.from({ length: count }, () => one);
  });
