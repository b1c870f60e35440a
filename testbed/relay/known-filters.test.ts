import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changingMessages } from './grpc-messages.ts';
import { withKnownFilters } from './known-filters.ts';
import { fieldOf, fieldsIn } from './message.ts';

const message = (number: number, ...parts: readonly Buffer[]): Buffer => fieldOf(number, Buffer.concat(parts));
const text = (number: number, value: string): Buffer => fieldOf(number, Buffer.from(value));
const nine = (number: number): Buffer => Buffer.from([number * 8, 9]);

const any = (number: number, type: string, ...value: readonly Buffer[]): Buffer =>
  message(number, text(1, `type.googleapis.com/${type}`), message(2, ...value));

const untyped = (number: number, type: string): Buffer =>
  any(number, 'udpa.type.v1.TypedStruct', text(1, `type.googleapis.com/${type}`), message(2, text(1, 'x')));

const filter = (name: string, config: Buffer): Buffer => message(5, text(1, name), config);
const router = filter('router', any(4, 'envoy.extensions.filters.http.router.v3.Router', nine(1)));
const jwt = filter('jwt', untyped(4, 'envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication'));
const peers = filter('waypoint_downstream_peer_metadata', untyped(4, 'io.istio.http.peer_metadata.Config'));

const manager = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const chain = (number: number, ...filters: readonly Buffer[]): Buffer =>
  message(
    number,
    message(3, text(1, 'rbac'), any(4, 'envoy.extensions.filters.network.rbac.v3.RBAC', ...filters)),
    message(3, text(1, 'http'), any(4, manager, text(2, 'inbound'), ...filters, nine(9))),
    text(7, 'chain'),
  );

const response = (type: string, ...parts: readonly Buffer[]): Buffer =>
  Buffer.concat([
    text(1, 'version'),
    message(2, text(1, '9'), any(2, type, text(1, 'main_internal'), ...parts), text(3, 'main_internal')),
    text(4, `type.googleapis.com/${type}`),
    text(5, 'nonce'),
  ]);

const listeners = (...parts: readonly Buffer[]): Buffer => response('envoy.config.listener.v3.Listener', ...parts);

/** The same filters within a network filter of another type are no filters of HTTP. */
const chainWithout = (number: number, ...filters: readonly Buffer[]): Buffer =>
  message(
    number,
    message(3, text(1, 'rbac'), any(4, 'envoy.extensions.filters.network.rbac.v3.RBAC', jwt, peers, router)),
    message(3, text(1, 'http'), any(4, manager, text(2, 'inbound'), ...filters, nine(9))),
    text(7, 'chain'),
  );

describe('what a waypoint is told', () => {
  it('loses the filter that an unmodified Envoy does not have, in every filter chain', () => {
    const told = withKnownFilters(listeners(chain(3, jwt, peers, router), nine(12), chain(25, jwt, peers, router)));
    expect(told).toEqual(listeners(chainWithout(3, jwt, router), nine(12), chainWithout(25, jwt, router)));
  });

  it('is the very same bytes where nothing is left out', () => {
    const same = listeners(chain(3, jwt, router), chain(25, router));
    expect(withKnownFilters(same)).toBe(same);
    const clusters = response('envoy.config.cluster.v3.Cluster', chain(3, peers));
    expect(withKnownFilters(clusters)).toBe(clusters);
  });

  it('keeps fields of every kind', () => {
    const numbers = Buffer.from([0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x15, 1, 2, 3, 4, 0x18, 0xff, 0x01]);
    expect(fieldsIn(numbers).map(({ number, whole }) => [number, whole.length])).toEqual([
      [1, 9],
      [2, 5],
      [3, 3],
    ]);
    const told = withKnownFilters(listeners(numbers, chain(3, peers)));
    expect(told).toEqual(
      listeners(
        numbers,
        message(
          3,
          message(3, text(1, 'rbac'), any(4, 'envoy.extensions.filters.network.rbac.v3.RBAC', peers)),
          message(3, text(1, 'http'), any(4, manager, text(2, 'inbound'), nine(9))),
          text(7, 'chain'),
        ),
      ),
    );
  });

  it('that ends too early is a failure', () => {
    expect(() => withKnownFilters(listeners(chain(3, peers)).subarray(0, -2))).toThrow('ends within');
  });
});

describe('messages of a stream', () => {
  const framed = (body: Buffer): Buffer => {
    const head = Buffer.alloc(5);
    head.writeUInt32BE(body.length, 1);
    return Buffer.concat([head, body]);
  };
  const twice = (body: Buffer): Buffer => Buffer.concat([body, body]);

  it('are changed wherever the stream is cut', () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 5 });
    const cuts = fc.array(fc.nat(1200), { maxLength: 8 });
    fc.assert(
      fc.property(bodies, cuts, (all, at) => {
        const whole = Buffer.concat(all.map(body => framed(Buffer.from(body))));
        const edges = [0, ...at.map(cut => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length];
        const next = changingMessages(twice);
        const seen = edges.slice(1).map((edge, index) => next(whole.subarray(edges[index], edge)));
        expect(Buffer.concat(seen)).toEqual(Buffer.concat(all.map(body => framed(twice(Buffer.from(body))))));
      }),
      { seed: 1 },
    );
  });

  it('that are compressed are a failure', () => {
    const body = framed(Buffer.from('x'));
    body[0] = 1;
    expect(() => changingMessages(twice)(body)).toThrow('compressed');
  });
});
