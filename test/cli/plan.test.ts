import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { access, Place, shop, timeout } from './supergloo.ts';

const place = new Place();
beforeAll(() => {
  place.write('shop.yaml', shop);
  place.write('timeout.yaml', timeout(2));
  place.write('deny.yaml', access('Deny'));
});
afterAll(() => place.remove());

const files = ['-f', 'shop.yaml', '-f', 'timeout.yaml'];

describe('plan', () => {
  it('shows every step as a diff, and ends with 3 where there is something to do', () => {
    const { code, out } = place.run(['plan', ...files, '--mesh', 'istio']);
    expect(code).toBe(3);
    expect(out).toContain('applied      TrafficPolicy shop/reviews');
    expect(out).toMatch(/^\+ VirtualService shop\/reviews/m);
    expect(out).toMatch(/^ {4}\+ {4}timeout: "2s"$/m);
    expect(out).toMatch(/1 to create, 0 to change, 0 to delete, 0 unchanged\n$/);
  });

  it('writes nothing', () => {
    const before = readdirSync(place.folder);
    place.run(['plan', ...files, '--mesh', 'istio', '--to', 'out']);
    expect(readdirSync(place.folder)).toEqual(before);
  });

  it('plans for each mesh that is named, and publishes what becomes of each field there', () => {
    const { code, kind, meshes, steps } = place.document([
      'plan',
      ...files,
      '--mesh',
      'istio@1.29',
      '--mesh',
      'linkerd',
    ]);
    expect(code).toBe(3);
    expect(kind).toBe('Plan');
    expect(meshes).toMatchObject([
      { type: 'istio', version: '1.29', assumed: true, status: [{ result: 'applied' }] },
      {
        type: 'linkerd',
        status: [
          {
            object: { kind: 'TrafficPolicy', name: 'reviews' },
            fields: [{ path: 'spec.timeouts.request', result: 'applied', source: { file: 'timeout.yaml', line: 11 } }],
          },
        ],
      },
    ]);
    expect(steps).toMatchObject([
      { action: 'create', owner: 'default' },
      { action: 'create', owner: 'default' },
    ]);
  });

  it('is refused where a mesh cannot keep somebody out, until that is accepted', () => {
    const args = ['plan', ...files, '-f', 'deny.yaml', '--mesh', 'linkerd'];
    const refused = place.run(args);
    expect(refused.code).toBe(4);
    expect(refused.out).toContain('--accept access-deny');
    expect(refused.out).toMatch(/refused spec\.rules\[0\]: .+ {2}deny\.yaml:8$/m);
    expect(place.run([...args, '--accept', 'access-deny']).code).toBe(3);
  });

  it('does not call applied what would have to stand in an object of the user', () => {
    place.write('allow.yaml', access('Allow'));
    const args = ['plan', ...files, '-f', 'allow.yaml', '--mesh', 'linkerd'];
    const { code, out } = place.run(args);
    expect(code).toBe(3);
    expect(out).toMatch(
      /refused +AccessPolicy shop\/reviews\n +refused spec: .*Deployment shop\/reviews, which stays as it is: it is not ours/,
    );
    expect(out).toMatch(/^ {2}applied +TrafficPolicy shop\/reviews$/m);
    expect(out).toContain('allow it with --adopt Deployment/shop/reviews');
    expect(place.run([...args, '--adopt', 'Deployment/shop/reviews']).out).toMatch(/^ {2}applied +AccessPolicy/m);
  });

  it('lets one mesh have an object that another wants otherwise, and says so', () => {
    const { code, out } = place.run(['plan', ...files, '--mesh', 'linkerd', '--mesh', 'gateway-api']);
    expect(code).toBe(3);
    expect(out).toMatch(/HTTPRoute shop\/reviews: not done, linkerd\/linkerd wants an object of this name/);
    expect(out).toMatch(/gateway-api \(assumed\)\n +refused +TrafficPolicy shop\/reviews/);
    expect(out).toContain('1 to create, 0 to change, 0 to delete, 0 unchanged, 1 not done');
  });

  it('fails where no mesh is seen or named, and says what to do', () => {
    const { code, out } = place.run(['plan', ...files]);
    expect(code).toBe(1);
    expect(out).toContain('--mesh TYPE');
    expect(place.run(['plan', ...files, '--mesh', 'istioo'])).toMatchObject({ code: 2 });
  });
});
