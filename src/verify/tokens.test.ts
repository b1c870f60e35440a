import { describe, expect, it } from 'vitest';
import type { RequestAuthentication } from '../model/capabilities/request-authentication.ts';
import { plainToken, type Token } from './request.ts';
import { verifyToken } from './tokens.ts';

const covering: readonly RequestAuthentication[] = [
  {
    id: 'tokens',
    scope: {},
    issuers: [{ issuer: plainToken.issuer, audiences: ['shop'], keys: { kind: 'discovered' } }],
  },
];

const good: Token = { ...plainToken, audiences: ['shop'] };
const broken: readonly Token[] = [
  { ...good, valid: false },
  { ...good, issuer: 'https://nobody.example' },
  { ...good, audiences: ['somebody-else'] },
];

describe('a token', () => {
  it('is refused where it is not in order, with 401, or 403 where it is meant for somebody else', () => {
    expect(broken.map(token => verifyToken(covering, token))).toMatchObject([
      { kind: 'refused', status: 401 },
      { kind: 'refused', status: 401 },
      { kind: 'refused', status: 403 },
    ]);
  });

  it('counts as none where it is not in order, at proxies that leave the answer to rules', () => {
    expect(broken.map(token => verifyToken(covering, token, 'none').kind)).toEqual(['none', 'none', 'none']);
    expect(verifyToken(covering, good, 'none').kind).toBe('verified');
  });

  it('is nobody’s business where nothing covers the server', () => {
    expect(verifyToken([], broken[0]).kind).toBe('none');
  });
});
