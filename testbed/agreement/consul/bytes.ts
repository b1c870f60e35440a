/** Services of bytes: where connections lead, and who may make them. */
import { requestOf } from '../../../src/verify/request.ts';
import type { Question } from '../../probe/question.ts';
import type { Slot } from '../configuration.ts';
import {
  type Case,
  type ConsulConfiguration,
  defaults,
  each,
  intentions,
  resolver,
  router,
  splitter,
} from './families.ts';

/** Services of this bed have one port, whatever they speak. */
export const bytesPort = 80;

const ofBytes = (service: string) => defaults(service, { protocol: 'tcp' });

const connect = (service: string, caller: string): Question => ({
  caller,
  service: `shop/${service}`,
  port: bytesPort,
  request: requestOf({ protocol: 'tcp' }),
});

const family = (name: string, kind: Slot['kind'], callers: readonly string[], cases: readonly Case[]) =>
  cases.map(
    (one): ConsulConfiguration => ({
      id: `${name}: ${one.name}`,
      family: name,
      kind,
      ofBytes: true,
      objects: slot => one.write(slot.name),
      questions: slot => callers.map(caller => connect(slot.name, caller)),
    }),
  );

const near = ['shop/client', 'shop/client2'];

const leads: readonly Case[] = [
  { name: 'nobody', write: s => [ofBytes(s)] },
  { name: 'redirected', write: s => [ofBytes(s), resolver(s, { redirect: { service: 'bytes' } })] },
  {
    name: 'redirected twice',
    write: s => [
      ofBytes(s),
      resolver(s, { redirect: { service: `${s}-next` } }),
      ofBytes(`${s}-next`),
      resolver(`${s}-next`, { redirect: { service: 'bytes' } }),
    ],
  },
  ...['v1', 'v2'].map(
    (serviceSubset): Case => ({
      name: `redirected to ${serviceSubset}`,
      write: s => [ofBytes(s), resolver(s, { redirect: { service: 'bytes', serviceSubset } })],
    }),
  ),
  {
    name: 'redirected to a version by two names',
    write: s => [
      ofBytes(s),
      resolver(s, { redirect: { service: `${s}-next` } }),
      ofBytes(`${s}-next`),
      resolver(`${s}-next`, { redirect: { service: 'bytes', serviceSubset: 'v2' } }),
    ],
  },
  { name: 'a share', write: s => [ofBytes(s), splitter(s, [{ weight: 100, service: 'bytes' }])] },
  { name: 'a route', write: s => [ofBytes(s), router(s, [{ destination: { service: 'bytes' } }])] },
  {
    name: 'when nobody is there, another',
    write: s => [ofBytes(s), resolver(s, { failover: { '*': { service: 'bytes', serviceSubset: 'v1' } } })],
  },
  {
    name: 'a wait for requests',
    write: s => [ofBytes(s), resolver(s, { redirect: { service: 'bytes' }, requestTimeout: '1s' })],
  },
];

const client = (action: string): object => ({ name: 'client', action });
const everyone = (action: string): object => ({ name: '*', action });
const guards: readonly Case[] = each(
  [
    [],
    [client('allow')],
    [client('deny')],
    [everyone('deny')],
    [everyone('allow')],
    [client('allow'), everyone('deny')],
    [client('deny'), everyone('allow')],
    [{ name: 'client2', action: 'deny' }, client('allow')],
  ],
  (sources, service) => [ofBytes(service), ...(sources.length > 0 ? [intentions(service, sources)] : [])],
);

export const byteFamilies: readonly ConsulConfiguration[] = [
  ...family('bytes', 'site', near, leads),
  ...family('intentions about bytes', 'guard', [...near, 'shop/plain'], guards),
];
