import { describe, expect, it } from 'vitest';
import { header, routes, routesBed, to } from '../../../../test/support/istio-routes.ts';

const bedWith = (more: string) => routesBed(routes([to('web', more)]));
const outcomeWith = (more: string) => bedWith(more).send('shop/client');
const retriesWith = (more: string) => outcomeWith(more).retries;

/** What proxies try again by themselves: connections that fail and streams that are refused, but no status of an answer. */
const byDefault = ['connect-failure', 'grpc:cancelled', 'grpc:unavailable', 'refused-stream', 'retriable-status-codes'];

describe('section 6: retries', () => {
  it('6.1 without a word no answer of an application is tried again, whatever its status', () => {
    expect(routesBed().send('shop/client').retries).toEqual({ max: 2, on: byDefault });
    expect(retriesWith('')).toEqual({ max: 2, on: byDefault });
  });

  it('6.2 nor the 503 of a sidecar whose application resets', () => {
    const retried = routesBed().send('shop/client').retries?.on ?? [];
    expect(retried.filter(condition => /^(5xx|reset|gateway-error|status:503)$/.test(condition))).toEqual([]);
  });

  it('6.3 attempts without conditions take the same conditions', () => {
    expect(retriesWith('retries: { attempts: 3 }')).toEqual({ max: 3, on: byDefault });
  });

  it('6.4 attempts count the tries after the first', () => {
    expect(retriesWith('retries: { attempts: 3, retryOn: 5xx }')).toEqual({ max: 3, on: ['5xx'] });
  });

  it('6.5 conditions are words and status codes', () => {
    const both = retriesWith('retries: { attempts: 2, retryOn: "429,gateway-error" }');
    expect(both).toEqual({ max: 2, on: ['gateway-error', 'status:429'] });
    expect(retriesWith('retries: { attempts: 2, retryOn: "500" }')?.on).toEqual(['status:500']);
  });

  it('6.7 one try has a timeout of its own, which is a failure like others', () => {
    const { perTryTimeoutMs, timeoutMs, retries } = outcomeWith(
      'retries: { attempts: 3, perTryTimeout: 300ms, retryOn: 5xx }',
    );
    expect({ perTryTimeoutMs, timeoutMs, retries }).toEqual({
      perTryTimeoutMs: 300,
      timeoutMs: undefined,
      retries: { max: 3, on: ['5xx'] },
    });
    expect(retriesWith('retries: { attempts: 3, perTryTimeout: 300ms, retryOn: "503" }')?.on).toEqual(['status:503']);
  });

  it('6.8 the timeout of the request spans all tries', () => {
    const outcome = outcomeWith('timeout: 1s, retries: { attempts: 3, perTryTimeout: 400ms, retryOn: 5xx }');
    expect(outcome).toMatchObject({ timeoutMs: 1000, perTryTimeoutMs: 400, retries: { max: 3 } });
  });

  it('6.9 the wait between tries is said only where it is written', () => {
    expect(retriesWith('retries: { attempts: 2 }')?.backoff).toBeUndefined();
    expect(retriesWith('retries: { attempts: 2, backoff: 500ms }')?.backoff).toEqual({ baseMs: 500 });
  });

  it("6.10 an application's own x-envoy headers change nothing", () => {
    const bed = bedWith('retries: { attempts: 0 }');
    const { headers = [] } = header('x-envoy-retry-on', '5xx');
    const asked = [...headers, ['x-envoy-max-retries', '9'], ['x-envoy-upstream-rq-timeout-ms', '1']] as const;
    expect(bed.send('shop/client', { headers: asked })).toEqual(bed.send('shop/client'));
  });
});

describe('section 6b: default retries', () => {
  it('6b.1 a connection that fails is tried twice more, with a VirtualService and without', () => {
    expect(routesBed().send('shop/client').retries?.max).toBe(2);
    expect(retriesWith('')?.max).toBe(2);
  });

  it('6b.2 an empty block switches retries off', () => {
    expect(retriesWith('retries: {}')).toBeUndefined();
  });

  it('6b.3 no attempts are none, and conditions that are written stand in place of the usual ones', () => {
    expect(retriesWith('retries: { attempts: 0 }')).toBeUndefined();
    expect(retriesWith('retries: { attempts: 4 }')).toEqual({ max: 4, on: byDefault });
    expect(retriesWith('retries: { attempts: 2, retryOn: "503" }')?.on).toEqual(['status:503']);
    expect(retriesWith('retries: { attempts: 2, retryOn: gateway-error }')?.on).toEqual(['gateway-error']);
  });

  it('6b.5 a connection that the application resets is tried again where that is asked for, and not by default', () => {
    expect(retriesWith('')?.on).not.toContain('reset');
    expect(retriesWith('retries: { attempts: 2, retryOn: reset }')).toEqual({ max: 2, on: ['reset'] });
  });

  it("6b.6 the mesh's own policy holds where no retries are written, and its conditions nowhere else", () => {
    const mesh = `
apiVersion: v1
kind: ConfigMap
metadata: { name: istio, namespace: istio-system }
data:
  mesh: |
    defaultHttpRetryPolicy: { attempts: 3, retryOn: 5xx }
`;
    const retries = (...documents: readonly string[]) => routesBed(mesh, ...documents).send('shop/client').retries;
    expect(retries()).toEqual({ max: 3, on: ['5xx'] });
    expect(retries(routes([to('web')]))).toEqual({ max: 3, on: ['5xx'] });
    expect(retries(routes([to('web', 'retries: { attempts: 0 }')]))).toBeUndefined();
    expect(retries(routes([to('web', 'retries: { attempts: 1 }')]))).toEqual({ max: 1, on: byDefault });
  });

  it('6b.7 the usual conditions are five, and there is no timeout', () => {
    const { retries, timeoutMs, perTryTimeoutMs } = outcomeWith('');
    expect({ retries, timeoutMs, perTryTimeoutMs }).toEqual({
      retries: { max: 2, on: byDefault },
      timeoutMs: undefined,
      perTryTimeoutMs: undefined,
    });
  });
});
