/** What a policy may be for, and that a field which decides nothing at its target is told. */
import { describe, expect, it } from 'vitest';
import { worldObjects } from '../laws/world.ts';
import { access, compiledFrom, together, toldBy, traffic } from '../support/api/compiled.ts';
import { objectsFrom } from '../support/snapshot.ts';

const told = (...wishes: readonly string[]): readonly string[] => toldBy(compiledFrom(together(...wishes)));
const wish = (target: string, said: string): string => `{ targetRefs: [{ ${target} }], ${said} }`;
const timeout = 'timeouts: { request: 1s }';

const headless = objectsFrom(`
apiVersion: v1
kind: Service
metadata: { name: elsewhere, namespace: shop }
spec: { ports: [{ name: http, port: 80 }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec:
  gatewayClassName: any
  listeners: [{ name: http, port: 80, protocol: HTTP }]
`);

describe('a policy for something that is not there', () => {
  it.each([
    ['a Service', 'kind: Service, name: gone', 'there is no Service `shop/gone`'],
    ['a Service of another namespace', 'kind: Service, name: crawler', 'there is no Service `shop/crawler`'],
    ['a port', 'kind: Service, name: reviews, sectionName: gone', 'Service `shop/reviews` has no port `gone`'],
    [
      'another Namespace',
      'kind: Namespace, name: outside',
      'it is in `shop`, and can be for no other Namespace than that',
    ],
    ['a Gateway', 'kind: Gateway, name: gone', 'there is no Gateway `shop/gone`'],
  ])('%s', (_, target, message) => {
    expect(told(traffic('a', wish(target, timeout)))).toEqual([`POLICY001 a spec.targetRefs[0]: ${message}`]);
    expect(told(access('a', wish(target, 'rules: []')))).toEqual([`POLICY001 a spec.targetRefs[0]: ${message}`]);
  });

  it('has no effect', () => {
    const { model } = compiledFrom(access('a', wish('kind: Namespace, name: outside', 'action: Deny, rules: [{}]')));
    expect(model.access).toEqual([]);
  });

  it('is not told of by the namespaces that it is not in', () => {
    const wishes = traffic('supergloo-system/a', wish('kind: Service, name: gone', timeout));
    expect(toldBy(compiledFrom(wishes, { namespaces: new Set(['shop']) }))).toEqual([]);
    expect(toldBy(compiledFrom(wishes, { namespaces: new Set(['supergloo-system']) }))).toHaveLength(1);
  });
});

describe('a policy for a whole mesh', () => {
  it('counts only in the namespace for such policies', () => {
    const deny = (name: string): string => access(name, wish('kind: Mesh, name: test', 'action: Deny, rules: [{}]'));
    expect(told(deny('shop/a'))).toEqual(['POLICY003 a spec.targetRefs[0]: it is in `shop`, and for the mesh `test`']);
    expect(compiledFrom(deny('shop/a')).model.access).toEqual([]);
    expect(compiledFrom(deny('supergloo-system/a')).model.access).toHaveLength(1);
  });

  it('is nothing for another mesh', () => {
    const { model } = compiledFrom(access('supergloo-system/a', wish('kind: Mesh, name: other', 'rules: []')));
    expect(model.access).toEqual([]);
  });
});

describe('a field that decides nothing', () => {
  const idle = (target: string, said: string, name: string): void => {
    const { findings } = compiledFrom(traffic('a', wish(target, said)), { objects: [...worldObjects, ...headless] });
    expect(findings.map(({ code, path }) => `${code} ${path}`)).toEqual([`POLICY006 spec.${name}`]);
  };

  it.each([
    ['timeouts', timeout],
    ['retries', 'retries: { attempts: 2 }'],
    ['fault', 'fault: { abort: { status: 503 } }'],
    ['requestHeaders', 'requestHeaders: { remove: [x] }'],
    ['cors', 'cors: { allowOrigins: ["*"] }'],
    ['split', 'split: [{ name: v1, weight: 1 }]'],
  ])('%s on a port of bytes', (name, said) => {
    idle('kind: Service, name: ledger', said, name);
    idle('kind: Service, name: ledger, sectionName: tcp', said, name);
  });

  it.each([
    ['outlierDetection', 'outlierDetection: { consecutive5xx: 1 }'],
    ['loadBalancing', 'loadBalancing: { algorithm: Random }'],
    ['rateLimit', 'rateLimit: { requestsPerSecond: 1 }'],
  ])('%s at a Gateway', (name, said) => idle('kind: Gateway, name: edge', said, name));

  it('a limit where no pods are known', () => {
    idle('kind: Service, name: elsewhere', 'rateLimit: { requestsPerSecond: 1 }', 'rateLimit');
  });

  it('is told of that target alone', () => {
    const spec = `{ targetRefs: [{ kind: Service, name: reviews }, { kind: Service, name: ledger }], ${timeout} }`;
    expect(told(traffic('a', spec))).toEqual([
      'POLICY006 a spec.timeouts: `timeouts` says nothing of service shop/ledger: nothing there goes by it',
    ]);
  });
});

describe('an access policy', () => {
  it('for a Service without pods of its own is told', () => {
    const { findings, model } = compiledFrom(access('a', wish('kind: Service, name: elsewhere', 'rules: []')), {
      objects: [...worldObjects, ...headless],
    });
    expect(findings.map(({ code }) => code)).toEqual(['POLICY004']);
    expect(model.access).toEqual([]);
  });

  it('that names a target twice counts once', () => {
    const twice = '{ targetRefs: [{ kind: Service, name: reviews }, { kind: Service, name: reviews }], rules: [] }';
    expect(compiledFrom(access('a', twice)).model.access.map(({ id }) => id)).toEqual(['shop/a for shop/reviews']);
  });

  it('tells rules of one name apart', () => {
    const spec = wish('kind: Service, name: reviews', 'rules: [{ name: a }, { name: a }, { name: b }, {}]');
    const [policy] = compiledFrom(access('a', spec)).model.access;
    expect(policy?.rules.map(({ id }) => id)).toEqual(['a rules[0]', 'a rules[1]', 'b', 'rules[3]']);
  });
});

describe('labels of a share', () => {
  it('are all kept, whatever they are called', () => {
    const split = 'split: [{ name: v1, weight: 1, labels: { __proto__: x, constructor: "" } }]';
    const { model } = compiledFrom(traffic('a', wish('kind: Service, name: reviews', split)));
    const [table] = model.frontends;
    const target = table?.rules[0]?.action.target;
    const [share] = target?.kind === 'forward' ? target.backends : [];
    const labels = share?.backend.kind === 'service' ? share.backend.subset?.labels : {};
    expect(Object.entries(labels ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', ''],
    ]);
  });
});
