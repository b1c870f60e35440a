/** Requests that never stop, at a bounded rate, and what became of them. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Orders } from '../probe/orders.ts';
import { idHeader, type Plan, planHeader, type Reply, type Send } from '../probe/wire.ts';

/** What one caller asks again and again. */
export interface Stream {
  readonly name: string;
  readonly caller: Orders;
  readonly address: string;
  readonly port: number;
  readonly host: string;
  readonly method?: string;
  readonly path: string;
  readonly plan?: Plan;
  /** Requests a second, at most. */
  readonly rate: number;
  /** What must come back; `refused`: no answer of an application, whatever else. */
  readonly expected: 'refused' | ((reply: Reply) => boolean);
}

export interface Count {
  sent: number;
  /** Requests that did not get what they must. */
  failed: number;
  /** Requests that had to be refused and were answered by an application. */
  wronglyAllowed: number;
  /** By the application that answered. */
  readonly answeredBy: Map<string, number>;
  /** What went wrong, each kind once. */
  readonly problems: Set<string>;
}

const emptyCount = (): Count => ({ sent: 0, failed: 0, wronglyAllowed: 0, answeredBy: new Map(), problems: new Set() });

const signedBy = ({ body = '' }: Reply): string | undefined => /^\{"pod":"([^"]+)"\}\n?$/.exec(body)?.[1];

export class Traffic {
  /** By step, then by stream. */
  readonly counts = new Map<string, Map<string, Count>>();
  private step = '';
  private isOver = false;
  private readonly loops: readonly Promise<void>[];

  constructor(streams: readonly Stream[], step: string) {
    this.step = step;
    this.loops = streams.map(stream => this.loop(stream));
  }

  /** What is sent from now on counts for this step. */
  enter(step: string): void {
    this.step = step;
  }

  async end(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.loops);
  }

  private async loop(stream: Stream): Promise<void> {
    const batch = Math.max(1, Math.round(stream.rate / 4));
    const { address, port, host, method = 'GET', path, plan } = stream;
    const headers: Send['headers'] = [
      ['Host', host],
      [idHeader, stream.name],
      ...(plan ? [[planHeader, JSON.stringify(plan)] as const] : []),
    ];
    const send: Send = { address, port, protocol: 'http', method, path, headers, patienceMs: 10_000 };
    while (!this.isOver) {
      const began = performance.now();
      const { step } = this;
      const replies = await stream.caller.send(
        Array.from({ length: batch }, () => send),
        4,
      );
      for (const reply of replies) this.judge(step, stream, reply);
      await pause(Math.max(20, (1000 * batch) / stream.rate - (performance.now() - began)));
    }
  }

  private judge(step: string, { name, expected }: Stream, reply: Reply): void {
    const count = this.countOf(step, name);
    const by = signedBy(reply);
    count.sent += 1;
    if (by !== undefined) count.answeredBy.set(by, (count.answeredBy.get(by) ?? 0) + 1);
    const isGood = expected === 'refused' ? by === undefined : expected(reply);
    if (isGood) return;
    if (expected === 'refused') count.wronglyAllowed += 1;
    else count.failed += 1;
    count.problems.add(`${name}: ${reply.status ?? reply.error ?? 'no answer'} ${(reply.body ?? '').slice(0, 100)}`);
  }

  private countOf(step: string, name: string): Count {
    const ofStep = this.counts.get(step) ?? new Map<string, Count>();
    this.counts.set(step, ofStep);
    const count = ofStep.get(name) ?? emptyCount();
    ofStep.set(name, count);
    return count;
  }
}
