import { expect, it } from 'vitest';
import { header, routesBed } from '../../../../test/support/istio-routes.ts';

/** An HTTPRoute on Service web, made on a day of January, whose rules send to Service api. */
const onWeb = (name: string, rules: string, day = 1): string => `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name}, namespace: shop, creationTimestamp: "2026-01-0${day}T00:00:00Z" }
spec: { parentRefs: [{ group: "", kind: Service, name: web }], rules: [${rules}] }
`;

const to = (backend: string): string => `backendRefs: [{ name: ${backend}, port: 80 }]`;

it('15.3 any line of a header counts, the first value of a parameter, an expression as a whole, and any of several matches', () => {
  const taken = (matches: string) => routesBed(onWeb('route', `{ matches: [${matches}], ${to('api')} }`));
  const byHeader = taken('{ headers: [{ name: x-e, value: one }] }');
  expect(byHeader.ends([header('x-e', 'two', 'one'), header('x-e', 'two'), '/'])).toEqual(['api', 404, 404]);
  const byQuery = taken('{ queryParams: [{ name: e, value: "1" }] }');
  expect(byQuery.ends(['/?e=1&e=2', '/?e=2&e=1'])).toEqual(['api', 404]);
  const byRegex = taken('{ headers: [{ name: x-e, type: RegularExpression, value: "o.e" }] }');
  expect(byRegex.ends([header('x-e', 'one'), header('x-e', 'ones')])).toEqual(['api', 404]);
  const byMethod = taken('{ method: PUT }, { path: { value: /a } }');
  expect(byMethod.ends([{ method: 'PUT' }, '/a', '/b'])).toEqual(['api', 'api', 404]);
});

it('15.5 the timeout of one try is that of the request, as proxies are told; running out of time is not tried again, and 0s is none', () => {
  const outcome = (timeouts: string) =>
    routesBed(onWeb('route', `{ ${to('api')}, timeouts: { ${timeouts} } }`)).send('shop/client');
  expect(outcome('request: 500ms').timeoutMs).toBe(500);
  const both = outcome('request: 1s, backendRequest: 300ms');
  expect(both).toMatchObject({ timeoutMs: 300 });
  expect(both.perTryTimeoutMs).toBeUndefined();
  expect(both.retries?.on.filter(condition => /5xx|gateway-error|504/.test(condition))).toEqual([]);
  expect(outcome('backendRequest: 300ms').timeoutMs).toBe(300);
  expect(outcome('request: 0s').timeoutMs).toBeUndefined();
});

it('15.9 the routes on one Service are put in one order, and of two equal rules the older one acts', () => {
  const bed = routesBed(
    onWeb(
      'newer',
      `{ matches: [{ path: { value: /a } }], ${to('web')} }, { matches: [{ path: { value: /a/b } }], ${to('web')} }`,
      2,
    ),
    onWeb('older', `{ matches: [{ path: { value: /a } }], ${to('api')} }`, 1),
  );
  expect(bed.ends(['/a', '/a/b'])).toEqual(['api', 'web']);
});
