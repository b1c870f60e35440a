import { BedFailure } from '../failures.ts';
import { until } from '../machine/until.ts';
import type { Orders } from './orders.ts';
import type { Observed, Question } from './question.ts';
import { signed } from './token.ts';
import { type Hit, idHeader, planHeader, type Reply, type Send, type Tunnel } from './wire.ts';

export interface Address {
  readonly address: string;
  readonly port: number;
  readonly tunnel?: Tunnel;
}

export interface Stage {
  /** All applications by workload: those that send, and those that are asked what they have seen. */
  readonly posts: ReadonlyMap<string, Orders>;
  /** Where a question's caller connects to. */
  readonly addressOf: (question: Question) => Address;
  /** The workload of whoever signs a hit. */
  readonly nameOf: (pod: string) => string;
}

/** Requests at one time from one caller. */
const atOnce = 24;

/**
 * Of those that proxies try again: a proxy gives up on them where too many are on their way (Consul's limit is three for
 * all callers together).
 */
const retriedAtOnce = 1;

/** Requests in one order, so that an order is carried out in a time that one can wait for. */
const inOneOrder = 600;

/** How often applications are asked what has arrived, if they always have something to tell. */
const mostLooks = 100;

const inParts = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / inOneOrder) }, (_, index) =>
    items.slice(index * inOneOrder, (index + 1) * inOneOrder),
  );

/** Lets applications send requests, and puts together what came back and what arrived elsewhere. */
export class Conductor {
  private readonly stage: Stage;
  private last = 0;
  private readonly run = Math.floor(performance.timeOrigin).toString(36);

  constructor(stage: Stage) {
    this.stage = stage;
  }

  async put(questions: readonly Question[]): Promise<readonly (readonly Observed[])[]> {
    const sent = questions.map(question =>
      Array.from({ length: question.times ?? 1 }, () => {
        this.last += 1;
        return { question, id: `${this.run}-${this.last}` };
      }),
    );
    await this.collect();
    const replies = new Map<string, Reply>();
    const all = sent.flat();
    const callers = [...new Set(all.map(({ question }) => question.caller))];
    await Promise.all(
      callers.map(async caller => {
        const own = all.filter(({ question }) => question.caller === caller);
        const isRetried = ({ question: { plan } }: (typeof own)[number]): boolean =>
          plan?.status !== undefined || plan?.grpc !== undefined || plan?.reset === true;
        const orders = [
          ...inParts(own.filter(one => !isRetried(one))).map(part => ({ part, limit: atOnce })),
          ...inParts(own.filter(isRetried)).map(part => ({ part, limit: retriedAtOnce })),
        ];
        for (const { part, limit } of orders) {
          const sends = part.map(({ question, id }) => this.sendOf(question, id));
          const answers = await this.post(caller).send(sends, limit);
          for (const [index, { id }] of part.entries()) replies.set(id, answers[index] ?? { ms: 0, error: 'not sent' });
        }
      }),
    );
    const hits = await this.collect();
    return sent.map(list =>
      list.map(({ id }): Observed => {
        const reply = replies.get(id) ?? { ms: 0, error: 'not sent' };
        const by = answeredBy(reply);
        return { reply, ...(by === undefined ? {} : { by: this.stage.nameOf(by) }), hits: hits.get(id) ?? [] };
      }),
    );
  }

  /** What has arrived since the last time, by request. Copies may arrive later than the answer; they are waited for. */
  private async collect(): Promise<ReadonlyMap<string, readonly Hit[]>> {
    const found = new Map<string, Hit[]>();
    let quiet = 0;
    let looks = 0;
    await until(
      'requests to arrive',
      async () => {
        const lists = await Promise.all([...this.stage.posts.values()].map(post => post.hits()));
        const fresh = lists.flat();
        for (const hit of fresh) {
          const own = found.get(hit.id) ?? [];
          own.push({ ...hit, pod: this.stage.nameOf(hit.pod) });
          found.set(hit.id, own);
        }
        quiet = fresh.length === 0 ? quiet + 1 : 0;
        looks += 1;
        return quiet > 1 || looks > mostLooks;
      },
      { seconds: 120, everyMs: 60 },
    );
    return found;
  }

  private post(workload: string): Orders {
    const post = this.stage.posts.get(workload);
    if (!post) throw new BedFailure(`the bed has no ${workload}`);
    return post;
  }

  private sendOf(question: Question, id: string): Send {
    const { request, plan } = question;
    const at = this.stage.addressOf(question);
    const later = question.afterMs === undefined ? {} : { afterMs: question.afterMs };
    if (request.protocol === 'tcp')
      return { ...at, ...later, protocol: 'tcp', ...(plan ? { body: JSON.stringify(plan) } : {}) };
    if (request.protocol === 'tls')
      return { ...at, protocol: 'tls', ...(request.sni === undefined ? {} : { sni: request.sni }) };
    // Who has signed a token by another hand has written the header too.
    const isSaid = request.headers.some(([name]) => name === 'authorization');
    const tokens = request.token && !isSaid ? [['authorization', `Bearer ${signed(request.token)}`] as const] : [];
    const plans = plan === undefined ? [] : [[planHeader, JSON.stringify(plan)] as const];
    return {
      ...at,
      protocol: request.protocol,
      ...later,
      method: request.method,
      path: request.path,
      headers: [['Host', request.authority ?? ''], ...request.headers, ...tokens, [idHeader, id], ...plans],
      patienceMs: 30_000,
    };
  }
}

/** Applications sign what they answer. */
const answeredBy = ({ body = '' }: Reply): string | undefined => /^\{"pod":"([^"]+)"\}\n?$/.exec(body)?.[1];
