/** Calls of gRPC without messages: what matters to proxies stands in headers. */
import { connect, createServer, type Http2Server, type IncomingHttpHeaders } from 'node:http2';
import type { Duplex } from 'node:stream';
import { type Hit, idHeader, type Plan, type Reply, type Send } from '../probe/wire.ts';

/** Says who has answered; an answer to a call has no other place for it. */
const podHeader = 'x-probe-pod';

const listed = (headers: IncomingHttpHeaders): (readonly [string, string])[] =>
  Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith(':') ? [] : [value ?? ''].flat().map(one => [name, one] as const),
  );

/** Answers every call with the status that it asks for. */
export const takeCalls = (
  pod: string,
  planOf: (message: { headers: IncomingHttpHeaders }, nth: number) => Plan,
  tell: (hit: Hit) => void,
): Http2Server =>
  createServer().on('stream', (stream, headers) => {
    const nth = Number(headers['x-envoy-attempt-count'] ?? 1);
    const { grpc = 0, delayMs = 0, headers: more = {} } = planOf({ headers }, nth);
    const { ':method': method = '', ':path': path = '', ':authority': authority = '' } = headers;
    const id = String(headers[idHeader] ?? '');
    if (id !== '') tell({ id, pod, method, path, headers: [['host', authority], ...listed(headers)], bodyBytes: 0 });
    stream.on('error', () => stream.destroy());
    setTimeout(() => {
      if (stream.destroyed) return;
      const own = { 'content-type': 'application/grpc', 'grpc-status': String(grpc), [podHeader]: pod };
      stream.respond({ ':status': 200, ...own, ...more }, { endStream: true });
    }, delayMs);
  });

/** Two headers of HTTP/2 say what a line and a header of HTTP/1 do. */
const headersOf = ({ address, port, method = 'POST', path = '/', headers = [] }: Send) => {
  const all: Record<string, string | string[]> = {
    ':method': method,
    ':path': path,
    ':scheme': 'http',
    ':authority': `${address}:${port}`,
    'content-type': 'application/grpc',
    te: 'trailers',
  };
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const before = key === 'content-type' || key === 'te' ? undefined : all[key];
    if (key === 'host') all[':authority'] = value;
    else all[key] = before === undefined ? value : [...[before].flat(), value];
  }
  return all;
};

/** One call, on a connection of its own or through a tunnel. */
export const sendCall = (send: Send, through?: Duplex): Promise<Reply> =>
  new Promise(done => {
    const began = performance.now();
    const session = connect(`http://${send.address}:${send.port}`, through ? { createConnection: () => through } : {});
    let seen: IncomingHttpHeaders = {};
    let isOver = false;
    const finish = (error = 'closed'): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      session.destroy();
      const ms = Math.round(performance.now() - began);
      const { ':status': status, 'grpc-status': code, [podHeader]: by } = seen;
      const answer = {
        headers: listed(seen),
        ...(code === undefined ? {} : { grpcStatus: Number(code) }),
        ...(by === undefined ? {} : { body: JSON.stringify({ pod: by }) }),
      };
      done(status === undefined ? { error, ms } : { status: Number(status), ...answer, ms });
    };
    const timer = setTimeout(() => finish('patience'), send.patienceMs ?? 10_000);
    session.on('error', error => finish(error.message));
    const stream = session.request(headersOf(send), { endStream: true });
    const take = (headers: IncomingHttpHeaders): void => {
      seen = { ...seen, ...headers };
    };
    stream.on('response', take);
    stream.on('trailers', take);
    stream.on('error', error => finish(error.message));
    stream.on('close', () => finish());
    stream.resume();
  });
