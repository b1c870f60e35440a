import fc, { type Arbitrary } from 'fast-check';
import { type Setting, written } from '../../../src/base/source.ts';
import type { Cors } from '../../../src/model/capabilities/cors.ts';
import type { Fault } from '../../../src/model/capabilities/fault.ts';
import type { HeaderEdits } from '../../../src/model/capabilities/header-edits.ts';
import type { Redirect } from '../../../src/model/capabilities/redirect.ts';
import type { Retries, RetryCondition } from '../../../src/model/capabilities/retries.ts';
import type { PathRewrite, Rewrite } from '../../../src/model/capabilities/rewrite.ts';
import type { Timeouts } from '../../../src/model/capabilities/timeouts.ts';
import type { Action, Backend, Subset, Target, WeightedBackend } from '../../../src/model/frontend.ts';
import type { TextMatch } from '../../../src/model/match.ts';
import { oneOf, parts, someParts } from './parts.ts';

const setting = <T>(value: Arbitrary<T>): Arbitrary<Setting<T>> => value.map(v => written(v));

const headerEdits: Arbitrary<HeaderEdits> = someParts<HeaderEdits>({
  set: [60, oneOf({ 'x-a': 'one' }, { 'x-a': 'two', 'x-b': 'three' })],
  add: [60, oneOf({ 'x-c': 'one' }, { 'x-d': 'two' })],
  remove: [60, oneOf(['x-e'], ['x-f', 'x-g'])],
});

/** Backends: the first service has two versions. A port is named where the port that was dialled may not be one of it. */
const backend = (services: readonly string[], port: (service: string) => number | undefined): Arbitrary<Backend> => {
  const to = (service: string, subset?: Subset): Backend => {
    const number = port(service);
    return {
      kind: 'service',
      service,
      ...(number === undefined ? {} : { port: number }),
      ...(subset ? { subset } : {}),
    };
  };
  return fc.oneof(
    { weight: 6, arbitrary: oneOf(...services).map(service => to(service)) },
    {
      weight: 3,
      arbitrary: oneOf('v1', 'v2').map(version => to(services[0]!, { name: version, labels: { version } })),
    },
  );
};

const share = (to: Arbitrary<Backend>, ofHttp: boolean): Arbitrary<WeightedBackend> =>
  fc
    .tuple(
      to,
      setting(oneOf(1, 9, 20, 80)),
      parts<WeightedBackend>(ofHttp ? { requestHeaders: [8, headerEdits], responseHeaders: [8, headerEdits] } : {}),
    )
    .map(([chosen, weight, more]) => ({ backend: chosen, weight, ...more }));

/** Each backend once: two shares of one are one share. */
const forward = (to: Arbitrary<Backend>, ofHttp: boolean): Arbitrary<Target> =>
  fc
    .uniqueArray(share(to, ofHttp), {
      minLength: 1,
      maxLength: 3,
      selector: ({ backend: chosen }) => JSON.stringify(chosen),
    })
    .map(backends => ({ kind: 'forward', backends }));

/** Bytes for `ledger` go to it, or to another service on the port that this one has; `port`: that of `ledger`, if it is said. */
export const connectionAction = (port?: number): Arbitrary<Omit<Action, 'id'>> =>
  forward(
    backend(['shop/ledger', 'shop/ratings'], service => (service === 'shop/ledger' ? port : 9080)),
    false,
  ).map(target => ({ target }));

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

const rewrite: Arbitrary<Rewrite> = someParts<Rewrite>({
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
});

const timeouts: Arbitrary<Timeouts> = someParts<Timeouts>({
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

const fault: Arbitrary<Fault> = someParts<Fault>({
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

const target = (to: Arbitrary<Backend>): Arbitrary<Target> =>
  fc.oneof(
    { withCrossShrink: true },
    { weight: 8, arbitrary: forward(to, true) },
    { weight: 1, arbitrary: redirect.map((value): Target => ({ kind: 'redirect', redirect: value })) },
    {
      weight: 1,
      arbitrary: oneOf<Target>(
        { kind: 'respond', response: { status: 410 } },
        { kind: 'respond', response: { status: 503, body: 'closed' } },
      ),
    },
  );

/** What is done to requests, without a name; `dialled`: they come by the port of the services. */
export const requestAction = (dialled: boolean): Arbitrary<Omit<Action, 'id'>> => {
  const to = backend(['shop/reviews', 'shop/ratings'], () => (dialled ? undefined : 9080));
  const mirrors = fc.array(fc.record({ backend: to, percent }), { minLength: 1, maxLength: 2 });
  return fc
    .tuple(
      target(to),
      parts<Action>({
        timeouts: [25, timeouts],
        retries: [35, retries],
        fault: [18, fault],
        mirrors: [15, mirrors],
        cors: [12, cors],
        requestHeaders: [15, headerEdits],
        responseHeaders: [12, headerEdits],
        rewrite: [25, rewrite],
      }),
    )
    .map(([chosen, more]) => {
      // What is not sent on is neither rewritten nor retried nor copied.
      const { cors: origins, responseHeaders } = more;
      const answered = { ...(origins ? { cors: origins } : {}), ...(responseHeaders ? { responseHeaders } : {}) };
      return { target: chosen, ...(chosen.kind === 'forward' ? more : answered) };
    });
};
