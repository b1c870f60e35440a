import { once } from 'node:events';
import { connect, createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, it } from 'vitest';
import { relayTo } from './relay.ts';

const framed = (text: string): Buffer => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(text.length, 1);
  return Buffer.concat([head, Buffer.from(text)]);
};

const deltas = '/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources';

/** Answers with what it is sent, two messages in pieces, and a status at the end. */
const server = createServer().on('stream', (stream, headers) => {
  stream.respond({ 'content-type': 'application/grpc', asked: headers['x-asked'] ?? '' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.on('data', (sent: Buffer) => {
    const both = Buffer.concat([sent, framed('second')]);
    stream.write(both.subarray(0, 7));
    stream.end(both.subarray(7));
  });
});

const relays: Http2Server[] = [server];

const listening = async (one: Http2Server): Promise<string> => {
  one.listen(0, '127.0.0.1');
  await once(one, 'listening');
  return `http://127.0.0.1:${(one.address() as AddressInfo).port}`;
};

const upstream = listening(server);

const told = async (path: string) => {
  const relay = relayTo(await upstream, message => Buffer.from(message.toString().toUpperCase()));
  relays.push(relay);
  const session = connect(await listening(relay));
  const stream = session.request({ ':method': 'POST', ':path': path, 'x-asked': 'this', te: 'trailers' });
  stream.end(framed('first'));
  const seen: Record<string, unknown> = {};
  const parts: Buffer[] = [];
  stream.on('response', headers => Object.assign(seen, headers));
  stream.on('trailers', headers => Object.assign(seen, headers));
  stream.on('data', part => parts.push(part));
  await once(stream, 'end');
  session.destroy();
  return { body: Buffer.concat(parts).toString(), asked: seen.asked, status: seen['grpc-status'] };
};

afterAll(() => {
  for (const one of relays) one.close();
});

it('changes each message of what is told, and passes on all else', async () => {
  const body = `${framed('FIRST')}${framed('SECOND')}`;
  expect(await told(deltas)).toEqual({ body, asked: 'this', status: '0' });
});

it('passes on other calls as they are', async () => {
  const body = `${framed('first')}${framed('second')}`;
  expect(await told('/other.Service/Call')).toEqual({ body, asked: 'this', status: '0' });
});
