/** Policies beside routes of Gateway API: what a route says itself counts, and what a policy says fills the rest. */
import { describe, expect, it } from 'vitest';
import type { Compiled } from '../../src/compile/compile.ts';
import { worldObjects } from '../laws/world.ts';
import { access, compiledFrom, overruledIn, together, toldBy, traffic } from '../support/api/compiled.ts';
import { objectsFrom } from '../support/snapshot.ts';

const route = (rule: string, more = ''): string => `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: route, namespace: ${more === '' ? 'shop' : more} }
spec:
  parentRefs: [{ group: "", kind: Service, name: reviews, namespace: shop, port: 9080 }]
  rules:
${rule}`;

const plain = '    - backendRefs: [{ name: reviews, port: 9080 }]';
const patient = '    - { timeouts: { request: 9s }, backendRefs: [{ name: reviews, port: 9080 }] }';
const wish = (said: string): string =>
  traffic('shop/policy', `{ targetRefs: [{ kind: Service, name: reviews }], ${said} }`);

const requestTimeouts = ({ model }: Compiled): readonly (number | undefined)[] =>
  model.frontends
    .filter(({ listens }) => listens.kind === 'service' && listens.port === 9080)
    .flatMap(({ rules }) => rules.map(({ action }) => action.timeouts?.request?.value));

describe('a policy beside a route', () => {
  it('fills what the route leaves out', () => {
    const compiled = compiledFrom(together(wish('timeouts: { request: 1s }'), route(plain)));
    expect(requestTimeouts(compiled)).toEqual([1000]);
    expect(toldBy(compiled)).toEqual([]);
  });

  it('does not count where the route says it itself, which is told', () => {
    const compiled = compiledFrom(together(wish('timeouts: { request: 1s }'), route(`${patient}\n${plain}`)));
    expect(requestTimeouts(compiled)).toEqual([9000, 1000]);
    expect(toldBy(compiled)).toEqual([
      'POLICY005 policy spec.timeouts: the route HTTPRoute `shop/route` says `timeouts` itself',
    ]);
    expect(overruledIn(compiled)).toEqual(['policy spec.timeouts by policy']);
  });

  it('makes a table for the ports that the route is not for', () => {
    const { model } = compiledFrom(together(wish('timeouts: { request: 1s }'), route(patient)));
    const ports = model.frontends.map(({ listens }) => (listens.kind === 'service' ? (listens.port ?? 'any') : ''));
    expect(ports).toEqual([9080, 9090]);
  });

  it('shares out what the route sends to the whole Service, and nothing else', () => {
    const split = wish('split: [{ name: v1, weight: 1, labels: { version: v1 } }]');
    const two = '    - backendRefs: [{ name: reviews, port: 9080 }, { name: ratings, port: 9080 }]';
    const shares = ({ model }: Compiled): readonly (string | undefined)[] =>
      model.frontends
        .filter(({ listens }) => listens.kind === 'service' && listens.port === 9080)
        .flatMap(({ rules }) => rules)
        .flatMap(({ action: { target } }) => (target.kind === 'forward' ? target.backends : []))
        .map(({ backend }) => (backend.kind === 'service' ? (backend.subset?.name ?? backend.service) : backend.kind));
    expect(shares(compiledFrom(together(split, route(plain))))).toEqual(['v1']);
    const compiled = compiledFrom(together(split, route(two)));
    expect(shares(compiled)).toEqual(['shop/reviews', 'shop/ratings']);
    expect(toldBy(compiled)).toEqual([
      'POLICY005 policy spec.split: the route HTTPRoute `shop/route` says `backendRefs` itself',
    ]);
  });

  it('fills the routes of consumers in other namespaces too', () => {
    const compiled = compiledFrom(together(wish('timeouts: { request: 1s }'), route(plain, 'outside')));
    const tables = compiled.model.frontends.filter(
      ({ listens }) => listens.kind === 'service' && listens.port !== 9090,
    );
    expect(tables.map(({ clients }) => clients.namespaces)).toEqual([['outside'], undefined]);
    for (const { rules } of tables) expect(rules[0]?.action.timeouts?.request?.value).toBe(1000);
  });
});

describe('a share for another namespace', () => {
  const away = wish('split: [{ name: away, weight: 1, backendRef: { name: crawler, namespace: outside, port: 80 } }]');
  const target = (compiled: Compiled): string | undefined => {
    const [rule] = compiled.model.frontends[0]?.rules ?? [];
    const { target: to } = rule?.action ?? {};
    return to?.kind === 'forward' ? to.backends[0]?.backend.kind : undefined;
  };

  it('needs a permission there, as one of a route does', () => {
    const refused = compiledFrom(away, { mayRefer: () => 'no' });
    expect([target(refused), toldBy(refused)]).toEqual([
      'nowhere',
      ['POLICY007 policy spec.split[0].backendRef: no ReferenceGrant in `outside` permits it'],
    ]);
    const permitted = compiledFrom(away, { mayRefer: () => 'yes' });
    expect([target(permitted), toldBy(permitted)]).toEqual(['service', []]);
  });

  it('is told where nobody knows whether it is permitted', () => {
    const assumed = compiledFrom(away, { mayRefer: () => 'assumed' });
    expect([target(assumed), assumed.findings.map(({ code }) => code)]).toEqual(['service', ['POLICY008']]);
  });
});

describe('a Service that selects', () => {
  const service = (selector: string): readonly ReturnType<typeof objectsFrom>[number][] => [
    ...worldObjects,
    ...objectsFrom(`
apiVersion: v1
kind: Service
metadata: { name: odd, namespace: shop }
spec: { ${selector} ports: [{ name: http, port: 80 }] }
`),
  ];
  const deny = access('a', '{ targetRefs: [{ kind: Service, name: odd }], action: Deny, rules: [{}] }');

  it.each([
    ['nothing', ''],
    ['by no label', 'selector: {},'],
    ['a name outside', 'type: ExternalName, externalName: a.example,'],
  ])('%s is no way to speak of all pods', (_, selector) => {
    const { model, findings } = compiledFrom(deny, { objects: service(selector) });
    expect(model.access).toEqual([]);
    expect(findings.map(({ code }) => code)).toEqual(['POLICY004']);
  });
});
