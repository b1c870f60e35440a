import { describe, expect, it } from 'vitest';
import { objectsFrom } from '../../../test/support/snapshot.ts';
import type { Manifest } from '../../adapter/adapter.ts';
import { written } from '../../base/source.ts';
import type { AccessCondition, AccessPolicy, AccessRule } from '../../model/capabilities/access.ts';
import type { Frontend, Rule } from '../../model/frontend.ts';
import { assemble, type Model } from '../../model/model.ts';
import { readKubernetes } from '../../native/kubernetes/read-kubernetes.ts';
import { type NativeObject, Snapshot } from '../../native/snapshot.ts';
import { adapter } from './adapter.ts';

const ground = objectsFrom(`
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec: { selector: { app: cart }, ports: [{ name: http, port: 80, targetPort: 8080 }, { name: http-admin, port: 8080, targetPort: 9090 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: cart, namespace: shop }
spec:
  selector: { matchLabels: { app: cart } }
  template:
    metadata: { labels: { app: cart } }
    spec: { serviceAccountName: cart, containers: [{ name: app, image: app, ports: [{ containerPort: 8080 }, { containerPort: 9090 }] }] }
`);

const mesh = adapter.assume();

const read = (objects: readonly NativeObject[]): Model => {
  const snapshot = new Snapshot(objects);
  const { inventory } = readKubernetes(snapshot);
  const result = adapter.read({ snapshot, inventory, meshes: [mesh], others: [] });
  return assemble(result.inventory, [result.part]);
};

/** The shop in a mesh that puts paths into their normal form first. */
const shop = (wishes: Partial<Model>): Model => {
  const { meshes, ...model } = read(ground);
  const normalizing = { ...mesh.dataPlanes.sidecar!, pathNormalization: 'base' as const };
  const others = meshes.map(one => ({ ...one, dataPlanes: { sidecar: normalizing } }));
  return { ...model, meshes: others, ...wishes };
};

const write = (model: Model) => adapter.write(model, { mesh, snapshot: new Snapshot(ground) });

const named = (objects: readonly Manifest[], kind: string): readonly string[] =>
  objects.filter(object => object.kind === kind).map(({ metadata }) => metadata.name);

const condition = (attribute: AccessCondition['attribute'], ...values: AccessCondition['values']): AccessCondition => ({
  attribute,
  values,
  negated: false,
  whenAbsent: 'fails',
  whenNotHttp: 'fails',
});

const allow = (...conditions: readonly AccessCondition[]): AccessRule => ({
  id: 'rule',
  effect: 'allow',
  clauses: [{ conditions }],
});

const policy = (rule: AccessRule): AccessPolicy => ({
  id: 'shop/cart',
  scope: { mesh: mesh.id, namespaces: ['shop'], labels: { app: 'cart' } },
  tier: 2,
  rules: [rule],
  otherwise: rule.effect === 'allow' ? 'deny' : 'nothing',
});

const web: AccessCondition = condition('peer.identity', { kind: 'serviceAccount', namespace: 'shop', name: 'web' });

describe('who may come in', () => {
  it('is a Server for each port that is known, and nobody on any other', () => {
    const { objects } = write(shop({ access: [policy(allow(web))] }));
    expect(named(objects, 'Server')).toEqual(['cart-8080', 'cart-9090']);
    expect(named(objects, 'AuthorizationPolicy')).toEqual(['cart-8080-from-shop-web', 'cart-9090-from-shop-web']);
    const [deployment] = objects.filter(({ kind }) => kind === 'Deployment');
    expect(JSON.stringify(deployment)).toContain('"config.linkerd.io/default-inbound-policy":"deny"');
  });

  it('lets a path in that begins as it should, and not one that only looks so', () => {
    const { objects } = write(
      shop({ access: [policy(allow(condition('request.path', { kind: 'prefix', value: '/a/' })))] }),
    );
    const routes = JSON.stringify(objects.filter(({ kind }) => kind === 'HTTPRoute'));
    const [, pattern = ''] = /"type":"RegularExpression","value":"((?:[^"\\]|\\.)*)"/.exec(routes) ?? [];
    const regex = new RegExp(`^(?:${JSON.parse(`"${pattern}"`)})$`);
    expect(['/a/', '/a/b', '/a/b/c.d', '/a/%41'].map(path => regex.test(path))).toEqual([true, true, true, true]);
    expect(['/a', '/a/../b', '/a/./b', '/a/b\\c', '/a/%2e%2e/b', '/a//b/..'].filter(path => regex.test(path))).toEqual(
      [],
    );
  });

  it.each([
    ['their identities', allow(web), 'security'],
    ['what they ask', allow(condition('request.method', { kind: 'exact', value: 'GET' })), 'behaviour'],
  ])(
    'by %s: that encryption cannot be switched off is a loss where nobody had proved who he is',
    (_, rule, severity) => {
      const off = { id: 'off', scope: { mesh: mesh.id }, mode: written('disabled' as const) };
      const { dispositions } = write(shop({ access: [policy(rule)], encryption: [off] }));
      expect(dispositions.find(({ subject }) => subject === 'off')?.loss).toMatchObject({ severity });
    },
  );

  it.each<[string, AccessRule, string]>([
    ['a denial', { ...allow(web), effect: 'deny' }, 'access-deny'],
    ['an authoriser that is asked', { ...allow(web), effect: 'ask', authoriser: 'guard' }, 'access-external'],
    ['a caller that is not somebody', allow({ ...web, negated: true, whenAbsent: 'holds' }), 'access-negation'],
    ['a token', allow(condition('token.claim:group', { kind: 'exact', value: 'a' })), 'access-token'],
  ])('refuses %s as a loss of security', (_, rule, code) => {
    const { dispositions } = write(shop({ access: [policy(rule)] }));
    const { loss } = dispositions.find(({ leaf }) => leaf === 'rule')!;
    expect(loss).toMatchObject({ code, severity: 'security', effect: 'differs' });
  });
});

describe('routes', () => {
  const toCart = (id: string, path: string): Rule => ({
    id,
    match: { path: { kind: 'segmentPrefix', value: path } },
    action: {
      id,
      target: {
        kind: 'forward',
        backends: [{ backend: { kind: 'service', service: 'shop/cart', port: 80 }, weight: written(1) }],
      },
    },
  });
  const table = (id: string, port: number | undefined, rule: Rule): Frontend => ({
    id,
    listens: { kind: 'service', service: 'shop/cart', ...(port === undefined ? {} : { port }) },
    protocol: 'http',
    clients: { mesh: mesh.id },
    rules: [rule],
    noMatch: { kind: 'respond', status: 404 },
  });

  it('of a Service and of a Server have different names', () => {
    const get = condition('request.method', { kind: 'exact', value: 'GET' });
    const { objects } = write(
      shop({ access: [policy(allow(get))], frontends: [table('one', 8080, toCart('a', '/a'))] }),
    );
    const names = named(objects, 'HTTPRoute');
    expect(names).toContain('cart-8080');
    expect(new Set(names).size).toBe(names.length);
  });

  it.each([
    ['', 'applied'],
    ['/a', 'refused'],
  ])('replace the prefix `%s` without regard to case only where it is written as a prefix: %s', (value, result) => {
    const target = {
      kind: 'redirect',
      redirect: {
        status: written(301),
        scheme: 'https',
        portFrom: 'scheme',
        path: { kind: 'segmentPrefix', value: '/new' },
      },
    } as const;
    const rule: Rule = {
      id: 'a',
      match: { path: { kind: 'segmentPrefix', value, ignoreCase: true } },
      action: { id: 'a', target },
    };
    const { objects, dispositions } = write(shop({ frontends: [table('one', 8080, rule)] }));
    expect(dispositions.find(({ leaf }) => leaf === 'a redirect')?.result).toBe(result);
    expect(JSON.stringify(objects).includes('ReplacePrefixMatch')).toBe(result === 'applied');
    expect(JSON.stringify(objects)).not.toContain('RegularExpression');
  });

  it('of one table do not join those of a table that has the port for itself', () => {
    const { objects } = write(
      shop({ frontends: [table('one', 8080, toCart('a', '/a')), table('all', undefined, toCart('b', '/b'))] }),
    );
    const parents = objects
      .filter(({ kind }) => kind === 'HTTPRoute')
      .map(({ spec }) => (spec as { parentRefs: readonly { port?: number }[] }).parentRefs.map(({ port }) => port));
    expect(parents).toEqual([[80], [8080]]);
  });
});
