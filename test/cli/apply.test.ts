import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbedded } from '../../src/store/embedded/open-embedded.ts';
import type { StoredObject } from '../../src/store/port/object.ts';
import { access, Place, shop, timeout } from './supergloo.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
  place.write('shop.yaml', shop);
  place.write('policies/timeout.yaml', timeout(2));
});
afterEach(() => place.remove());

const files = ['-f', 'shop.yaml', '-f', 'policies', '--mesh', 'istio'];

const readText = (path: string): string => readFileSync(join(place.folder, path), 'utf8');

/** Everything in the store, as it keeps it. */
const stored = async (): Promise<readonly StoredObject[]> => {
  const store = await openEmbedded(join(place.folder, '.supergloo/store.db'));
  const { items } = await store.list();
  await store.close();
  return items;
};

const named = async (kind: string): Promise<StoredObject | undefined> =>
  (await stored()).find(object => object.kind === kind);

const timeoutWritten = async (): Promise<unknown> => (await named('VirtualService'))?.spec?.http;

describe('apply to a folder', () => {
  const to = [...files, '--to', 'out'];

  it('writes a file for each object, and nothing the second time', () => {
    expect(place.run(['apply', ...to]).code).toBe(0);
    expect(readText('out/istio/virtualservice-shop-reviews.yaml')).toContain('timeout: "2s"');
    const again = place.run(['apply', ...to]);
    expect(again.out).toMatch(/0 created, 0 changed, 0 deleted, 1 unchanged\n$/);
    expect(again.code).toBe(0);
  });

  it('changes what is ours, and deletes it when nothing wants it any more', () => {
    place.run(['apply', ...to]);
    place.write('policies/timeout.yaml', timeout(3));
    expect(place.run(['apply', ...to]).out).toContain('changed   VirtualService shop/reviews');
    expect(readText('out/istio/virtualservice-shop-reviews.yaml')).toContain('timeout: "3s"');
    place.write('policies/timeout.yaml', '# nothing\n');
    expect(place.run(['apply', ...to]).out).toContain('deleted   VirtualService shop/reviews');
    expect(existsSync(join(place.folder, 'out/istio/virtualservice-shop-reviews.yaml'))).toBe(false);
  });

  it('leaves files alone that are not ours, and those of another owner', () => {
    place.write(
      'out/own.yaml',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: own, namespace: shop }\ndata: {}\n',
    );
    place.run(['apply', ...to, '--owner', 'other']);
    place.write('policies/timeout.yaml', '# nothing\n');
    const { out } = place.run(['apply', ...to]);
    expect(out).not.toContain('deleted ');
    expect(readdirSync(join(place.folder, 'out')).sort()).toEqual(['istio', 'own.yaml']);
  });

  it('takes nothing away outside of the folder, and nothing of a file that holds more', () => {
    place.run(['apply', ...to]);
    const written = readText('out/istio/virtualservice-shop-reviews.yaml');
    place.write('policies/timeout.yaml', '# nothing\n');
    expect(place.run(['apply', '-f', 'shop.yaml', '-f', 'out', '--mesh', 'istio', '--to', 'other']).out).toContain(
      'outside of `other`',
    );
    place.write(
      'out/istio/virtualservice-shop-reviews.yaml',
      `${written}---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: own }\n`,
    );
    expect(place.run(['apply', ...to]).out).toContain('with other objects');
    expect(readText('out/istio/virtualservice-shop-reviews.yaml')).toContain('timeout: "2s"');
  });

  it('keeps what was written while a policy is not valid, or a file cannot be read', () => {
    place.run(['apply', ...to]);
    for (const broken of [timeout(2).replace('request: 2s', 'request: soon'), '{ not: [yaml']) {
      place.write('policies/timeout.yaml', broken);
      const { code, out } = place.run(['apply', ...to]);
      expect(code).toBe(3);
      expect(out).toContain('not done');
      expect(readText('out/istio/virtualservice-shop-reviews.yaml')).toContain('timeout: "2s"');
    }
  });

  it('changes an object of the user in a copy, where it is named, and gives it back', () => {
    place.write('policies/access.yaml', access('Allow'));
    const linkerd = ['-f', 'shop.yaml', '-f', 'policies', '--mesh', 'linkerd', '--to', 'out'];
    expect(place.run(['apply', ...linkerd]).code).toBe(3);
    const copy = 'out/linkerd/deployment-shop-reviews.yaml';
    expect(existsSync(join(place.folder, copy))).toBe(false);
    expect(place.run(['apply', ...linkerd, '--adopt', 'Deployment/shop/nobody']).code).toBe(2);
    expect(place.run(['apply', ...linkerd, '--adopt', 'Deployment/shop/reviews']).code).toBe(0);
    expect(readText(copy)).toContain('config.linkerd.io/default-inbound-policy: deny');
    expect(place.run(['apply', ...linkerd])).toMatchObject({ code: 0 });
    expect(place.run(['apply', ...linkerd]).out).toMatch(/0 created, 0 changed, 0 deleted, 4 unchanged\n$/);
    rmSync(join(place.folder, 'policies/access.yaml'));
    expect(place.run(['apply', ...linkerd, '--accept', 'access-looser']).out).toContain(
      'changed   Deployment shop/reviews',
    );
    expect(readText(copy)).not.toContain('default-inbound-policy');
  });
});

describe('apply to a store', () => {
  beforeEach(() => place.run(['init']));

  it('takes up the objects, writes what follows from them, and tells in their status what became of them', async () => {
    expect(place.run(['apply', ...files]).code).toBe(0);
    const policy = await named('TrafficPolicy');
    expect(policy?.status).toMatchObject({
      observedGeneration: 1,
      conditions: [
        { type: 'Accepted', status: 'True', reason: 'Accepted', observedGeneration: 1 },
        { type: 'Applied', status: 'True', reason: 'Applied' },
      ],
      meshes: [{ mesh: 'istio/istio-system', result: 'applied' }],
    });
    expect(await timeoutWritten()).toMatchObject([{ timeout: '2s' }]);
  });

  it('writes nothing the second time', async () => {
    place.run(['apply', ...files]);
    const before = await stored();
    const { code, out } = place.run(['apply', ...files]);
    expect(out).toMatch(/0 created, 0 changed, 0 deleted, 6 unchanged\n$/);
    expect(code).toBe(0);
    expect(await stored()).toEqual(before);
  });

  it('keeps the last valid version of a policy, and what was written for it', async () => {
    place.run(['apply', ...files]);
    place.write('policies/timeout.yaml', timeout(2).replace('request: 2s', 'request: soon'));
    place.write('policies/access.yaml', access('Allow'));
    const { code, out } = place.run(['apply', ...files]);
    expect(code).toBe(3);
    expect(out).toContain('APPLY001');
    expect(out).toMatch(/policies\/timeout\.yaml:11: error API005/);
    expect(await timeoutWritten()).toMatchObject([{ timeout: '2s' }]);
    expect(await named('AuthorizationPolicy')).toBeDefined();
  });

  it('writes nothing at all where access would get weaker, until that is accepted', async () => {
    place.write('policies/access.yaml', access('Allow'));
    place.run(['apply', ...files]);
    const before = await stored();
    place.write('policies/access.yaml', access('Allow').replace('{ name: web }', '{ name: reviews }'));
    const { code, out } = place.run(['apply', ...files]);
    expect(code).toBe(4);
    expect(out).toContain('nothing is written');
    expect(await stored()).toEqual(before);
    expect(place.run(['apply', ...files, '--accept', 'access-different']).code).toBe(0);
  });

  it('changes a part of an object of the user where it is named, and takes back that part alone', async () => {
    place.write('policies/access.yaml', access('Allow'));
    const linkerd = ['-f', 'shop.yaml', '-f', 'policies', '--mesh', 'linkerd'];
    const annotation = async (): Promise<unknown> => JSON.stringify(await named('Deployment'));
    place.run(['apply', ...linkerd, '--adopt', 'Deployment/shop/reviews']);
    expect(await annotation()).toContain('"config.linkerd.io/default-inbound-policy":"deny"');
    const before = await stored();
    expect(place.run(['apply', ...linkerd]).code).toBe(0);
    expect(await stored()).toEqual(before);
    place.run(['delete', 'accesspolicy', 'reviews', '-n', 'shop', '--mesh', 'linkerd', '--accept', 'access-looser']);
    expect(await annotation()).not.toContain('"config.linkerd.io/default-inbound-policy":"deny"');
    expect(await named('Deployment')).toBeDefined();
    expect(await named('Server')).toBeUndefined();
  });
});
