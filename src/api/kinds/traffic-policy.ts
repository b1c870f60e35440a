import type { Static } from '@sinclair/typebox';
import { Type } from '@sinclair/typebox';
import { type ApiKind, accepted, age, apiVersion, applied } from '../kind.ts';
import {
  choice,
  count,
  duration,
  flag,
  headerName,
  headerText,
  list,
  listByKey,
  namespaceName,
  object,
  objectName,
  optional,
  percent,
  portNumber,
  text,
  textMap,
  withRules,
} from '../schema.ts';
import { targetRefs } from './targets.ts';

const backendRef = object('A Service.', {
  name: objectName('Its name.'),
  namespace: optional(namespaceName('Its namespace; by default the one of the policy.')),
  port: optional(portNumber('Its port; by default the one that was asked for.')),
});

const timeouts = object('How long clients wait; `0s` is for ever.', {
  request: optional(duration('For the whole answer, over all tries.')),
  backendRequest: optional(duration('For one try.')),
  idle: optional(duration('Between two bytes of a stream.')),
});

export const retryConditions = [
  '5xx',
  'gateway-error',
  'connect-failure',
  'refused-stream',
  'reset',
  'retriable-4xx',
] as const;

const retries = object('Further tries of a request that failed.', {
  attempts: count('How many after the first; 0 switches them off.', { maximum: 100 }),
  conditions: optional(
    list(
      'What counts as failed; by default `gateway-error` and `connect-failure`.',
      choice('One of them.', retryConditions),
    ),
  ),
  codes: optional(
    list(
      'Statuses that count as failed besides.',
      Type.Integer({ description: 'A status.', minimum: 400, maximum: 599 }),
    ),
  ),
  backoff: optional(
    object('The wait between two tries, with jitter.', {
      base: duration('The first wait.'),
      max: optional(duration('The longest wait.')),
    }),
  ),
  budget: optional(
    object('The most that tries may add to the load of a destination.', {
      percent: percent('Of the requests.', { default: 20 }),
      minPerSecond: optional(count('Tries that are let through whatever the share.')),
      interval: optional(duration('Over how long the share is taken.')),
    }),
  ),
});

const fault = object('Failures on purpose, to try out what clients make of them.', {
  delay: optional(
    object('Requests that have to wait.', {
      fixed: duration('How long.'),
      percent: percent('How many of them.', { default: 100 }),
    }),
  ),
  abort: optional(
    object('Requests that are answered with a failure.', {
      status: Type.Integer({ description: 'The status of the answer.', minimum: 200, maximum: 599 }),
      percent: percent('How many of them.', { default: 100 }),
    }),
  ),
});

const mirror = object('A Service that gets a copy of requests; its answers go nowhere.', {
  backendRef,
  percent: percent('How many of the requests.', { default: 100 }),
});

const cors = object('Who may call from pages of another origin.', {
  allowOrigins: list(
    'Origins, `https://shop.example`; `*` is any.',
    text('An origin.', { pattern: '^(\\*|null|[A-Za-z][A-Za-z0-9+.-]*://[^*/\\s]+)$' }),
    { min: 1 },
  ),
  allowMethods: optional(list('Methods beyond the simple ones.', text('A method.'))),
  allowHeaders: optional(list('Headers that may be sent.', headerName('A header.'))),
  exposeHeaders: optional(list('Headers of the answer that the page may see.', headerName('A header.'))),
  maxAge: optional(duration('How long a browser may keep this answer; whole seconds.')),
  allowCredentials: optional(flag('Whether cookies may be sent.')),
});

const headerValue = object('A header and its value.', {
  name: headerName('The header; case does not matter.'),
  value: headerText('Its value.'),
});

/** Case does not matter in names of headers, which the keys of a list do not know. */
const headerValues = (description: string) =>
  withRules(listByKey(description, ['name'], headerValue, { max: 16 }), {
    cel: 'self.all(x, self.exists_one(y, y.name.lowerAscii() == x.name.lowerAscii()))',
    holds: all => new Set(all.map(({ name }) => name.toLowerCase())).size === all.length,
    message: 'a header is named twice; case does not matter',
  });

const headerEdits = object('Changes to headers.', {
  set: optional(headerValues('Headers that are replaced.')),
  add: optional(headerValues('Header lines that are added.')),
  remove: optional(list('Headers that are taken away, before anything is set or added.', headerName('A header.'))),
});

const outlierDetection = object('When an endpoint is left alone because it fails.', {
  consecutive5xx: optional(count('Failures in a row; 0 switches it off.')),
  consecutiveGatewayErrors: optional(count('Failures in a row with 502, 503 or 504; 0 switches it off.')),
  interval: optional(duration('How often endpoints are looked at.')),
  baseEjectionTime: optional(duration('For how long, times how often it happened.')),
  maxEjectionPercent: optional(percent('At most so many of the endpoints at once.')),
  minHealthPercent: optional(percent('Nothing is done where fewer than these are healthy.')),
});

const connections = object('Limits on what one client sends to a destination.', {
  maxConnections: optional(count('Connections.', { minimum: 1 })),
  maxPendingRequests: optional(count('Requests that wait for a connection.', { minimum: 1 })),
  maxRequests: optional(count('Requests at one time.', { minimum: 1 })),
  maxRequestsPerConnection: optional(count('Requests after which a connection is closed; 0 is never.')),
  connectTimeout: optional(duration('How long connecting may take.')),
  idleTimeout: optional(duration('How long a connection without requests is kept.')),
});

const consistentHash = withRules(
  object('By what a client is sent to the same endpoint again; exactly one.', {
    header: optional(headerName('A header.')),
    query: optional(text('A query parameter.')),
    cookie: optional(
      object('A cookie, which is given to clients that have none.', {
        name: headerName('Its name.'),
        path: optional(text('Its path.')),
        ttl: optional(duration('How long it holds; without it the client forgets it in the end.')),
      }),
    ),
    sourceAddress: optional(flag('The address of the client; only `true` means something.')),
  }),
  {
    cel: '[has(self.header), has(self.query), has(self.cookie), has(self.sourceAddress)].filter(x, x).size() == 1',
    holds: one => Object.keys(one).length === 1,
    message: 'exactly one of header, query, cookie and sourceAddress is needed',
  },
  {
    cel: '!has(self.sourceAddress) || self.sourceAddress',
    holds: ({ sourceAddress }) => sourceAddress !== false,
    message: '`sourceAddress: false` says nothing',
  },
);

const loadBalancing = withRules(
  object('How one endpoint is picked.', {
    algorithm: choice('The way.', ['RoundRobin', 'LeastRequest', 'Random', 'ConsistentHash']),
    consistentHash: optional(consistentHash),
    warmup: optional(duration('A new endpoint gets its full share only after this long.')),
  }),
  {
    cel: "has(self.consistentHash) == (self.algorithm == 'ConsistentHash')",
    holds: ({ algorithm, consistentHash: hash }) => (hash !== undefined) === (algorithm === 'ConsistentHash'),
    message: 'consistentHash goes with the algorithm ConsistentHash, and only with it',
  },
);

const place = (description: string) => text(description, { pattern: '^[^/]+(/[^/]+){0,2}$' });

const locality = object('Preference for near endpoints, and where to go when they fail.', {
  failover: optional(
    list(
      'Where requests from a place go when its own endpoints fail.',
      object('From one place to another; `region`, `region/zone` or `region/zone/subzone`.', {
        from: place('Where the endpoints fail.'),
        to: place('Where requests go then.'),
      }),
    ),
  ),
  fallbacks: optional(list('Services that stand in, in order, while no endpoint is healthy.', backendRef)),
});

const rateLimit = withRules(
  object('Requests per second that each endpoint takes; the rest is answered with 429.', {
    requestsPerSecond: optional(count('From everyone together.', { minimum: 1 })),
    perIdentity: optional(count('From each caller on its own.', { minimum: 1 })),
  }),
  {
    cel: 'has(self.requestsPerSecond) || has(self.perIdentity)',
    holds: ({ requestsPerSecond, perIdentity }) => requestsPerSecond !== undefined || perIdentity !== undefined,
    message: 'one of requestsPerSecond and perIdentity is needed',
  },
);

const split = withRules(
  listByKey(
    'Where requests go instead of to the whole Service, by shares; one Service may be named with several subsets.',
    ['name'],
    object('A share.', {
      name: objectName('A name for it, unique in this list.'),
      labels: optional(textMap('Only pods of the Service with these labels.')),
      backendRef: optional(backendRef),
      weight: count('The share, relative to the others.', { maximum: 1_000_000 }),
    }),
    { min: 1 },
  ),
  {
    cel: 'self.exists(x, x.weight > 0)',
    holds: shares => shares.some(({ weight }) => weight > 0),
    message: 'a weight above 0 is needed, or nothing goes anywhere',
  },
);

const spec = object('What clients do with traffic to the target, as far as no route says it itself.', {
  targetRefs,
  split: optional(split),
  timeouts: optional(timeouts),
  retries: optional(retries),
  fault: optional(fault),
  mirrors: optional(list('Copies of requests.', mirror)),
  cors: optional(cors),
  requestHeaders: optional(headerEdits),
  responseHeaders: optional(headerEdits),
  outlierDetection: optional(outlierDetection),
  connections: optional(connections),
  loadBalancing: optional(loadBalancing),
  locality: optional(locality),
  rateLimit: optional(rateLimit),
});

export type TrafficPolicySpec = Static<typeof spec>;

export const trafficPolicy: ApiKind<typeof spec> = {
  kind: 'TrafficPolicy',
  plural: 'trafficpolicies',
  shortNames: ['tp'],
  scope: 'Namespaced',
  meaning:
    'What clients do with traffic to a Service, a Namespace, a Gateway or a Mesh beyond what Gateway API says: timeouts, retries, faults, copies, shares, limits. Closer targets go before wider ones, field by field.',
  spec,
  columns: [{ name: 'Target', type: 'string', jsonPath: '.spec.targetRefs[0].name' }, accepted, applied, age],
  example: {
    apiVersion,
    kind: 'TrafficPolicy',
    metadata: { name: 'reviews', namespace: 'shop' },
    spec: {
      targetRefs: [{ kind: 'Service', name: 'reviews' }],
      timeouts: { request: '2s' },
      retries: { attempts: 2, conditions: ['gateway-error', 'connect-failure'] },
      outlierDetection: { consecutive5xx: 5, baseEjectionTime: '30s' },
    },
  },
};
