/** One of two callers takes a name for bytes, and so passes over what is said of its requests. */
import { beacon } from '../../consul/scene.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import { type ConsulConfiguration, defaults, resolver, router, splitter } from './families.ts';

/** In the end requests come to `back`; the oracles are asked about the other caller. */
const taken = (
  name: string,
  more: (site: string) => readonly KubernetesObject[],
  config = (site: string): object => ({ overrides: [{ name: site, protocol: 'tcp' }] }),
): ConsulConfiguration => ({
  id: `names taken for bytes: ${name}`,
  family: 'names taken for bytes',
  kind: 'site',
  alone: true,
  objects: ({ name: site }) => [
    defaults('client2', { upstreamConfig: config(site) }),
    resolver(site, { redirect: { service: 'back' } }),
    ...more(site),
  ],
});

const onFoo = { http: { pathPrefix: '/foo' } };

/** By what is said there the bed knows that a client has its configuration. */
const heard = { name: beacon, protocol: 'http' };

const toOther = (site: string) => [router(site, [{ match: onFoo, destination: { service: 'other' } }])];

export const byteClientFamilies: readonly ConsulConfiguration[] = [
  taken('routes', toOther),
  taken('routes, and all upstreams', toOther, () => ({ defaults: { protocol: 'tcp' }, overrides: [heard] })),
  taken('routes, and all others', toOther, site => ({
    defaults: { protocol: 'tcp' },
    overrides: [heard, { name: site, protocol: 'http' }],
  })),
  taken('shares', site => [
    splitter(site, [
      { weight: 50, service: 'back', serviceSubset: 'v1' },
      { weight: 50, service: 'other' },
    ]),
  ]),
  taken('waits', site => [router(site, [{ match: onFoo, destination: { service: 'back', requestTimeout: '400ms' } }])]),
  taken('tries', site => [
    router(site, [{ match: onFoo, destination: { service: 'back', numRetries: 2, retryOnStatusCodes: [503] } }]),
  ]),
  taken('headers', site => [
    router(site, [{ match: onFoo, destination: { service: 'back', requestHeaders: { set: { 'x-one': 'set' } } } }]),
  ]),
];
