import { BedFailure } from '../failures.ts';
import { until } from '../machine/until.ts';
import type { Orders } from './orders.ts';
import type { Observed, Question } from './question.ts';
import { type Hit, idHeader, planHeader, type Reply, type Send } from './wire.ts';

export interface Address {
  readonly address: string;
  readonly port: number;
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
const atOnce = 12;

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
        const answers = await this.post(caller).send(
          own.map(({ question, id }) => this.sendOf(question, id)),
          atOnce,
        );
        for (const [index, { id }] of own.entries()) {
          const answer = answers[index];
          if (answer) replies.set(id, answer);
        }
      }),
    );
    const hits = await this.collect();
    return sent.map(list =>
      list.map(
        ({ question, id }): Observed => ({
          reply: named(replies.get(id) ?? { ms: 0, error: 'not sent' }, question, this.stage.nameOf),
          hits: hits.get(id) ?? [],
        }),
      ),
    );
  }

  /** What has arrived since the last time, by request. Copies may arrive later than the answer; they are waited for. */
  private async collect(): Promise<ReadonlyMap<string, readonly Hit[]>> {
    const found = new Map<string, Hit[]>();
    let quiet = 0;
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
        return quiet > 1;
      },
      { seconds: 30, everyMs: 60 },
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
    const { address, port } = this.stage.addressOf(question);
    if (request.protocol === 'tcp') return { address, port, protocol: 'tcp' };
    const plans = plan === undefined ? [] : [[planHeader, JSON.stringify(plan)] as const];
    return {
      address,
      port,
      protocol: 'http',
      method: request.method,
      path: request.path,
      headers: [['Host', request.authority ?? ''], ...request.headers, [idHeader, id], ...plans],
      patienceMs: 30_000,
    };
  }
}

/** Bytes come back with the name of the pod. */
const named = (reply: Reply, { request }: Question, nameOf: (pod: string) => string): Reply =>
  request.protocol === 'tcp' && reply.body !== undefined ? { ...reply, body: nameOf(reply.body.trim()) } : reply;
