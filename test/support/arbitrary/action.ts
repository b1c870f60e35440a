import fc, { type Arbitrary } from 'fast-check';
import { type Setting, written } from '../../../src/base/source.ts';
import type { Cors } from '../../../src/model/capabilities/cors.ts';
import type { Fault } from '../../../src/model/capabilities/fault.ts';
import type { HeaderEdits } from '../../../src/model/capabilities/header-edits.ts';
import type { Redirect } from '../../../src/model/capabilities/redirect.ts';
import type { Retries, RetryCondition } from '../../../src/model/capabilities/retries.ts';
import type { PathRewrite, Rewrite } from '../../../src/model/capabilities/rewrite.ts';
import type { Timeouts } from '../../../src/model/capabilities/timeouts.ts';
import type { Action, Backend, Target, WeightedBackend } from '../../../src/model/frontend.ts';
import type { TextMatch } from '../../../src/model/match.ts';
import { oneOf, parts } from './parts.ts';

const setting = <T>(value: Arbitrary<T>): Arbitrary<Setting<T>> => value.map(v => written(v));

const headerEdits: Arbitrary<HeaderEdits> = parts<HeaderEdits>({
  set: [60, oneOf({ 'x-a': 'one' }, { 'x-a': 'two', 'x-b': 'three' })],
  add: [60, oneOf({ 'x-c': 'one' }, { 'x-d': 'two' })],
  remove: [60, oneOf(['x-e'], ['x-f', 'x-g'])],
}).map(edits => (Object.keys(edits).length > 0 ? edits : { set: { 'x-a': 'one' } }));

const backend = (...services: readonly string[]): Arbitrary<Backend> =>
  fc.oneof(
    { weight: 6, arbitrary: oneOf(...services).map((service): Backend => ({ kind: 'service', service })) },
    {
      weight: 3,
      arbitrary: oneOf('v1', 'v2').map(
        (version): Backend => ({
          kind: 'service',
          service: services[0]!,
          subset: { name: version, labels: { version } },
        }),
      ),
    },
  );

const share = (services: readonly string[], ofHttp: boolean): Arbitrary<WeightedBackend> =>
  fc
    .tuple(
      backend(...services),
      setting(oneOf(1, 9, 20, 80)),
      parts<WeightedBackend>(ofHttp ? { requestHeaders: [8, headerEdits], responseHeaders: [8, headerEdits] } : {}),
    )
    .map(([to, weight, more]) => ({ backend: to, weight, ...more }));

/** Each backend once: two shares of one are one share. */
export const forward = (services: readonly string[], ofHttp: boolean): Arbitrary<Target> =>
  fc
    .uniqueArray(share(services, ofHttp), {
      minLength: 1,
      maxLength: 3,
      selector: ({ backend: to }) => JSON.stringify(to),
    })
    .map(backends => ({ kind: 'forward', backends }));

const redirect: Arbitrary<Redirect> = fc
  .tuple(
    setting(oneOf(301, 302, 308)),
    parts<Redirect>({
      scheme: [60, oneOf('https')],
      hostname: [60, oneOf('there.example')],
      port: [30, oneOf(8443)],
      path: [
        40,
        fc.oneof(
          pathRewrite(),
          oneOf('/there').map((value): PathRewrite => ({ kind: 'full', value })),
        ),
      ],
    }),
  )
  .map(([status, more]) => ({
    status,
    ...(Object.keys(more).length > 0 ? more : { hostname: 'there.example' }),
    ...(more.port === undefined ? { portFrom: 'scheme' as const } : {}),
  }));

function pathRewrite(): Arbitrary<PathRewrite> {
  return fc.oneof(
    oneOf('/new', '/').map((value): PathRewrite => ({ kind: 'segmentPrefix', value })),
    oneOf('/new', '/').map((value): PathRewrite => ({ kind: 'prefix', value })),
  );
}

const rewrite: Arbitrary<Rewrite> = parts<Rewrite>({
  host: [50, oneOf('inside.example')],
  path: [
    80,
    fc.oneof(
      { weight: 3, arbitrary: pathRewrite() },
      { weight: 1, arbitrary: oneOf('/new').map((value): PathRewrite => ({ kind: 'full', value })) },
      {
        weight: 2,
        arbitrary: oneOf<PathRewrite>({ kind: 'regex', pattern: '/v[0-9]+/', substitution: '/' }),
      },
    ),
  ],
}).map(value => (Object.keys(value).length > 0 ? value : { host: 'inside.example' }));

const timeouts: Arbitrary<Timeouts> = parts<Timeouts>({
  request: [80, setting(oneOf(1000, 3000, 90_000))],
  perTry: [40, setting(oneOf(250, 1000))],
  idle: [30, setting(oneOf(60_000))],
});

const retries: Arbitrary<Retries> = fc
  .tuple(
    setting(oneOf(0, 1, 3)),
    setting(
      oneOf<readonly RetryCondition[]>(
        ['5xx'],
        ['gateway-error', 'connect-failure'],
        ['status:503', 'status:429'],
        ['grpc:unavailable'],
      ),
    ),
    parts<Retries>({
      backoff: [40, setting(oneOf({ baseMs: 25 }, { baseMs: 50, maxMs: 500 }))],
      budget: [20, setting(oneOf({ percent: 20 }))],
      otherLocalities: [15, setting(oneOf(true))],
      avoidPreviousHosts: [15, setting(oneOf(true))],
    }),
  )
  .map(([max, on, more]) => ({ max, on, ...more }));

const percent = setting(oneOf(0, 5, 12.5, 100));

const fault: Arbitrary<Fault> = parts<Fault>({
  delay: [60, fc.record({ ms: oneOf(500, 2000), percent })],
  abort: [
    60,
    fc.oneof(
      percent.map(share => ({ status: 503, percent: share })),
      percent.map(share => ({ grpcStatus: 'UNAVAILABLE', percent: share })),
    ),
  ],
});

const cors: Arbitrary<Cors> = fc
  .tuple(
    oneOf<readonly TextMatch[]>(
      [{ kind: 'exact', value: 'https://a.example' }],
      [
        { kind: 'exact', value: 'https://a.example' },
        { kind: 'exact', value: 'https://b.example' },
      ],
    ),
    parts<Cors>({
      allowMethods: [60, oneOf(['GET'], ['GET', 'POST'])],
      allowHeaders: [40, oneOf(['x-one'])],
      exposeHeaders: [40, oneOf(['x-two'])],
      maxAgeSeconds: [40, oneOf(60)],
      allowCredentials: [40, oneOf(true)],
    }),
  )
  .map(([allowOrigins, more]) => ({ allowOrigins, ...more }));

const target: Arbitrary<Target> = fc.oneof(
  { withCrossShrink: true },
  { weight: 8, arbitrary: forward(['shop/reviews', 'shop/ratings'], true) },
  { weight: 1, arbitrary: redirect.map((value): Target => ({ kind: 'redirect', redirect: value })) },
  {
    weight: 1,
    arbitrary: oneOf<Target>(
      { kind: 'respond', response: { status: 410 } },
      { kind: 'respond', response: { status: 503, body: 'closed' } },
    ),
  },
);

/** What is done to requests, without a name. */
export const requestAction: Arbitrary<Omit<Action, 'id'>> = fc
  .tuple(
    target,
    parts<Action>({
      timeouts: [25, timeouts],
      retries: [35, retries],
      fault: [18, fault],
      mirrors: [15, fc.array(fc.record({ backend: backend('shop/ratings'), percent }), { minLength: 1, maxLength: 2 })],
      cors: [12, cors],
      requestHeaders: [15, headerEdits],
      responseHeaders: [12, headerEdits],
      rewrite: [25, rewrite],
    }),
  )
  .map(([to, more]) => {
    // What is not sent on is neither rewritten nor retried nor copied.
    const { cors: origins, responseHeaders } = more;
    const answered = { ...(origins ? { cors: origins } : {}), ...(responseHeaders ? { responseHeaders } : {}) };
    return { target: to, ...(to.kind === 'forward' ? more : answered) };
  });
