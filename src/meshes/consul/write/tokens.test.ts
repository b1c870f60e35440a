import { describe, expect, it } from 'vitest';
import { application, scene } from '../../../../test/laws/live/live.ts';
import { objectsFrom } from '../../../../test/support/snapshot.ts';
import { meshDefault, written } from '../../../base/source.ts';
import type { AccessCondition } from '../../../model/capabilities/access.ts';
import type { TokenIssuer } from '../../../model/capabilities/request-authentication.ts';
import { assemble, type Model } from '../../../model/model.ts';
import { readKubernetes } from '../../../native/kubernetes/read-kubernetes.ts';
import { Snapshot } from '../../../native/snapshot.ts';
import { requestOf, worldOf } from '../../../verify/request.ts';
import { simulate } from '../../../verify/simulate.ts';
import { adapter } from '../adapter.ts';

const servers = `
apiVersion: v1
kind: ConfigMap
metadata: { name: consul-server-config, namespace: consul, labels: { app: consul, component: server } }
data: { server.json: '{ "default_intention_policy": "deny" }' }
`;

const issuer: TokenIssuer = {
  issuer: 'https://id.example',
  audiences: ['shop'],
  keys: { kind: 'inline', keySet: '{"keys":[]}' },
  fromHeaders: [{ name: 'x-token', prefix: 'Token ' }],
};

const asks = (attribute: AccessCondition['attribute'], value: AccessCondition['values'][number]): AccessCondition => ({
  attribute,
  values: [value],
  negated: false,
  whenAbsent: 'fails',
  whenNotHttp: 'fails',
});

/** Whoever has a token of the issuer that says `group: admins` may call `cart`. */
const wished = (conditions: readonly AccessCondition[], issuers: readonly TokenIssuer[] = [issuer]) => {
  const snapshot = new Snapshot(objectsFrom(scene(application('web'), application('cart'), servers)));
  const { inventory } = readKubernetes(snapshot);
  const mesh = {
    ...adapter.assume(),
    id: 'other/mesh',
    type: 'other',
    defaults: { ...adapter.assume().defaults, access: meshDefault('deny' as const) },
  };
  const memberships = [{ mesh: mesh.id, mode: 'sidecar', certainty: 'assumed', evidence: [] }] as const;
  const scope = { mesh: mesh.id, namespaces: ['shop'], labels: { app: 'cart' } };
  const model: Model = assemble(
    { ...inventory, workloads: inventory.workloads.map(one => ({ ...one, memberships })) },
    [
      {
        meshes: [mesh],
        encryption: [{ id: 'strict', scope: { mesh: mesh.id }, mode: written('strict') }],
        requestAuthentication: [{ id: 'tokens', scope, issuers }],
        access: [
          {
            id: 'admins',
            scope,
            tier: 0,
            otherwise: 'deny',
            rules: [
              {
                id: 'admins',
                effect: 'allow',
                clauses: [{ conditions: [asks('peer.identity', { kind: 'present' }), ...conditions] }],
              },
            ],
          },
        ],
      },
    ],
  );
  const [target] = adapter.detect(snapshot, inventory);
  return { result: adapter.write(model, { mesh: target!, snapshot }), snapshot };
};

const principal = asks('token.principal', { kind: 'prefix', value: 'https://id.example/' });
const claim = asks('token.claim:group', { kind: 'exact', value: 'admins' });

describe('tokens, where nobody is let in by default', () => {
  it('are those of every issuer, where a rule asks for a claim alone', () => {
    const other: TokenIssuer = { issuer: 'https://other.example', keys: { kind: 'inline', keySet: '{"keys":[]}' } };
    const { result } = wished([claim], [issuer, other]);
    const spec = result.objects.find(({ kind }) => kind === 'ServiceIntentions')?.spec as {
      sources: [{ permissions: [{ jwt: { providers: readonly { verifyClaims: unknown }[] } }] }];
    };
    const { providers } = spec.sources[0].permissions[0].jwt;
    expect(providers.map(({ verifyClaims }) => verifyClaims)).toEqual([
      [{ path: ['group'], value: 'admins' }],
      [{ path: ['group'], value: 'admins' }],
    ]);
  });

  it('wait for keys as long as was said, where keys are fetched', () => {
    const waiting = (keys: TokenIssuer['keys']) => {
      const { result } = wished([principal, claim], [{ ...issuer, keys, keysTimeoutMs: 700 }]);
      const spec = result.objects.find(({ kind }) => kind === 'JWTProvider')?.spec;
      return [
        (spec as { jsonWebKeySet?: unknown } | undefined)?.jsonWebKeySet,
        result.dispositions.some(({ loss }) => loss?.code === 'access-token-headers'),
      ];
    };
    const uri = 'https://id.example/keys';
    const remote = { uri, fetchAsynchronously: true, requestTimeoutMs: 700 };
    expect(waiting({ kind: 'url', url: uri })).toEqual([{ remote }, false]);
    expect(waiting({ kind: 'inline', keySet: '{}' })).toEqual([{ local: { jwks: 'e30=' } }, true]);
  });

  const { result, snapshot } = wished([principal, claim]);
  const provider = result.objects.find(({ kind }) => kind === 'JWTProvider');

  it('are asked for by a permission, and verified by a provider', () => {
    expect(provider?.spec).toEqual({
      issuer: 'https://id.example',
      audiences: ['shop'],
      jsonWebKeySet: { local: { jwks: 'eyJrZXlzIjpbXX0=' } },
      locations: [{ header: { name: 'x-token', valuePrefix: 'Token' } }],
    });
    const intention = result.objects.find(({ kind }) => kind === 'ServiceIntentions');
    const jwt = {
      providers: [{ name: provider?.metadata.name, verifyClaims: [{ path: ['group'], value: 'admins' }] }],
    };
    expect(intention?.spec).toMatchObject({
      sources: [{ name: '*', permissions: [{ action: 'allow', http: { pathPrefix: '/' }, jwt }] }],
    });
  });

  it('do what was wished, once they are read again', () => {
    const objects = [
      ...snapshot.objects,
      ...objectsFrom(result.objects.map(one => JSON.stringify(one)).join('\n---\n')),
    ];
    const whole = new Snapshot(objects);
    const { inventory } = readKubernetes(whole);
    const read = adapter.read({ snapshot: whole, inventory, meshes: adapter.detect(whole, inventory), others: [] });
    const model = assemble(read.inventory, [read.part]);
    const status = (claims?: Readonly<Record<string, unknown>>): number => {
      const token = { issuer: 'https://id.example', subject: 'ada', audiences: ['shop'], valid: true };
      const { outcome } = simulate(worldOf(model), {
        caller: {
          kind: 'workload',
          namespace: 'shop',
          name: 'web-v1',
          labels: { app: 'web', version: 'v1' },
          serviceAccount: 'web',
        },
        to: { service: 'shop/cart', port: 80 },
        request: requestOf(claims ? { token: { ...token, claims } } : {}),
      });
      return outcome.status ?? 200;
    };
    expect([status(), status({ group: 'staff' }), status({ group: 'admins' })]).toEqual([403, 403, 200]);
    expect(model.requestAuthentication[0]?.issuers[0]?.keys).toEqual({ kind: 'inline', keySet: '{"keys":[]}' });
  });

  it('are a loss of security where their keys are to be discovered, or nobody asks for one', () => {
    const isWeaker = (...args: Parameters<typeof wished>) =>
      wished(...args).result.dispositions.some(
        ({ capability, loss }) => capability === 'access-token' && loss?.severity === 'security',
      );
    expect(isWeaker([principal], [{ issuer: 'https://id.example', keys: { kind: 'discovered' } }])).toBe(true);
    expect(isWeaker([])).toBe(true);
  });
});
