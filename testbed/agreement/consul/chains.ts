/** Names that lead to names: splits of splits, routes to splits, redirects, and what of a name counts when it is come upon. */
import {
  type Ask,
  type Case,
  type ConsulConfiguration,
  defaults,
  paths,
  resolver,
  router,
  routing,
  splitter,
} from './families.ts';
import { share } from './routes.ts';

/** Another name, which nobody has instances of. */
const next = (service: string): string => `${service}-next`;
const last = (service: string): string => `${service}-last`;
const versions = (first: number) => [share(first, 'back', 'v1'), share(100 - first, 'back', 'v2')];
const to = (service: string, more: object = {}): object => ({ destination: { service, ...more } });
const onPath = (pathPrefix: string, service: string, more: object = {}): object => ({
  match: { http: { pathPrefix } },
  ...to(service, more),
});

/** What every chain is asked. */
export const asks: readonly Ask[] = [
  ...paths('/', '/foo', '/foo/x', '/bar'),
  { plan: { delayMs: 900 } },
  { plan: { status: 503 } },
  { headers: [['x-one', 'mine']], plan: { headers: { 'x-one': 'theirs' } } },
];

const edit = (value: string): object => ({
  requestHeaders: { set: { 'x-one': value }, add: { 'x-two': value } },
  responseHeaders: { add: { 'x-one': value } },
});

const splitsOfSplits: readonly Case[] = [
  {
    name: 'half of it split again',
    write: s => [
      splitter(s, [share(50, next(s)), share(50, 'other')]),
      defaults(next(s), {}),
      splitter(next(s), versions(80)),
    ],
  },
  {
    name: 'all of it split again',
    write: s => [splitter(s, [share(100, next(s))]), defaults(next(s), {}), splitter(next(s), versions(30))],
  },
  {
    name: 'three levels',
    write: s => [
      splitter(s, [share(50, next(s)), share(50, 'other')]),
      defaults(next(s), {}),
      splitter(next(s), [share(50, last(s)), share(50, 'back', 'v1')]),
      defaults(last(s), {}),
      splitter(last(s), versions(50)),
    ],
  },
  {
    name: 'shares that need rounding',
    write: s => [
      splitter(s, [share(33.33, next(s)), share(66.67, 'other')]),
      defaults(next(s), {}),
      splitter(next(s), versions(33.33)),
    ],
  },
  {
    name: 'one end by two ways',
    write: s => [
      splitter(s, [share(50, next(s)), share(50, 'back', 'v1')]),
      defaults(next(s), {}),
      splitter(next(s), versions(50)),
    ],
  },
  {
    name: 'edits at the outer level',
    write: s => [
      splitter(s, [{ ...share(50, next(s)), ...edit('outer') }, share(50, 'other')]),
      defaults(next(s), {}),
      splitter(next(s), versions(50)),
    ],
  },
  {
    name: 'edits at the inner level',
    write: s => [
      splitter(s, [share(50, next(s)), share(50, 'other')]),
      defaults(next(s), {}),
      splitter(next(s), [{ ...share(50, 'back', 'v1'), ...edit('inner') }, share(50, 'back', 'v2')]),
    ],
  },
  {
    name: 'edits at both levels',
    write: s => [
      splitter(s, [{ ...share(50, next(s)), ...edit('outer') }, share(50, 'other')]),
      defaults(next(s), {}),
      splitter(next(s), [{ ...share(50, 'back', 'v1'), ...edit('inner') }, share(50, 'back', 'v2')]),
    ],
  },
  {
    name: 'edits of a route and of a split',
    write: s => [
      router(s, [to(next(s), edit('route'))]),
      defaults(next(s), {}),
      splitter(next(s), [{ ...share(50, 'back', 'v1'), ...edit('split') }, share(50, 'other')]),
    ],
  },
  {
    name: 'removal by a split of what a route sets',
    write: s => [
      router(s, [to(next(s), { requestHeaders: { set: { 'x-one': 'route' } } })]),
      defaults(next(s), {}),
      splitter(next(s), [{ ...share(100, 'back'), requestHeaders: { remove: ['x-one'] } }]),
    ],
  },
];

const routesToSplits: readonly Case[] = [
  {
    name: 'a route to a split',
    write: s => [
      router(s, [onPath('/foo', next(s)), to('other')]),
      defaults(next(s), {}),
      splitter(next(s), versions(80)),
    ],
  },
  {
    name: 'a route past a split, to a version',
    write: s => [
      router(s, [onPath('/foo', 'back', { serviceSubset: 'v2' }), to(next(s))]),
      defaults(next(s), {}),
      splitter(next(s), versions(50)),
    ],
  },
  {
    name: 'the routes of a name that a route leads to',
    write: s => [
      router(s, [to(next(s))]),
      defaults(next(s), {}),
      router(next(s), [onPath('/foo', 'other'), to('other')]),
      resolver(next(s), { redirect: { service: 'back' } }),
    ],
  },
  {
    name: 'the routes of a name that a split leads to',
    write: s => [
      splitter(s, [share(100, next(s))]),
      defaults(next(s), {}),
      router(next(s), [to('other')]),
      resolver(next(s), { redirect: { service: 'back', serviceSubset: 'v1' } }),
    ],
  },
  {
    name: 'what no route takes goes to the split of the name itself',
    write: s => [router(s, [onPath('/foo', 'other')]), splitter(s, versions(50))],
  },
  {
    name: 'what no route takes goes to the redirect of the name itself',
    write: s => [
      router(s, [onPath('/foo', 'other')]),
      resolver(s, { redirect: { service: 'back', serviceSubset: 'v2' } }),
    ],
  },
  {
    name: 'a route without a service',
    write: s => [
      router(s, [{ match: { http: { pathPrefix: '/foo' } }, destination: { requestTimeout: '600ms' } }, to('other')]),
      resolver(s, { redirect: { service: 'back' } }),
    ],
  },
  {
    name: 'a route with nothing but a condition',
    write: s => [
      router(s, [{ match: { http: { pathPrefix: '/foo' } } }, to('other')]),
      resolver(s, { redirect: { service: 'back' } }),
    ],
  },
  {
    name: 'a rewrite before a split',
    write: s => [
      router(s, [onPath('/foo', next(s), { prefixRewrite: '/bar' }), to('other')]),
      defaults(next(s), {}),
      splitter(next(s), versions(50)),
    ],
  },
  {
    name: 'retries over a split',
    write: s => [
      router(s, [to(next(s), { numRetries: 2, retryOnStatusCodes: [503] })]),
      defaults(next(s), {}),
      splitter(next(s), versions(50)),
    ],
  },
];

const redirects: readonly Case[] = [
  {
    name: 'two in a row',
    write: s => [
      resolver(s, { redirect: { service: next(s) } }),
      defaults(next(s), {}),
      resolver(next(s), { redirect: { service: 'back', serviceSubset: 'v2' } }),
    ],
  },
  {
    name: 'three in a row',
    write: s => [
      resolver(s, { redirect: { service: next(s) } }),
      defaults(next(s), {}),
      resolver(next(s), { redirect: { service: last(s) } }),
      defaults(last(s), {}),
      resolver(last(s), { redirect: { service: 'other' } }),
    ],
  },
  {
    name: 'to a name that splits',
    write: s => [
      resolver(s, { redirect: { service: next(s) } }),
      defaults(next(s), {}),
      splitter(next(s), versions(50)),
    ],
  },
  {
    name: 'to a name that has routes',
    write: s => [
      resolver(s, { redirect: { service: next(s) } }),
      defaults(next(s), {}),
      router(next(s), [to('other')]),
      resolver(next(s), { redirect: { service: 'back' } }),
    ],
  },
  {
    name: 'under a split',
    write: s => [
      splitter(s, [share(50, next(s)), share(50, 'other')]),
      defaults(next(s), {}),
      resolver(next(s), { redirect: { service: 'back', serviceSubset: 'v1' } }),
    ],
  },
  {
    name: 'of a name with routes of its own',
    write: s => [
      resolver(s, { redirect: { service: 'back' } }),
      router(s, [onPath('/foo', 'other'), to('back', { serviceSubset: 'v1' })]),
    ],
  },
  {
    name: 'of a name with a split of its own',
    write: s => [resolver(s, { redirect: { service: 'other' } }), splitter(s, versions(50))],
  },
  {
    name: 'a split to the redirected name itself',
    write: s => [resolver(s, { redirect: { service: 'other' } }), splitter(s, [share(50, s), share(50, 'back')])],
  },
  {
    name: 'to a name that nobody has',
    write: s => [resolver(s, { redirect: { service: next(s) } }), defaults(next(s), {})],
  },
];

const waitOf = (requestTimeout: string): object => ({ requestTimeout });
const waits: readonly Case[] = [
  { name: 'of the name alone', write: s => [resolver(s, waitOf('500ms'))] },
  {
    name: 'of the name, and of a route',
    write: s => [resolver(s, waitOf('300ms')), router(s, [to('back', waitOf('5s'))])],
  },
  {
    name: 'of the name, and routes that say nothing',
    write: s => [resolver(s, waitOf('300ms')), router(s, [onPath('/foo', 'other'), to('back')])],
  },
  { name: 'of the name, and a split', write: s => [resolver(s, waitOf('300ms')), splitter(s, versions(50))] },
  {
    name: 'of a name that a route leads to',
    write: s => [
      router(s, [to(next(s))]),
      defaults(next(s), {}),
      resolver(next(s), { redirect: { service: 'back' }, ...waitOf('300ms') }),
    ],
  },
  {
    name: 'of a name that it is redirected to',
    write: s => [
      resolver(s, { redirect: { service: next(s) } }),
      defaults(next(s), {}),
      resolver(next(s), waitOf('300ms')),
    ],
  },
];

export const chainFamilies: readonly ConsulConfiguration[] = [
  ...routing('splits of splits', splitsOfSplits, asks),
  ...routing('routes to splits', routesToSplits, asks),
  ...routing('redirects', redirects, asks),
  ...routing('waits of resolvers', waits, asks),
];
