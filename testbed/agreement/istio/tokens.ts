/** Tokens that servers verify, signed with a key that is made for the run. */
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { plainToken, type Token } from '../../../src/verify/request.ts';
import { authorizationPolicy, requestAuthentication } from '../../istio/native.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import { type Ask, type Case, guarding, type IstioConfiguration } from './families.ts';

const issuer = 'https://issuer.example';

interface Signer {
  readonly key: KeyObject;
  readonly keySet: string;
}

const makeSigner = (): Signer => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = { ...publicKey.export({ format: 'jwk' }), kid: 'bed', alg: 'ES256', use: 'sig' };
  return { key: privateKey, keySet: JSON.stringify({ keys: [key] }) };
};

const known = makeSigner();
const stranger = makeSigner();

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token that lasts longer than any run, unless it has run out long ago. */
const signed = ({ audiences, presenter, claims }: Token, { key }: Signer, expires: number): string => {
  const payload = { aud: audiences, azp: presenter, exp: expires, ...claims };
  const text = `${part({ alg: 'ES256', kid: 'bed', typ: 'JWT' })}.${part(payload)}`;
  const signature = createSign('SHA256').update(text).sign({ key, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
};

const in2100 = 4_102_444_800;
const in2001 = 1_000_000_000;

const bearing = (parts: Partial<Token>, signer = known, expires = in2100): Ask => {
  const plain: Token = { ...plainToken, issuer, subject: 'alice', ...parts };
  // Who issued it, and to whom, are claims like others.
  const token: Token = { ...plain, claims: { iss: plain.issuer, sub: plain.subject, ...plain.claims } };
  return { token, headers: [['authorization', `Bearer ${signed(token, signer, expires)}`]] };
};

const asks: readonly Ask[] = [
  {},
  { caller: 'other/client2' },
  { headers: [['authorization', 'Basic YTpi']] },
  bearing({}),
  bearing({ subject: 'bob' }),
  bearing({ issuer: 'https://elsewhere.example' }),
  // For the right audience: that is looked at before the signature.
  bearing({ valid: false, audiences: ['shop'] }, stranger),
  bearing({ valid: false }, known, in2001),
  bearing({ audiences: ['shop'] }),
  bearing({ audiences: ['shop', 'bank'] }),
  bearing({ audiences: ['bank'] }),
  bearing({ presenter: 'app' }),
  bearing({ claims: { group: 'admin' } }),
  bearing({ claims: { group: ['staff', 'admin'] } }),
  bearing({ claims: { group: 'staff' } }),
  bearing({ claims: { realm: { roles: ['admin'] } } }),
  bearing({ claims: { scope: 'read write' } }),
  { ...bearing({}), path: '/admin' },
  { path: '/admin' },
];

const verified = (app: string, more: object = {}): KubernetesObject =>
  requestAuthentication(app, { jwtRules: [{ issuer, jwks: known.keySet, ...more }] });

const from = (action: string, source: object): object => ({ action, rules: [{ from: [{ source }] }] });
const when = (action: string, key: string, values: readonly string[], list = 'values'): object => ({
  action,
  rules: [{ when: [{ key, [list]: values }] }],
});

const demands: readonly object[] = [
  from('ALLOW', { requestPrincipals: ['*'] }),
  from('DENY', { notRequestPrincipals: ['*'] }),
  from('ALLOW', { requestPrincipals: [`${issuer}/alice`] }),
  from('ALLOW', { requestPrincipals: [`${issuer}/*`] }),
  from('ALLOW', { requestPrincipals: ['*/alice'] }),
  from('DENY', { requestPrincipals: [`${issuer}/bob`] }),
  from('ALLOW', { notRequestPrincipals: [`${issuer}/bob`] }),
  when('ALLOW', 'request.auth.principal', [`${issuer}/alice`]),
  when('ALLOW', 'request.auth.audiences', ['shop']),
  when('ALLOW', 'request.auth.presenter', ['app']),
  when('ALLOW', 'request.auth.claims[group]', ['admin']),
  when('DENY', 'request.auth.claims[group]', ['admin']),
  when('ALLOW', 'request.auth.claims[group]', ['admin'], 'notValues'),
  when('ALLOW', 'request.auth.claims[group]', ['adm*']),
  when('ALLOW', 'request.auth.claims[realm][roles]', ['admin']),
  when('ALLOW', 'request.auth.claims[scope]', ['write']),
  when('ALLOW', 'request.auth.claims[iss]', [issuer]),
  {
    action: 'DENY',
    rules: [{ from: [{ source: { notRequestPrincipals: ['*'] } }], to: [{ operation: { paths: ['/admin'] } }] }],
  },
];

const cases: readonly Case[] = [
  { name: 'verified, and nobody demands one', write: app => [verified(app)] },
  { name: 'for an audience', write: app => [verified(app, { audiences: ['shop'] })] },
  { name: 'kept for the application', write: app => [verified(app, { forwardOriginalToken: true })] },
  {
    name: 'demanded, and nobody verifies',
    write: app => [authorizationPolicy(app, from('ALLOW', { requestPrincipals: ['*'] }))],
  },
  ...demands.map(demand => ({
    name: JSON.stringify(demand),
    write: (app: string) => [verified(app), authorizationPolicy(app, demand)],
  })),
];

export const tokenFamilies: readonly IstioConfiguration[] = guarding('tokens', cases, asks);
