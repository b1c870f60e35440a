/** Applications on loopback: one server for each workload, which answers as a request asks it to and remembers what it saw. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Hit, idHeader, type Plan, planHeader } from '../probe/wire.ts';

const pairs = (raw: readonly string[]): (readonly [string, string])[] =>
  raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as const] : []));

export class Backends {
  /** What has arrived, by the id of the request. */
  readonly hits = new Map<string, Hit[]>();
  readonly #servers = new Map<string, Server>();

  private constructor() {}

  static async start(workloads: readonly string[]): Promise<Backends> {
    const backends = new Backends();
    for (const workload of workloads) {
      const server = createServer({ maxHeaderSize: 1 << 17, keepAliveTimeout: 0 }, (message, response) =>
        backends.#answer(workload, message, response),
      );
      await new Promise<void>(done => {
        server.listen(0, '127.0.0.1', done);
      });
      backends.#servers.set(workload, server);
    }
    return backends;
  }

  portOf(workload: string): number | undefined {
    const server = this.#servers.get(workload);
    return server && (server.address() as AddressInfo).port;
  }

  stop(): void {
    for (const server of this.#servers.values()) {
      server.closeAllConnections();
      server.close();
    }
  }

  #answer(pod: string, message: IncomingMessage, response: ServerResponse): void {
    const id = String(message.headers[idHeader] ?? '');
    const seen = this.hits.get(id) ?? [];
    this.hits.set(id, seen);
    const { method = '', url: path = '', rawHeaders } = message;
    seen.push({ id, pod, method, path, headers: pairs(rawHeaders), bodyBytes: 0 });
    const nth = seen.length;
    message.resume();
    message.on('end', () => {
      const { status = 200, delayMs = 0, headers = {} } = planOf(message, nth);
      setTimeout(() => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(JSON.stringify({ pod }));
      }, delayMs);
    });
  }
}

const planOf = (message: IncomingMessage, nth: number): Plan => {
  const written = message.headers[planHeader];
  const plan = typeof written === 'string' ? (JSON.parse(written) as Plan) : {};
  return plan.times !== undefined && nth > plan.times ? {} : plan;
};
