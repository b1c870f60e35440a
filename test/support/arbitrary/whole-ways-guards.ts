/** Random guards over whole ways: who may come in, and which tokens are asked for. */
import fc from 'fast-check';
import type { AccessPolicy } from '../../../src/model/capabilities/access.ts';
import type { RequestAuthentication } from '../../../src/model/capabilities/request-authentication.ts';
import { accessRule, condition, exact, policy, prefix, present } from '../../../src/verify/testing/model-builder.ts';
import { theirs } from './joined.ts';

/** The issuer that token rules trust. */
const issuer = 'https://issuer.example';

const named = fc.constantFrom(
  condition('request.path', [prefix('/a')]),
  condition('request.path', [exact('/b')]),
  condition('request.header:x', [exact('1')]),
  condition('request.header:x', [exact('2')], { negated: true, whenAbsent: 'holds' }),
  condition('request.method', [exact('GET')]),
  condition('request.host', [exact('web')]),
  condition('peer.namespace', [exact('shop')]),
  condition('peer.identity', [{ kind: 'serviceAccount', namespace: 'edge', name: 'gate' }]),
  condition('token.principal', [present]),
  condition('token.audience', [exact('a')]),
  condition('token.claim:role', [exact('x')]),
  condition('client.address', [{ kind: 'addresses', cidr: '10.1.0.0/16' }]),
  condition('peer.address', [{ kind: 'addresses', cidr: '10.1.0.0/16' }]),
  condition('peer.trustDomain', [exact('east.test')]),
);

const conditionOn = fc.oneof(
  { weight: 4, arbitrary: named },
  {
    weight: 1,
    arbitrary: fc
      .tuple(theirs, fc.boolean())
      .map(([values, negated]) =>
        condition('peer.identity', values, negated ? { negated: true, whenAbsent: 'holds' } : {}),
      ),
  },
);

const scope = fc.constantFrom<AccessPolicy['scope']>(
  {},
  { gateway: 'edge/gate' },
  { gateway: 'shop/way' },
  { services: ['shop/web'] },
  { labels: { app: 'web' } },
  { labels: { version: 'v1' } },
  { labels: { app: 'api' } },
  { namespaces: ['infra'] },
);

export const policies: fc.Arbitrary<AccessPolicy[]> = fc.array(
  fc
    .tuple(
      fc.constantFrom<'allow' | 'deny' | 'ask'>('allow', 'deny', 'deny', 'ask'),
      fc.array(conditionOn, { minLength: 1, maxLength: 2 }),
      scope,
    )
    .map(([effect, conditions, at]) =>
      policy(`${effect} ${JSON.stringify(at)}`, [accessRule('0', effect, conditions)], {
        scope: at,
        tier: effect === 'allow' ? 2 : effect === 'deny' ? 1 : 0,
        otherwise: effect === 'allow' ? 'deny' : 'nothing',
      }),
    ),
  { maxLength: 3 },
);

export const authentications: fc.Arbitrary<RequestAuthentication[]> = fc.array(
  fc
    .tuple(
      fc.constantFrom<RequestAuthentication['scope']>({}, { gateway: 'edge/gate' }, { labels: { app: 'web' } }),
      fc.constantFrom(undefined, ['a'], ['b'], ['a', 'b']),
      fc.boolean(),
    )
    .map(([at, audiences, forwardToken]) => ({
      id: `tokens ${JSON.stringify(at)}`,
      scope: at,
      issuers: [{ issuer, keys: { kind: 'discovered' as const }, forwardToken, ...(audiences ? { audiences } : {}) }],
    })),
  { maxLength: 2 },
);
