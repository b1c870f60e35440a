import { expect, test } from 'vitest';
import { header, path, routes, routesBed, to, when } from '../../../../test/support/istio-routes.ts';

const on = (port: number) => ({ to: { service: 'shop/web', port } });

test('an object with rules for one port only is not there on the others, where the next one or the service answers', () => {
  const first = routes([when('port: 80, uri: { prefix: /a }', 'web:v1')], { id: 'shop/a' });
  const second = routes([path('prefix /b', 'web:v2')], { id: 'shop/b' });
  const alone = routesBed(first);
  expect([alone.end('/a'), alone.end('/b'), alone.end({ ...on(81), path: '/a' })]).toEqual(['web:v1', 404, 'web']);
  const both = routesBed(first, second);
  expect([both.end('/b'), both.end({ ...on(81), path: '/b' }), both.end({ ...on(81), path: '/a' })]).toEqual([
    404,
    'web:v2',
    404,
  ]);
  expect(both.codes).toEqual([]);
});

test('an object with rules for some clients only is not there for the others', () => {
  const bed = routesBed(
    routes([when('sourceLabels: { app: client }, uri: { prefix: /a }', 'api')], { hosts: 'web.shop' }),
  );
  expect([bed.end('/a'), bed.end('/b')]).toEqual(['api', 404]);
  expect(bed.end('/b', 'other/client2')).toBe('web');
});

test('rules for different clients in one object each find their own clients', () => {
  const bed = routesBed(
    routes([when('sourceLabels: { app: client }', 'web:v1'), when('sourceNamespace: other', 'web:v2')], {
      hosts: 'web.shop',
    }),
  );
  expect([bed.end(), bed.end({}, 'other/client2'), bed.end({}, 'shop/api')]).toEqual(['web:v1', 'web:v2', 'web']);
  const mixed = routesBed(routes([when('port: 81', 'web:v1'), when('sourceLabels: { app: client }', 'web:v2')]));
  expect([mixed.end(), mixed.end(on(81)), mixed.end({}, 'shop/api'), mixed.end(on(81), 'shop/api')]).toEqual([
    'web:v2',
    'web:v1',
    'web',
    'web:v1',
  ]);
});

test('an object whose rules all vanish does not own its host', () => {
  const bed = routesBed(
    routes(['{ delegate: { name: nobody } }'], { id: 'shop/a' }),
    routes([to('api')], { id: 'shop/b' }),
  );
  expect(bed.end()).toBe('api');
});

test('an object that is exported to nobody is seen by nobody, and one that is also exported to all by all', () => {
  expect(routesBed(routes([to('api')], { more: 'exportTo: ["~"]' })).end()).toBe('web');
  expect(routesBed(routes([to('api')], { more: 'exportTo: ["~", "*"]' })).end()).toBe('api');
});

test('a host that is no service is there on port 80 and on the ports of the services beside it', () => {
  const dial = (port: number) => ({ to: { host: '10.9.9.9', port }, host: 'shop.example' });
  const alone = routesBed(routes([to('api')], { hosts: 'shop.example' }));
  expect([alone.end(dial(80)), alone.end(dial(81))]).toEqual(['api', 'outside']);
  const beside = routesBed(routes([to('web')], { hosts: 'web, shop.example' }));
  expect([beside.end(dial(80)), beside.end(dial(81)), beside.end(dial(82))]).toEqual(['web', 'web', 'outside']);
});

test('a delegate has to be exported to the namespace of its root', () => {
  const child = (more: string) => routes([to('api.shop')], { id: 'other/child', hosts: '', more });
  const root = routes(['{ delegate: { name: child, namespace: other } }', to('web')]);
  expect(routesBed(child('exportTo: ["."]'), root).end()).toBe('web');
  expect(routesBed(child('exportTo: [shop]'), root).end()).toBe('api');
});

test('delegates are joined as pilot joins them: an entry without a partner takes its rule with it', () => {
  const root = (match: string) => routes([`{ match: [{ ${match} }], delegate: { name: child } }`, to('web')]);
  const child = (...matches: readonly string[]) =>
    routes(
      [`{ match: [${matches.map(match => `{ ${match} }`).join(', ')}], route: [{ destination: { host: api } }] }`],
      {
        id: 'shop/child',
        hosts: '',
      },
    );
  const ends = (rootMatch: string, asked: Parameters<ReturnType<typeof routesBed>['end']>[0], ...matches: string[]) =>
    routesBed(root(rootMatch), child(...matches)).end(asked);
  expect(ends('uri: { prefix: /a }', '/a/b', 'uri: { prefix: /a/b }')).toBe('api');
  expect(ends('uri: { prefix: /a }', '/a/b', 'uri: { prefix: /a/b }', 'uri: { prefix: /c }')).toBe('web');
  expect(ends('uri: { exact: /a }', '/a', 'uri: { prefix: /a }')).toBe('web');
  expect(ends('uri: { prefix: /a }', '/a', 'uri: { regex: /a }')).toBe('web');
  const both = { path: '/', headers: [...(header('x', 'a').headers ?? []), ['y', 'b'] as const] };
  expect(ends('headers: { x: { exact: a } }', both, 'headers: { y: { exact: b } }')).toBe('api');
  expect(ends('headers: { x: { exact: a } }', header('y', 'b'), 'headers: { y: { exact: b } }')).toBe('web');
  expect(ends('headers: { x: {} }', header('x', 'a'), 'headers: { x: { exact: a } }')).toBe('web');
  expect(ends('sourceNamespace: shop', '/', 'uri: { prefix: / }')).toBe('web');
  expect(ends('uri: { prefix: /A }, ignoreUriCase: true', '/a', 'uri: { prefix: /A }')).toBe('web');
});

test('what has no effect though the API takes it is told', () => {
  const codes = (rule: string) => routesBed(routes([rule])).codes;
  expect(codes(to('web', 'fault: { abort: { httpStatus: 500 } }'))).toEqual(['ISTIO009']);
  expect(codes(when('sourceLabels: { app: client }, gateways: [mesh]', 'web'))).toEqual(['ISTIO009']);
  expect(codes(when('withoutHeaders: { x: { regex: ".*" } }', 'web'))).toEqual(['ISTIO009']);
  expect(codes(when('withoutHeaders: { x: {} }', 'web'))).toEqual([]);
});

test('connections that no rule takes go on to the next object and then to the service', () => {
  const tcp = (id: string, match: string, where: string) =>
    routes([], {
      id,
      more: `tcp: [{ match: [{ ${match} }], route: [{ destination: { host: web, subset: ${where} } }] }]`,
    });
  const bed = routesBed(
    tcp('shop/a', 'sourceLabels: { app: client }', 'v1'),
    tcp('shop/b', 'sourceNamespace: other', 'v2'),
  );
  const ask = { protocol: 'tcp', to: { service: 'shop/web', port: 9000 } } as const;
  expect([bed.end(ask), bed.end(ask, 'other/client2'), bed.end(ask, 'shop/api')]).toEqual(['web:v1', 'web:v2', 'web']);
});

test('a service for a pattern is meant by the pattern, and by no name that it covers', () => {
  const entry = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: partner, namespace: shop }
spec: { hosts: ["*.partner.example"], ports: [{ number: 80, name: http, protocol: HTTP }], resolution: NONE }
`;
  const by = (hosts: string, where: string) => routesBed(entry, routes([to(where)], { hosts })).model;
  const backendOf = ({ frontends }: ReturnType<typeof by>) => {
    const { target } = frontends[0]!.rules[0]!.action;
    return target.kind === 'forward' ? target.backends[0]?.backend.kind : undefined;
  };
  expect(backendOf(by('web', '"*.partner.example"'))).toBe('service');
  expect(backendOf(by('web', 'a.partner.example'))).toBe('nowhere');
  expect(by('a.partner.example', 'web').frontends[0]?.listens).toEqual({
    kind: 'hosts',
    hosts: ['a.partner.example'],
    port: 80,
  });
});

test('what no proxy gets is told: a delegate that nobody names, a match for a gateway that is not there', () => {
  const unnamed = routesBed(routes([to('web')], { hosts: '' }));
  expect(unnamed.codes).toEqual(['ISTIO011']);
  expect(unnamed.unread()).toContain('spec.http[0].route[0].destination.host');
  const elsewhere = routesBed(
    routes([when('gateways: [edge], uri: { prefix: /in }', 'api'), to('web')], { more: 'gateways: [mesh, edge]' }),
  );
  expect(elsewhere.end('/in')).toBe('web');
  expect(elsewhere.unread()).toContain('spec.http[0].match[0].uri.prefix');
});
