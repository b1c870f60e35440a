import { describe, expect, it } from 'vitest';
import { routes, routesBed, to } from '../../../../test/support/istio-routes.ts';

/** The edits that the first of two destinations gets, and the rule's own beside it. */
const edited = (of: 'request' | 'response', rule: string, destination: string) => {
  const headers = (edits: string) => `headers: { ${of}: { ${edits} } }`;
  const first = `{ destination: { host: web, subset: v1 }, weight: 1, ${headers(destination)} }`;
  const second = '{ destination: { host: web, subset: v2 }, weight: 1 }';
  const outcome = routesBed(routes([`{ ${headers(rule)}, route: [${first}, ${second}] }`])).send('shop/client');
  const key = of === 'request' ? 'requestHeaders' : 'responseHeaders';
  return outcome.backends.map(backend => ({ ...outcome[key], ...backend[key] }));
};

describe('section 18: routing', () => {
  it('18.1 with several destinations the rule comes after them and has the last word', () => {
    expect(edited('request', 'set: { x: rule }', 'set: { x: destination }')).toEqual([
      { set: { x: 'rule' } },
      { set: { x: 'rule' } },
    ]);
    expect(edited('request', 'add: { x: rule }', 'add: { x: destination }')).toEqual([
      { add: { x: 'destination,rule' } },
      { add: { x: 'rule' } },
    ]);
    expect(edited('request', 'remove: [x]', 'set: { x: destination }')).toEqual([{ remove: ['x'] }, { remove: ['x'] }]);
    expect(edited('response', 'set: { x: rule }', 'set: { x: destination }')[0]).toEqual({ set: { x: 'rule' } });
    expect(edited('request', 'set: { x: rule }', 'set: { y: destination }')).toEqual([
      { set: { x: 'rule', y: 'destination' } },
      { set: { x: 'rule' } },
    ]);
  });

  it('18.2 a destination without a port needs the port that was dialled, even if it has a single one', () => {
    const bed = routesBed(routes([to('api')]));
    expect(bed.end({ to: { service: 'shop/web', port: 81 } })).toBe(503);
    expect(bed.end()).toBe('api');
  });

  it('18.10 in its own namespace a service has six names and its address, with any port', () => {
    const bed = routesBed(routes([to('web:v1')]));
    const full = 'web.shop.svc.cluster.local';
    const names = [full, `${full}.`, 'web', 'web.shop', 'web.shop.svc', '10.96.0.10', 'web:1234'];
    expect(names.map(host => bed.end({ host }))).toEqual(names.map(() => 'web:v1'));
  });
});
