import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Place, shop } from './supergloo.ts';

const place = new Place();
beforeAll(() => place.write('shop.yaml', shop));
afterAll(() => place.remove());

/** Of the one policy that is printed. */
const policy = (...args: string[]): unknown => {
  const { items } = place.document(args) as unknown as { items: readonly unknown[] };
  expect(items).toHaveLength(1);
  return items[0];
};

describe('a quick form', () => {
  it.each([
    [
      ['shift', 'reviews.shop', 'v1=90', 'v2=10'],
      {
        split: [
          { name: 'v1', labels: { version: 'v1' }, weight: 90 },
          { name: 'v2', weight: 10 },
        ],
      },
    ],
    [['shift', 'reviews.shop', 'v1=1', '--label', 'track'], { split: [{ labels: { track: 'v1' } }] }],
    [
      ['shift', 'reviews.shop', 'web.shop=1', 'old.other=0'],
      {
        split: [
          { name: 'web-shop', backendRef: { name: 'web' } },
          { backendRef: { name: 'old', namespace: 'other' }, weight: 0 },
        ],
      },
    ],
    [
      ['fault', 'reviews.shop', '--abort', '503', '--percent', '10'],
      { fault: { abort: { status: 503, percent: 10 } } },
    ],
    [['fault', 'reviews.shop', '--delay', '2s'], { fault: { delay: { fixed: '2s' } } }],
    [
      ['retry', 'reviews.shop', '--attempts', '2', '--on', '5xx,reset'],
      { retries: { attempts: 2, conditions: ['5xx', 'reset'] } },
    ],
    [['timeout', 'reviews.shop', '2s', '--per-try', '500ms'], { timeouts: { request: '2s', backendRequest: '500ms' } }],
    [
      ['mirror', 'reviews.shop', '--copy-to', 'web.shop', '--percent', '5'],
      { mirrors: [{ backendRef: { name: 'web' }, percent: 5 }] },
    ],
    [
      ['allow', 'reviews.shop', '--from', 'sa:shop/web', '--method', 'get'],
      {
        action: 'Allow',
        rules: [{ from: [{ serviceAccount: { name: 'web', namespace: 'shop' } }], to: [{ methods: ['GET'] }] }],
      },
    ],
    [
      ['deny', 'reviews.shop', '--from', 'ns:test', '--path', '=/admin'],
      {
        action: 'Deny',
        rules: [{ from: [{ namespace: 'test' }], to: [{ paths: [{ type: 'Exact', value: '/admin' }] }] }],
      },
    ],
  ])('%j', (args, spec) => {
    expect(policy(...args)).toMatchObject({
      metadata: { name: `reviews-${args[0]}`, namespace: 'shop' },
      spec: { targetRefs: [{ kind: 'Service', name: 'reviews' }], ...spec },
    });
  });

  it('prints what apply takes', () => {
    place.write('quick.yaml', place.run(['timeout', 'reviews.shop', '2s']).out);
    const { code, out } = place.run(['plan', '-f', 'shop.yaml', '-f', 'quick.yaml', '--mesh', 'istio']);
    expect(code).toBe(3);
    expect(out).toContain('applied      TrafficPolicy shop/reviews-timeout');
  });

  it('applies it at once, and changes it when it is said again', () => {
    place.run(['init']);
    place.run(['apply', '-f', 'shop.yaml']);
    const first = place.run(['timeout', 'reviews.shop', '2s', '--apply', '--mesh', 'istio']);
    expect(first.out).toContain('created   TrafficPolicy shop/reviews-timeout\n');
    expect(first.out).toContain('created   VirtualService shop/reviews\n');
    const second = place.run(['timeout', 'reviews.shop', '3s', '--apply', '--mesh', 'istio']);
    expect(second.out).toContain('changed   VirtualService shop/reviews\n');
  });

  it.each([
    [['shift', 'reviews', 'v1=1'], 'SERVICE.NAMESPACE'],
    [['shift', 'reviews.shop', 'v1'], 'NAME=WEIGHT'],
    [['shift', 'reviews.shop'], 'missing'],
    [['retry', 'reviews.shop'], 'missing: --attempts'],
    [['timeout', 'reviews.shop', 'soon'], 'spec.timeouts.request'],
    [['fault', 'reviews.shop', '--abort', 'often'], 'whole number'],
    [['mirror', 'reviews.shop', '--copy-to', 'web.shop', '--percent', '101'], 'from 0 to 100'],
    [['deny', 'reviews.shop', '--from', 'joe'], 'sa:NAMESPACE/NAME'],
    [['retry', 'reviews.shop', '-i'], 'needs a terminal'],
  ])('says what is wrong with %j', (args, reason) => {
    expect(place.run(args)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(reason) });
  });
});
