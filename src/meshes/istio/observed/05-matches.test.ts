import { describe, expect, it } from 'vitest';
import { header, routes, routesBed, to, when } from '../../../../test/support/istio-routes.ts';

/** Whether a rule with this match takes each of the requests. */
const takes = (match: string) => {
  const bed = routesBed(routes([when(match, 'web:v1'), to('web')]));
  return (...asks: Parameters<typeof bed.end>[0][]): boolean[] => asks.map(ask => bed.end(ask) === 'web:v1');
};

describe('section 5: headers and other matches', () => {
  it('5.1 header names have no case, values do, and blanks around them do not count', () => {
    const one = takes('headers: { X-E: { exact: one } }');
    expect(one(header('x-e', 'one'), header('x-e', 'One'), header('x-e', ' one '))).toEqual([true, false, true]);
  });

  it('5.2 of several lines any is enough, and a comma inside a line separates nothing', () => {
    for (const match of ['exact: one', 'prefix: on', 'regex: "o.e"']) {
      const any = takes(`headers: { x-e: { ${match} } }`);
      expect(any(header('x-e', 'one', 'two'), header('x-e', 'two', 'one'))).toEqual([true, true]);
    }
    expect(takes('headers: { x-e: { exact: one } }')(header('x-e', 'one,two'))).toEqual([false]);
  });

  it('5.3 an empty match asks for presence, with any value', () => {
    expect(takes('headers: { x-e: {} }')(header('x-e', 'a'), header('x-e', ''), {})).toEqual([true, true, false]);
  });

  it('5.4 an exact empty text takes a header that is there and empty', () => {
    expect(takes('headers: { x-e: { exact: "" } }')(header('x-e', ''), {})).toEqual([true, false]);
  });

  it('5.5 an expression for anything takes a header that is there, also empty', () => {
    const any = takes('headers: { x-e: { regex: ".*" } }');
    expect(any(header('x-e', 'a'), header('x-e', ''), {})).toEqual([true, true, false]);
  });

  it('5.6 without a value: absent, other and empty are taken, unless any line has it', () => {
    const without = takes('withoutHeaders: { x-e: { exact: a } }');
    expect(without({}, header('x-e', 'b'), header('x-e', ''))).toEqual([true, true, true]);
    expect(without(header('x-e', 'a'), header('x-e', 'a', 'b'))).toEqual([false, false]);
  });

  it('5.7 without a header at all', () => {
    expect(takes('withoutHeaders: { x-e: {} }')({}, header('x-e', ''))).toEqual([true, false]);
  });

  it('5.8 without an empty value: an absent header counts as empty', () => {
    const without = takes('withoutHeaders: { x-e: { exact: "" } }');
    expect(without({}, header('x-e', ''), header('x-e', 'a'))).toEqual([false, false, true]);
  });

  it('5.9 without an expression for anything: nothing is taken', () => {
    const without = takes('withoutHeaders: { x-e: { regex: ".*" } }');
    expect(without({}, header('x-e', ''), header('x-e', 'a'))).toEqual([false, false, false]);
  });

  it('5.10 the authority is compared as it was sent, with port and case', () => {
    const exact = takes('authority: { exact: web }');
    expect(exact({ host: 'web' }, { host: 'web:80' }, { host: 'WEB' })).toEqual([true, false, false]);
    expect(takes('authority: { prefix: web.shop }')({ host: 'web.shop.svc' }, { host: 'web' })).toEqual([true, false]);
    expect(takes('authority: { regex: "web:[0-9]+" }')({ host: 'web:81' }, { host: 'web' })).toEqual([true, false]);
  });

  it('5.11 the authority can be asked for among the headers', () => {
    expect(takes('headers: { ":authority": { exact: web } }')({ host: 'web' }, { host: 'web:80' })).toEqual([
      true,
      false,
    ]);
  });

  it('5.12 of a query parameter the first value counts, as it was sent', () => {
    const one = takes('queryParams: { e: { exact: "1" } }');
    expect(one('/?e=1', '/?e=1&e=2', '/?e=2&e=1', '/?E=1', '/?e=%31', '/?a=2;e=1')).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(takes('queryParams: { e: { regex: "[0-9]" } }')('/?e=1', '/?e=11', '/?e=x&e=1')).toEqual([
      true,
      false,
      false,
    ]);
    expect(takes('queryParams: { e: { prefix: ab } }')('/?e=abc', '/?e=a')).toEqual([true, false]);
    expect(takes('queryParams: { e: { exact: "a b" } }')('/?e=a%20b')).toEqual([false]);
    expect(takes('queryParams: { e: {} }')('/?e', '/?e=', '/?e=x', '/')).toEqual([true, true, true, false]);
    expect(takes('queryParams: { e: { exact: "" } }')('/?e', '/?e=', '/?e=x', '/')).toEqual([true, true, false, false]);
  });

  it('5.13 methods have case', () => {
    expect(takes('method: { exact: put }')({ method: 'PUT' })).toEqual([false]);
    expect(takes('method: { regex: "PUT|POST" }')({ method: 'PUT' }, { method: 'GET' })).toEqual([true, false]);
  });

  it('5.14 the scheme is http, unless the client claims another in a header', () => {
    const forged = header('x-forwarded-proto', 'https');
    expect(takes('scheme: { exact: http }')({}, forged)).toEqual([true, false]);
    expect(takes('scheme: { exact: https }')({}, forged)).toEqual([false, true]);
  });

  it('a claimed scheme that is none is not believed, and has no case', () => {
    const claims = ['httpx', 'htt', 'HTTP', 'HTTPS'].map(text => header('x-forwarded-proto', text));
    expect(takes('scheme: { exact: http }')(...claims)).toEqual([true, true, true, false]);
    expect(takes('scheme: { exact: https }')(...claims)).toEqual([false, false, false, true]);
    expect(takes('scheme: { prefix: http }')(...claims)).toEqual([true, true, true, true]);
  });

  it('5.15 the port is the one that was dialled, not that of the Host or of the container', () => {
    const on81 = takes('port: 81');
    expect(on81({ to: { service: 'shop/web', port: 81 } }, { host: 'web:81' })).toEqual([true, false]);
    expect(takes('port: 8080')({}, { host: 'web:8080' })).toEqual([false, false]);
  });

  it('5.16 rules for some clients hold for them alone, unless the same match names the gateway mesh', () => {
    const seen = (match: string) => {
      const bed = routesBed(routes([when(match, 'api'), to('web')], { hosts: 'web.shop', more: 'exportTo: ["*"]' }));
      return [bed.end(), bed.end({}, 'other/client2')];
    };
    expect(seen('sourceLabels: { app: client }')).toEqual(['api', 'web']);
    expect(seen('sourceLabels: { app: client, tier: front }')).toEqual(['web', 'web']);
    expect(seen('sourceNamespace: other')).toEqual(['web', 'api']);
    expect(seen('sourceLabels: { app: nobody }, gateways: [mesh]')).toEqual(['api', 'api']);
    expect(seen('sourceNamespace: nowhere, gateways: [mesh]')).toEqual(['api', 'api']);
  });
});
