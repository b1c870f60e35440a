import { describe, expect, it } from 'vitest';
import type { BedAsk } from '../../../../test/support/istio-bed.ts';
import { path, routes, routesBed, split, to } from '../../../../test/support/istio-routes.ts';

/** Where requests go and which share of 100 000 each place gets, with the status of shares that are answered. */
const shares = (rule: string, ask: BedAsk = {}) =>
  routesBed(routes([rule]))
    .send('shop/client', ask)
    .backends.map(({ service, subset, weight, status }) =>
      [service.replace('shop/', ''), ...(subset ? [subset] : []), weight, ...(status ? [status] : [])].join(' '),
    );

describe('section 4: weights and destinations', () => {
  it('4.1 a single destination takes everything, whatever its weight', () => {
    for (const weight of [undefined, 10, 0]) expect(shares(split({ web: weight }))).toEqual(['web 100000']);
  });

  it('4.3 an absent weight beside others is zero', () => {
    expect(shares(split({ 'web:v1': undefined, 'web:v2': 50 }))).toEqual(['web v2 100000']);
    expect(shares(split({ 'web:v1': 100, 'web:v2': undefined }))).toEqual(['web v1 100000']);
  });

  it('4.4 weights are relative and need not add up to anything', () => {
    expect(shares(split({ 'web:v1': 20, 'web:v2': 30 }))).toEqual(['web v1 40000', 'web v2 60000']);
    expect(shares(split({ 'web:v1': 1, 'web:v2': 1, api: 1 }))).toEqual(['web v1 33334', 'web v2 33333', 'api 33333']);
    expect(shares(split({ 'web:v1': 100_000, 'web:v2': 300_000 }))).toEqual(['web v1 25000', 'web v2 75000']);
  });

  it('4.5 a weight of zero beside others takes nothing', () => {
    expect(shares(split({ 'web:v1': 0, 'web:v2': 100 }))).toEqual(['web v2 100000']);
    expect(shares(split({ 'web:v1': 0, 'web:v2': 1 }))).toEqual(['web v2 100000']);
  });

  it('4.6 an unknown subset, port or host answers its share with 503', () => {
    expect(shares(split({ 'web:v1': 50, ghost: 50 }))).toEqual(['web v1 50000', 'ghost 50000 503']);
    expect(shares(split({ 'web:v1': 50, 'web:v9': 50 }))).toEqual(['web v1 50000', 'web/v9 50000 503']);
    const wrongPort = '{ route: [{ destination: { host: web, port: { number: 8888 } } }] }';
    expect(routesBed(routes([wrongPort])).end()).toBe(503);
    expect(routesBed(routes([to('ghost')])).end()).toBe(503);
    expect(routesBed(routes([to('web:v9')])).end()).toBe(503);
  });

  it('4.7 the share of a subset without endpoints goes nowhere else, and that nobody runs there is said', () => {
    const idle = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: api, namespace: shop }
spec: { host: api, subsets: [{ name: v7, labels: { version: v7 } }] }
`;
    const { outcome, caveats } = routesBed(idle, routes([split({ web: 50, 'api:v7': 50 })])).explain('shop/client');
    expect(outcome.backends.map(({ weight }) => weight)).toEqual([50_000, 50_000]);
    expect(caveats.map(({ code }) => code)).toContain('VERIFY009');
  });

  it('4.8 a destination without a port is meant on the port that was dialled, which it may not have', () => {
    const bed = routesBed(routes([path('prefix /api', 'api'), to('web')]));
    const on81 = { to: { service: 'shop/web', port: 81 } };
    expect(bed.end({ ...on81, path: '/api' })).toBe(503);
    expect(bed.end('/api')).toBe('api');
    expect(bed.send('shop/client', on81).backends).toMatchObject([{ service: 'shop/web', port: 81 }]);
  });
});
