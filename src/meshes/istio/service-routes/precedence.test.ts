/** Routes on a Service beside VirtualServices and beside each other, by age; each case was seen in a real mesh. */
import { describe, expect, it } from 'vitest';
import { path, routes, routesBed, to } from '../../../../test/support/istio-routes.ts';

interface Options {
  readonly day: number;
  readonly port?: number;
  readonly namespace?: string;
}

/** An HTTPRoute on Service `web` with one rule for a prefix, made on a day of January 2026. */
const route = (name: string, prefix: string, { day, port, namespace = 'shop' }: Options): string => `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name}, namespace: ${namespace}, creationTimestamp: "2026-01-0${day}T00:00:00Z" }
spec:
  parentRefs: [{ group: "", kind: Service, name: web, namespace: shop${port === undefined ? '' : `, port: ${port}`} }]
  rules: [{ matches: [{ path: { type: PathPrefix, value: ${prefix} } }], backendRefs: [{ name: api, namespace: shop, port: 80 }] }]
`;

/** A VirtualService for `web` that sends `/bar` to `api`, and the rest to `web`. */
const table = (day: number, id = 'shop/site'): string =>
  routes([path('prefix /bar', 'api.shop.svc.cluster.local'), to('web.shop.svc.cluster.local')], {
    id,
    day,
    hosts: 'web.shop.svc.cluster.local',
  });

const stranger = 'other/client2';
const byTheRoute = ['api', 404];
const byTheTable = ['web', 'api'];

const seenBy = (caller: 'shop/client' | typeof stranger, ...documents: readonly string[]) => {
  const bed = routesBed(...documents);
  return ['/foo', '/bar'].map(asked => bed.end(asked, caller));
};

describe('a route on a Service beside a VirtualService', () => {
  it.each([
    ['older', 1, byTheRoute],
    ['younger', 3, byTheTable],
  ])('for clients of its own namespace it decides, for others when it is the older: %s', (_, day, elsewhere) => {
    const documents = [table(2), route('site', '/foo', { day })];
    expect(seenBy('shop/client', ...documents)).toEqual(byTheRoute);
    expect(seenBy(stranger, ...documents)).toEqual(elsewhere);
  });

  it('a VirtualService of the namespace of the clients is no nearer to them', () => {
    const documents = [table(2, 'other/site'), route('site', '/foo', { day: 1 })];
    expect(seenBy(stranger, ...documents)).toEqual(byTheRoute);
    expect(seenBy(stranger, table(2, 'other/site'), route('site', '/foo', { day: 3 }))).toEqual(byTheTable);
  });

  it.each([
    ['a-name', byTheTable],
    ['site', byTheRoute],
    ['z-name', byTheRoute],
  ])(
    'of one second the smaller name is the older; that of the route begins with its namespace: %s',
    (name, elsewhere) => {
      expect(seenBy(stranger, table(2, `shop/${name}`), route('site', '/foo', { day: 2 }))).toEqual(elsewhere);
    },
  );

  it('a route of the namespace of the clients decides for them, whichever is older', () => {
    const documents = [table(1), route('site', '/foo', { day: 2, namespace: 'other' })];
    expect(seenBy(stranger, ...documents)).toEqual(byTheRoute);
    expect(seenBy('shop/client', ...documents)).toEqual(byTheTable);
  });

  it('its author is told for whom it acts, and if nobody knows the age', () => {
    const older = routesBed(table(1), route('site', '/foo', { day: 2 }));
    const told = older.findings.filter(({ code }) => code === 'ISTIO007').map(({ message }) => message);
    expect(told).toEqual([expect.stringContaining('those of other namespaces the older one, which is this')]);
    expect(older.codes).not.toContain('ISTIO008');
    const ageless = routesBed(route('site', '/foo', { day: 2 }), routes([to('api')]));
    expect(ageless.codes).toContain('ISTIO008');
  });
});

describe('a route on one port beside a route on all ports', () => {
  const at = (port: number) => (asked: string) => ({ path: asked, to: { service: 'shop/web', port } });
  const ends = (port: number, ...documents: readonly string[]) =>
    routesBed(...documents).ends(['/foo', '/all'].map(at(port)));

  it('the older one is the whole answer on that port', () => {
    const one = (day: number) => route('one-port', '/foo', { day, port: 80 });
    const all = route('all-ports', '/all', { day: 2 });
    expect(ends(80, one(1), all)).toEqual(['api', 404]);
    expect(ends(80, one(3), all)).toEqual([404, 'api']);
    expect(ends(81, one(1), all)).toEqual([404, 'api']);
  });
});
