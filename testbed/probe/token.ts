/** Tokens that the bed issues itself, as each request says. */
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Token } from '../../src/verify/request.ts';

const keyId = 'bed';

const keys = (): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } =>
  generateKeyPairSync('rsa', { modulusLength: 2048 });

const own = keys();
/** Nobody knows its other half. */
const strange = keys();

/** The keys by which tokens of this run are verified, as a set in JSON. */
export const keySet = (): string =>
  JSON.stringify({ keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: keyId, alg: 'RS256', use: 'sig' }] });

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** A token with these claims; one that is not valid bears a signature of somebody else. */
export const signed = ({ issuer, subject, audiences, presenter, claims, valid }: Token): string => {
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: issuer,
    ...(subject === undefined ? {} : { sub: subject }),
    ...(audiences.length === 0 ? {} : { aud: audiences }),
    ...(presenter === undefined ? {} : { azp: presenter }),
    iat: now - 60,
    exp: now + 3600,
    ...claims,
  };
  const text = `${encoded({ alg: 'RS256', typ: 'JWT', kid: keyId })}.${encoded(payload)}`;
  const signature = createSign('RSA-SHA256')
    .update(text)
    .sign((valid ? own : strange).privateKey);
  return `${text}.${signature.toString('base64url')}`;
};
