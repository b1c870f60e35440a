/** Limits and ejection as requests meet them. */
import { requestOf } from '../../../src/verify/request.ts';
import { destinationRule, hostOf, to, virtualService } from '../../istio/native.ts';
import { bytePort } from '../../istio/scene.ts';
import type { Question } from '../../probe/question.ts';
import type { Together } from '../../together/together.ts';
import type { Slot } from '../configuration.ts';
import { guarding, type IstioConfiguration, routing } from './families.ts';

const once = (service: string) => virtualService(service, [{ retries: { attempts: 0 }, route: [to(service)] }]);

const question = ({ name }: Slot): Question => ({
  caller: 'shop/client',
  service: `shop/${name}`,
  port: 80,
  request: requestOf({ authority: hostOf(name) }),
});

const ofBytes = (slot: Slot): Question => ({
  ...question(slot),
  port: bytePort,
  request: requestOf({ protocol: 'tcp' }),
});

type Asking = (slot: Slot) => Together;

const trying = (
  inFamily: typeof routing,
  family: string,
  name: string,
  trafficPolicy: object,
  ...all: readonly Asking[]
): readonly IstioConfiguration[] =>
  inFamily(family, [{ name, write: service => [destinationRule(service, { trafficPolicy }), once(service)] }]).map(
    one => ({
      ...one,
      sendsNothing: true as const,
      together: slot => all.map(ask => ask(slot)),
    }),
  );

const crowd =
  (count: number, lead = 0, of = question) =>
  (slot: Slot): Together => ({ kind: 'crowd', question: of(slot), count, lead });

const pool = (connections: number, http1MaxPendingRequests: number): object => ({
  connectionPool: { tcp: { maxConnections: connections }, http: { http1MaxPendingRequests } },
});
const requests = (http2MaxRequests: number): object => ({ connectionPool: { http: { http2MaxRequests } } });

/** A server of its own: limits hold on its side too, for all names that it goes by. */
const limited = (name: string, policy: object, ...all: readonly Asking[]) =>
  trying(guarding, 'limits met', name, policy, ...all);

const crowds = [
  ...limited('two requests', requests(2), crowd(10)),
  ...limited('five requests', requests(5), crowd(12)),
  ...limited('one connection, one waits', pool(1, 1), crowd(8, 1)),
  ...limited('two connections, three wait', pool(2, 3), crowd(12, 2)),
  ...limited('three connections, three wait', pool(3, 3), crowd(10, 3)),
  ...limited('one connection, and many may wait', pool(1, 100), crowd(4, 1)),
  ...limited('none', { loadBalancer: { simple: 'ROUND_ROBIN' } }, crowd(16)),
];

const row =
  (failing: readonly string[], more: { status?: number; pauseMs?: number } = {}) =>
  (slot: Slot): Together => ({ kind: 'row', question: question(slot), count: 44, failing, status: 503, ...more });

const outliers = (name: string, outlierDetection: object, ...all: readonly Asking[]) =>
  trying(routing, 'ejection met', name, { outlierDetection, loadBalancer: { simple: 'ROUND_ROBIN' } }, ...all);

const one = ['web-v1'];
const both = ['web-v1', 'web-v2'];

const rows = [
  ...outliers('nothing said', {}, row(one)),
  ...outliers('three in a row', { consecutive5xxErrors: 3 }, row(one)),
  ...outliers('three in a row, of both', { consecutive5xxErrors: 3 }, row(both)),
  ...outliers('three in a row, and all may go', { consecutive5xxErrors: 3, maxEjectionPercent: 100 }, row(both)),
  ...outliers('three in a row, and half may go', { consecutive5xxErrors: 3, maxEjectionPercent: 50 }, row(both)),
  ...outliers('never', { consecutive5xxErrors: 0 }, row(one)),
  ...outliers('gateway errors', { consecutiveGatewayErrors: 2, consecutive5xxErrors: 0 }, row(one)),
  ...outliers(
    'gateway errors, and others',
    { consecutiveGatewayErrors: 2, consecutive5xxErrors: 0 },
    row(one, { status: 500 }),
  ),
  ...outliers('the lower of two', { consecutiveGatewayErrors: 4, consecutive5xxErrors: 2 }, row(one)),
  ...outliers(
    'back after a while',
    { consecutive5xxErrors: 2, interval: '500ms', baseEjectionTime: '1s', maxEjectionPercent: 100 },
    row(one, { pauseMs: 4000 }),
  ),
  ...outliers(
    'not back yet',
    { consecutive5xxErrors: 2, interval: '500ms', baseEjectionTime: '60s', maxEjectionPercent: 100 },
    row(one, { pauseMs: 4000 }),
  ),
];

export const togetherFamilies: readonly IstioConfiguration[] = [...crowds, ...rows];

const connections = (maxConnections: number): object => ({ connectionPool: { tcp: { maxConnections } } });

/** Limits on connections that carry bytes. */
export const byteCrowds: readonly IstioConfiguration[] = [
  ...limited('three connections of bytes', connections(3), crowd(9, 0, ofBytes)),
  ...limited('one connection of bytes, which stands', connections(1), crowd(4, 1, ofBytes)),
  ...limited('requests, which bytes are none of', requests(2), crowd(8, 0, ofBytes)),
  ...limited(
    'connections of bytes on one port',
    {
      ...connections(2),
      portLevelSettings: [{ port: { number: bytePort }, ...connections(5) }],
    },
    crowd(9, 0, ofBytes),
  ),
];
