import {
  connect,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { changingMessages } from './grpc-messages.ts';

const deltaPath = '/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources';

/** Pseudo-headers of an answer, and those that belong to one connection, are for this side to write. */
const passedOn = (headers: IncomingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'connection'));

const pass = (
  downstream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  target: string,
  change: (message: Buffer) => Buffer,
): void => {
  const session = connect(target);
  const end = (why?: Error): void => {
    if (why) console.log(`${headers[':path']}: ${why.message}`);
    session.destroy();
    downstream.destroy();
  };
  session.on('error', end);
  downstream.on('error', end);
  downstream.on('close', () => session.destroy());
  const upstream = session.request({ ...passedOn(headers), 'grpc-accept-encoding': 'identity' });
  upstream.on('error', end);
  downstream.pipe(upstream);
  let trailers: OutgoingHttpHeaders = {};
  upstream.on('response', (answer, flags) => {
    const isAll = (flags & 1) === 1;
    downstream.respond(passedOn(answer), isAll ? { endStream: true } : { waitForTrailers: true });
  });
  upstream.on('trailers', last => {
    trailers = passedOn(last);
  });
  downstream.on('wantTrailers', () => downstream.sendTrailers(trailers));
  const next = headers[':path'] === deltaPath ? changingMessages(change) : (bytes: Buffer) => bytes;
  upstream.on('data', (bytes: Buffer) => {
    try {
      const ready = next(bytes);
      if (ready.length > 0) downstream.write(ready);
    } catch (error) {
      end(error instanceof Error ? error : new Error(String(error)));
    }
  });
  upstream.on('end', () => downstream.end());
};

/**
 * Stands between proxies and the server that configures them, both without TLS, and passes everything on in both directions;
 * only what the server answers to subscriptions to changes goes through `change`, message by message.
 */
export const relayTo = (target: string, change: (message: Buffer) => Buffer): Http2Server =>
  createServer().on('stream', (stream, headers) => pass(stream, headers, target, change));
