import { describe, expect, it } from 'vitest';
import type { BedAsk } from '../../../../test/support/istio-bed.ts';
import { routes, routesBed, to, when } from '../../../../test/support/istio-routes.ts';

const bedWith = (more: string) => routesBed(routes([to('web', more)]));
const outcomeWith = (more: string, ask: BedAsk = {}) => bedWith(more).send('shop/client', ask);

describe('section 7: timeouts', () => {
  it('7.1 there is no timeout that nobody wrote', () => {
    expect(routesBed().send('shop/client').timeoutMs).toBeUndefined();
    expect(outcomeWith('').timeoutMs).toBeUndefined();
  });

  it('7.2 durations are written as Go writes them', () => {
    expect(outcomeWith('timeout: 1m30s').timeoutMs).toBe(90_000);
  });
});

describe('section 8: faults', () => {
  it('8.1 failures have a percentage, and without one there are none', () => {
    const faults = (percentage: string) =>
      outcomeWith(`fault: { abort: { httpStatus: 500${percentage && `, percentage: ${percentage}`} } }`);
    expect(faults('').decision).toBe('forwarded');
    expect(faults('').faults).toBeUndefined();
    expect(faults('{ value: 0 }').faults).toBeUndefined();
    expect(faults('{}').faults).toBeUndefined();
    expect(faults('{ value: 30 }').faults).toEqual({ abortStatus: 500, abortPercent: 30 });
    expect(faults('{ value: 100 }')).toMatchObject({ decision: 'responded', status: 500, backends: [] });
  });

  it('8.2 a failure made on purpose never reaches the application, retries or not', () => {
    const outcome = outcomeWith(
      'fault: { abort: { httpStatus: 503, percentage: { value: 100 } } }, retries: { attempts: 3, retryOn: 5xx }',
    );
    expect(outcome).toMatchObject({ decision: 'responded', status: 503, backends: [] });
  });

  it('8.3 a delay stands beside the timeout, not within it', () => {
    const outcome = outcomeWith('fault: { delay: { fixedDelay: 1s, percentage: { value: 100 } } }, timeout: 300ms');
    expect(outcome).toMatchObject({ timeoutMs: 300, faults: { delayMs: 1000, delayPercent: 100 } });
  });

  it('8.4 a delay and a failure come one after the other', () => {
    const both =
      'fault: { delay: { fixedDelay: 1s, percentage: { value: 100 } }, abort: { httpStatus: 500, percentage: { value: 40 } } }';
    expect(outcomeWith(both).faults).toEqual({
      delayMs: 1000,
      delayPercent: 100,
      abortStatus: 500,
      abortPercent: 40,
    });
  });

  it('8.6 a gRPC failure of a plain request is an answer with status 200', () => {
    const outcome = outcomeWith('fault: { abort: { grpcStatus: UNAVAILABLE, percentage: { value: 100 } } }');
    expect(outcome).toMatchObject({ decision: 'responded', status: 200, faults: { abortGrpcStatus: 'UNAVAILABLE' } });
  });

  it('20.9 a failure without a status is none', () => {
    const outcome = outcomeWith('fault: { abort: { percentage: { value: 100 } } }');
    expect(outcome.decision).toBe('forwarded');
    expect(outcome.faults).toBeUndefined();
  });
});

describe('section 9: mirrors', () => {
  it('9.1 everything is copied unless a percentage says otherwise', () => {
    const copied = (more: string) => outcomeWith(more).mirrors.map(({ service, percent }) => [service, percent]);
    expect(copied('mirror: { host: api }')).toEqual([['shop/api', 100]]);
    expect(copied('mirror: { host: api }, mirrorPercentage: { value: 50 }')).toEqual([['shop/api', 50]]);
    expect(copied('mirror: { host: api }, mirrorPercentage: { value: 0 }')).toEqual([]);
    expect(copied('mirrors: [{ destination: { host: api }, percentage: { value: 30 } }]')).toEqual([['shop/api', 30]]);
    const outcome = outcomeWith('mirror: { host: api }');
    expect(outcome).toMatchObject({ decision: 'forwarded', backends: [{ service: 'shop/web', weight: 100_000 }] });
  });
});

describe('section 10: cross-origin requests', () => {
  const policy = (origins: string, more = '') =>
    `corsPolicy: { allowOrigins: [${origins}], allowMethods: [GET, PUT], allowHeaders: [x-one], exposeHeaders: [x-two], allowCredentials: true${more} }`;
  const shop = "{ exact: 'https://shop.example' }";
  const from = (origin: string, ...more: readonly (readonly [string, string])[]) => ({
    headers: [['origin', origin], ...more] as const,
  });
  const preflight = (origin: string, method = 'PUT') => ({
    ...from(origin, ['access-control-request-method', method]),
    method: 'OPTIONS',
  });

  it('where the proxy answers by itself, it does nothing for other origins (Envoy 1.40)', () => {
    const answers = ['directResponse: { status: 503 }', 'redirect: { uri: /x }'];
    for (const answer of answers) {
      const rule = `{ ${answer}, ${policy(shop)} }`;
      const outcome = routesBed(routes([rule])).send('shop/client', preflight('https://shop.example'));
      expect(outcome.status).not.toBe(200);
      expect(Object.keys(outcome.responseHeaders?.set ?? {}).join()).not.toContain('access-control');
    }
  });

  it('an Origin without a value is none (Envoy 1.40)', () => {
    const outcome = outcomeWith(policy("{ regex: '.*' }"), preflight(''));
    expect(outcome.decision).toBe('forwarded');
  });

  it("10.1 the client's own proxy answers a preflight, whatever it asks for", () => {
    for (const method of ['PUT', 'DELETE']) {
      const outcome = outcomeWith(policy(shop), preflight('https://shop.example', method));
      expect(outcome).toMatchObject({ decision: 'responded', status: 200, backends: [] });
      expect(outcome.responseHeaders?.set).toEqual({
        'access-control-allow-credentials': 'true',
        'access-control-allow-headers': 'x-one',
        'access-control-allow-methods': 'GET,PUT',
        'access-control-allow-origin': 'https://shop.example',
      });
    }
  });

  it('10.2 a preflight from elsewhere reaches the application, or is answered without leave', () => {
    expect(outcomeWith(policy(shop), preflight('https://evil.example')).decision).toBe('forwarded');
    const ignored = outcomeWith(policy(shop, ', unmatchedPreflights: IGNORE'), preflight('https://evil.example'));
    expect(ignored).toMatchObject({ decision: 'responded', status: 200 });
    expect(ignored.responseHeaders?.set).toEqual({
      'access-control-allow-headers': 'x-one',
      'access-control-allow-methods': 'GET,PUT',
    });
  });

  it('10.3 a plain request is never held back, and its answer names the origin if that is allowed', () => {
    const allowed = outcomeWith(policy(shop), from('https://shop.example'));
    expect(allowed).toMatchObject({
      decision: 'forwarded',
      responseHeaders: {
        set: {
          'access-control-allow-credentials': 'true',
          'access-control-allow-origin': 'https://shop.example',
          'access-control-expose-headers': 'x-two',
        },
      },
    });
    const other = outcomeWith(policy(shop), from('https://evil.example'));
    expect(other.decision).toBe('forwarded');
    expect(other.responseHeaders).toBeUndefined();
  });

  it('10.4 a preflight of a rule for another method finds no rule', () => {
    const bed = routesBed(routes([when('method: { exact: GET }', 'web', policy(shop))]));
    expect(bed.end(preflight('https://shop.example', 'GET'))).toBe(404);
  });

  it('10.5 origins have case, and an exact star is any of them', () => {
    expect(outcomeWith(policy(shop), preflight('https://SHOP.example')).decision).toBe('forwarded');
    const any = outcomeWith(policy("{ exact: '*' }"), preflight('https://anyone.example'));
    expect(any.responseHeaders?.set).toMatchObject({
      'access-control-allow-credentials': 'true',
      'access-control-allow-origin': 'https://anyone.example',
    });
  });
});
