/** Names behind which nobody is: their callers' own proxies answer, whoever would be let in. */
import { type ConsulConfiguration, intentions, paths, resolver, router, routing, splitter } from './families.ts';

const onFoo = { match: { http: { pathPrefix: '/foo' } }, destination: { service: 'other' } };

const cases = [
  { name: 'alone', write: (site: string) => [resolver(site, { connectTimeout: '1s' })] },
  { name: 'beside a route', write: (site: string) => [router(site, [onFoo])] },
  {
    name: 'of a share',
    write: (site: string) => [splitter(site, [{ weight: 50 }, { weight: 50, service: 'other' }])],
  },
  {
    name: 'with an intention that lets in',
    write: (site: string) => [intentions(site, [{ name: 'client', action: 'allow' }])],
  },
  {
    name: 'with one that keeps out',
    write: (site: string) => [
      intentions(site, [
        { name: 'client', action: 'deny' },
        { name: '*', action: 'allow' },
      ]),
    ],
  },
];

export const desertedFamilies: readonly ConsulConfiguration[] = routing('names that nobody bears', cases, [
  ...paths('/', '/foo'),
  { caller: 'shop/client2' },
]);
