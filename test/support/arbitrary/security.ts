import fc, { type Arbitrary } from 'fast-check';
import { written } from '../../../src/base/source.ts';
import type { AccessCondition, AccessPolicy, AccessRule, AccessValue } from '../../../src/model/capabilities/access.ts';
import type { EncryptionMode, PeerEncryption } from '../../../src/model/capabilities/encryption.ts';
import type { RateLimit } from '../../../src/model/capabilities/rate-limit.ts';
import type { RequestAuthentication } from '../../../src/model/capabilities/request-authentication.ts';
import type { ServerScope } from '../../../src/model/scope.ts';
import type { Given } from '../../laws/world.ts';
import { theirs } from './joined.ts';
import { oneOf, someParts } from './parts.ts';

const scope = ({ mesh }: Given): Arbitrary<ServerScope> =>
  oneOf<ServerScope>(
    { mesh },
    { mesh, namespaces: ['shop'] },
    { mesh, namespaces: ['shop'], labels: { app: 'reviews' } },
    { mesh, namespaces: ['shop'], labels: { app: 'reviews' }, ports: [8080] },
    { mesh, namespaces: ['shop'], labels: { app: 'ratings' } },
    { mesh, namespaces: ['shop'], labels: { version: 'v1' } },
    { mesh, namespaces: ['shop'], labels: { version: 'v1' }, ports: [8080] },
    { mesh, namespaces: ['shop'], labels: { app: 'reviews' }, ports: [8080], only: 'pods' },
    { mesh, namespaces: ['shop'], labels: { app: 'reviews' }, ports: [8080], only: 'machines' },
  );

const numbered = <T extends object>(name: string, all: readonly T[]): (T & { readonly id: string })[] =>
  all.map((one, index) => ({ id: `${name}${index}`, ...one }));

/** Scopes are unique: which of two for one scope counts depends on age, which a model does not have. */
export const encryption = (given: Given): Arbitrary<PeerEncryption[]> =>
  fc
    .uniqueArray(
      fc.record({
        scope: scope(given),
        mode: oneOf<EncryptionMode>('strict', 'permissive', 'disabled').map(mode => written(mode)),
      }),
      { maxLength: 2, selector: one => JSON.stringify(one.scope) },
    )
    .map(all =>
      numbered(
        'encryption',
        all.toSorted((a, b) => rank(b.scope) - rank(a.scope)),
      ),
    );

/** The most specific comes first, as the model has it. */
const rank = ({ namespaces, labels, ports, only }: ServerScope): number =>
  (namespaces ? 1 : 0) + (labels ? 2 : 0) + (ports ? 4 : 0) + (only ? 8 : 0);

const condition = (
  attribute: AccessCondition['attribute'],
  values: Arbitrary<readonly AccessValue[]>,
  ofHttp: boolean,
): Arbitrary<AccessCondition> =>
  fc.record({ values, negated: oneOf(false, false, true) }).map(({ values: any, negated }) => ({
    attribute,
    values: any,
    negated,
    whenAbsent: negated ? 'holds' : 'fails',
    whenNotHttp: ofHttp && negated ? 'holds' : 'fails',
  }));

const account = (namespace: string, name: string): AccessValue => ({ kind: 'serviceAccount', namespace, name });
const text = (value: string): AccessValue => ({ kind: 'exact', value });

const conditions: readonly Arbitrary<AccessCondition>[] = [
  condition(
    'peer.identity',
    oneOf(
      [account('shop', 'web')],
      [account('outside', 'crawler')],
      [account('shop', 'web'), account('outside', 'crawler')],
    ),
    false,
  ),
  condition('peer.identity', theirs, false),
  condition('peer.namespace', oneOf([text('shop')], [text('outside')]), false),
  condition('peer.address', oneOf<readonly AccessValue[]>([{ kind: 'addresses', cidr: '10.0.0.0/8' }]), false),
  condition('request.method', oneOf([text('GET')], [text('GET'), text('POST')]), true),
  condition('request.path', oneOf<readonly AccessValue[]>([text('/a')], [{ kind: 'prefix', value: '/a' }]), true),
  condition('request.header:x-user', oneOf([text('ada')]), true),
  condition('token.claim:group', oneOf([text('admins')]), true),
  condition('destination.port', oneOf<readonly AccessValue[]>([{ kind: 'port', port: 8080 }]), false),
];

const clause = fc
  .uniqueArray(fc.oneof(...conditions), { minLength: 1, maxLength: 3, selector: ({ attribute }) => attribute })
  .map(all => ({ conditions: all }));

/** A policy has one effect and the place among others that goes with it. */
const policy = (given: Given): Arbitrary<Omit<AccessPolicy, 'id'>> =>
  fc
    .record({
      scope: scope(given),
      effect: oneOf<AccessRule['effect']>('allow', 'allow', 'allow', 'deny', 'ask', 'audit'),
      clauses: fc.array(fc.array(clause, { minLength: 1, maxLength: 2 }), { minLength: 0, maxLength: 2 }),
    })
    .map(({ scope: where, effect, clauses }) => ({
      scope: where,
      tier: effect === 'ask' ? 0 : effect === 'deny' ? 1 : 2,
      rules: clauses.map((any, index) => ({
        id: `rules[${index}]`,
        effect,
        ...(effect === 'ask' ? { authoriser: 'guard' } : {}),
        clauses: any,
      })),
      otherwise: effect === 'allow' ? 'deny' : 'nothing',
    }));

export const access = (given: Given): Arbitrary<AccessPolicy[]> =>
  fc.array(policy(given), { maxLength: 3 }).map(all => numbered('policy', all));

/** Callers of a joined mesh alone: let in, or kept out. */
export const accessOfJoined = (given: Given): Arbitrary<AccessPolicy> =>
  fc
    .record({
      scope: scope(given),
      effect: oneOf('allow' as const, 'deny' as const),
      whom: condition('peer.identity', theirs, false),
    })
    .map(({ scope: where, effect, whom }) => ({
      id: 'of joined',
      scope: where,
      tier: effect === 'deny' ? 1 : 2,
      rules: [{ id: 'rules[0]', effect, clauses: [{ conditions: [whom] }] }],
      otherwise: effect === 'allow' ? 'deny' : 'nothing',
    }));

export const requestAuthentication = (given: Given): Arbitrary<RequestAuthentication[]> =>
  fc
    .array(
      fc.record({
        scope: scope(given),
        issuers: oneOf([
          { issuer: 'https://id.example', keys: { kind: 'url', url: 'https://id.example/keys' }, audiences: ['shop'] },
        ] as const),
      }),
      { maxLength: 1 },
    )
    .map(all => numbered('tokens', all));

export const rateLimits = (given: Given): Arbitrary<RateLimit[]> =>
  fc
    .array(
      someParts<RateLimit>({ total: [90, oneOf(100)], perIdentity: [50, oneOf(10)] }).map(limits => ({
        scope: { mesh: given.mesh, namespaces: ['shop'], labels: { app: 'reviews' }, ports: [8080] },
        status: 429,
        ...limits,
      })),
      { maxLength: 1 },
    )
    .map(all => numbered('limit', all));
