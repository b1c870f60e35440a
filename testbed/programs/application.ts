/**
 * The application of every pod. It answers as a request asks it to and remembers what it has seen; on its control port it
 * sends requests of its own, which is how callers are made to call. `PORTS`: where it listens; on
 * 9000, or with `BYTES` everywhere, it speaks bytes and not HTTP; on 7070, or with `CALLS` everywhere, gRPC.
 */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect, createServer as createByteServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { controlPort, type Hit, idHeader, type Plan, planHeader, type Reply, type Send } from '../probe/wire.ts';
import { sendCall, takeCalls } from './calls.ts';
import { helloFor } from './client-hello.ts';
import { openTunnel } from './tunnel.ts';

const pod = process.env.POD ?? '';
const listenOn = process.env.ADDRESS ?? '0.0.0.0';
const control = Number(process.env.CONTROL ?? controlPort);
const ports = (process.env.PORTS ?? '').split(',').filter(Boolean).map(Number);

let hits: Hit[] = [];

const pairs = (raw: readonly string[]): (readonly [string, string])[] =>
  raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as const] : []));

const planOf = ({ headers }: Pick<IncomingMessage, 'headers'>, nth: number): Plan => {
  const written = headers[planHeader];
  const plan = typeof written === 'string' ? (JSON.parse(written) as Plan) : {};
  const isForOthers = plan.only !== undefined && !plan.only.some(isOwnName);
  return isForOthers || (plan.times !== undefined && nth > plan.times) ? {} : plan;
};

/** Bytes may be a plan by themselves. */
const planIn = (text: string): Plan => (text.startsWith('{') ? (JSON.parse(text) as Plan) : {});

/** The name of a pod is that of its workload, with what its replica set and the cluster have added. */
const isOwnName = (name: string): boolean => [pod, pod.replace(/-[^-]+-[^-]+$/, '')].some(own => own.endsWith(name));

const answer = (message: IncomingMessage, response: ServerResponse): void => {
  let bodyBytes = 0;
  message.on('data', chunk => {
    bodyBytes += chunk.length;
  });
  const id = String(message.headers[idHeader] ?? '');
  const nth = Number(message.headers['x-envoy-attempt-count'] ?? 1);
  const { status = 200, delayMs = 0, reset, headers = {} } = planOf(message, nth);
  message.on('end', () => {
    const seen = {
      method: message.method ?? '',
      path: message.url ?? '',
      headers: pairs(message.rawHeaders),
      bodyBytes,
    };
    if (id !== '') hits.push({ id, pod, ...seen });
    const finish = (): void => {
      if (reset) {
        message.socket.destroy();
        return;
      }
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify({ pod }));
    };
    if (delayMs > 0) setTimeout(finish, delayMs);
    else finish();
  });
};

const sendHttp = (send: Send, through?: Duplex): Promise<Reply> =>
  new Promise(done => {
    const { address, port, method = 'GET', path = '/', headers = [], body, patienceMs = 10_000 } = send;
    const began = performance.now();
    const finish = (reply: Omit<Reply, 'ms'>): void => {
      clearTimeout(timer);
      done({ ...reply, ms: Math.round(performance.now() - began) });
    };
    const length = body === undefined ? [] : [['content-length', String(Buffer.byteLength(body))] as const];
    // A tunnel that the other end closes is gone with whatever has not been read yet.
    const staying = through ? [['connection', 'keep-alive'] as const] : [];
    const sent = request(
      {
        ...{ host: address, port, method, path, headers: [...headers, ...length, ...staying].flat(), setHost: false },
        ...(through ? { createConnection: () => through } : { agent: false }),
      },
      message => {
        let text = '';
        message.setEncoding('utf8');
        message.on('data', chunk => {
          text += chunk;
        });
        const seen = { status: message.statusCode ?? 0, headers: pairs(message.rawHeaders) };
        message.on('end', () => finish({ ...seen, body: text }));
        message.on('error', error => finish({ ...seen, body: text, error: error.message }));
      },
    );
    const timer = setTimeout(() => sent.destroy(new Error('patience')), patienceMs);
    sent.on('error', error => finish({ error: error.message }));
    sent.end(body);
  });

const sendBytes = (
  { address, port, patienceMs = 3000 }: Send,
  bytes: string | Buffer,
  through?: Duplex,
): Promise<Reply> =>
  new Promise(done => {
    const began = performance.now();
    let text = '';
    const finish = (error?: string): void => {
      clearTimeout(timer);
      socket.destroy();
      const ms = Math.round(performance.now() - began);
      done(text !== '' ? { body: text, ms } : { error: error ?? 'closed', ms });
    };
    const socket = through ?? connect(port, address);
    socket.write(bytes);
    const timer = setTimeout(() => finish('patience'), patienceMs);
    socket.setEncoding('utf8');
    socket.on('data', chunk => {
      text += chunk;
      if (text.endsWith('\n')) finish();
    });
    socket.on('error', error => finish(error.message));
    socket.on('close', () => finish());
  });

/** By a connection of its own, or through a tunnel. */
const sendBy = async (send: Send, through?: Duplex): Promise<Reply> => {
  switch (send.protocol) {
    case 'http':
      return sendHttp(send, through);
    case 'grpc':
      return sendCall(send, through);
    case 'tls':
      return sendBytes(send, await helloFor(send.sni), through);
    default:
      return sendBytes(send, send.body ?? 'hello', through);
  }
};

const sendOne = async (send: Send): Promise<Reply> => {
  if (!send.tunnel) return sendBy(send);
  const began = performance.now();
  const through = await openTunnel(send, send.tunnel).catch(String);
  const reply =
    typeof through === 'string' ? { error: through } : await sendBy(send, through).finally(() => through.destroy());
  return { ...reply, ms: Math.round(performance.now() - began) };
};

const sendAll = async (sends: readonly Send[], atOnce: number): Promise<readonly Reply[]> => {
  const replies: Reply[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < sends.length; index = next++) {
      const send = sends[index];
      if (send?.afterMs) await new Promise(done => setTimeout(done, send.afterMs));
      if (send) replies[index] = await sendOne(send);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return replies;
};

/** What the sidecar says of itself. */
const askProxy = (path: string): Promise<string> =>
  sendHttp({ address: '127.0.0.1', port: 15000, protocol: 'http', path, headers: [['Host', 'localhost']] }).then(
    ({ body }) => body ?? '',
  );

const obey = async (path: string, body: string): Promise<unknown> => {
  if (path === '/send') {
    const { sends, atOnce } = JSON.parse(body) as { sends: readonly Send[]; atOnce: number };
    return sendAll(sends, atOnce);
  }
  if (path === '/hits') {
    const taken = hits;
    hits = [];
    return taken;
  }
  if (path.startsWith('/proxy/')) return askProxy(path.slice('/proxy'.length));
  return { pod };
};

createServer((message, response) => {
  let text = '';
  message.setEncoding('utf8');
  message.on('data', chunk => {
    text += chunk;
  });
  message.on('end', () => {
    obey(message.url ?? '', text).then(
      result => response.end(JSON.stringify(result)),
      error => response.writeHead(500).end(String(error)),
    );
  });
}).listen(control, listenOn);

for (const port of ports) {
  if (port === 9000 || process.env.BYTES)
    createByteServer(socket => {
      socket.on('error', () => socket.destroy());
      socket.on('data', bytes => {
        const answer = (): boolean => socket.write(`${JSON.stringify({ pod })}\n`);
        const { delayMs = 0 } = planIn(bytes.toString());
        if (delayMs > 0) setTimeout(answer, delayMs);
        else answer();
      });
    }).listen(port, listenOn);
  else if (port === 7070 || process.env.CALLS) takeCalls(pod, planOf, hit => hits.push(hit)).listen(port, listenOn);
  else
    createServer({ maxHeaderSize: 1 << 17, keepAliveTimeout: 0 }, answer)
      // Bytes that are no HTTP get the answer of those who speak bytes.
      .on('clientError', (_, socket) => socket.end(`${JSON.stringify({ pod })}\n`))
      .listen(port, listenOn);
}
