/** Intentions that ask for tokens. They do so only where nobody is let in by default. */
import { plainToken, type Token } from '../../../src/verify/request.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import { keySet } from '../../probe/token.ts';
import { type Ask, type ConsulConfiguration, each, guarding, intentions, paths } from './families.ts';

const issuer = 'https://issuer.example';

const provider = (service: string, more: object = {}): KubernetesObject => ({
  apiVersion: 'consul.hashicorp.com/v1alpha1',
  kind: 'JWTProvider',
  metadata: { namespace: 'shop', name: `${service}-issuer` },
  spec: {
    issuer,
    jsonWebKeySet: { local: { jwks: Buffer.from(keySet()).toString('base64') } },
    ...more,
  },
});

type Demand = (service: string) => object;

const plain: Demand = service => ({ providers: [{ name: `${service}-issuer` }] });
const claiming =
  (path: readonly string[], value: string): Demand =>
  service => ({ providers: [{ name: `${service}-issuer`, verifyClaims: [{ path, value }] }] });

const group = claiming(['group'], 'admins');
const nested = claiming(['org', 'team'], 'red');

const demands: readonly (readonly [name: string, demand: Demand])[] = [
  ['a token', plain],
  ['a claim', group],
  ['a claim in a claim', nested],
];

const withDemand = (name: string, write: (demand: object) => readonly object[]) =>
  demands.map(([what, demand]) => ({
    name: `${name} ${what}`,
    write: (service: string) => {
      const object = intentions(service, write(demand(service)));
      return [provider(service), object];
    },
  }));

const cases = [
  ...demands.map(([what, demand]) => ({
    name: `of everyone: ${what}`,
    write: (service: string) => {
      const object = intentions(service, [{ name: '*', action: 'allow' }]);
      return [provider(service), { ...object, spec: { ...(object.spec as object), jwt: demand(service) } }];
    },
  })),
  ...withDemand('on one path', jwt => [
    {
      name: '*',
      permissions: [
        { action: 'allow', http: { pathPrefix: '/adm' }, jwt },
        { action: 'allow', http: { pathPrefix: '/pub' } },
      ],
    },
  ]),
  ...withDemand('of one caller', jwt => [
    { name: 'client', permissions: [{ action: 'allow', http: { pathPrefix: '/' }, jwt }] },
    { name: 'client2', action: 'allow' },
  ]),
  ...each([['one'], ['one', 'two']], (audiences, service) => {
    const object = intentions(service, [{ name: '*', action: 'allow' }]);
    return [provider(service, { audiences }), { ...object, spec: { ...(object.spec as object), jwt: plain(service) } }];
  }),
];

const tokens: readonly (Token | undefined)[] = [
  undefined,
  { ...plainToken, issuer },
  { ...plainToken, issuer, valid: false },
  { ...plainToken, issuer: 'https://other.example' },
  { ...plainToken, issuer, claims: { group: 'admins' } },
  { ...plainToken, issuer, claims: { group: 'staff' } },
  { ...plainToken, issuer, claims: { org: { team: 'red' } } },
  { ...plainToken, issuer, claims: { org: { team: 'blue' } } },
  { ...plainToken, issuer, audiences: ['one'] },
  { ...plainToken, issuer, audiences: ['three'] },
];

const asks: readonly Ask[] = tokens.flatMap(token =>
  [...paths('/', '/adm', '/pub'), { caller: 'shop/client2' }].map(ask => ({ ...ask, ...(token ? { token } : {}) })),
);

export const tokenFamilies: readonly ConsulConfiguration[] = guarding('tokens', cases, asks);
