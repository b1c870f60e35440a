import { describe, expect, it } from 'vitest';
import { InvariantError } from '../base/finding.ts';
import { ServiceDirectory } from './directory.ts';
import type { Inventory, Service, Workload } from './inventory.ts';
import { emptyInventory } from './model.ts';
import type { EndpointSet } from './scope.ts';

const service = (namespace: string, name: string, more: Partial<Service> = {}): Service => ({
  id: `${namespace}/${name}`,
  namespace,
  name,
  hosts: [`${name}.${namespace}.svc.cluster.local`],
  addresses: [],
  ports: [],
  endpoints: { kind: 'pods', namespace, labels: { app: name } },
  external: false,
  headless: false,
  evidence: 'object',
  labels: {},
  annotations: {},
  ...more,
});
const outside = (...hosts: string[]): Service =>
  service('', hosts[0] ?? '', {
    id: hosts[0] ?? '',
    hosts,
    external: true,
    endpoints: { kind: 'addresses', addresses: hosts },
  });
const workload = (namespace: string, name: string, labels: Record<string, string>, address?: string): Workload => ({
  id: `${namespace}/${name}`,
  kind: 'Deployment',
  namespace,
  name,
  labels,
  annotations: {},
  serviceAccount: 'default',
  ports: [],
  containers: [],
  ...(address === undefined
    ? {}
    : { pods: [{ name: 'pod', addresses: [address], labels, annotations: {}, containers: [] }] }),
  memberships: [],
});
const directoryOf = (parts: Partial<Inventory>, extent: 'whole' | 'partial' = 'partial'): ServiceDirectory =>
  new ServiceDirectory({ ...emptyInventory, clusters: [{ id: 'cluster', extent }], ...parts });

describe('finding a service by host', () => {
  const directory = directoryOf({
    services: [
      service('shop', 'reviews', { addresses: ['10.0.0.1', 'FD00::1'] }),
      service('other', 'reviews'),
      service('example', 'api'),
      outside('api.example.com'),
      outside('*.wild.example'),
      outside('*.very.wild.example'),
    ],
  });

  it.each([
    ['reviews', 'shop', 'shop/reviews'],
    ['reviews', 'other', 'other/reviews'],
    ['reviews', 'elsewhere', undefined],
    ['reviews', undefined, undefined],
    ['reviews.shop', 'other', 'shop/reviews'],
    ['reviews.shop.svc', undefined, 'shop/reviews'],
    ['reviews.shop.svc.cluster.local', undefined, 'shop/reviews'],
    ['reviews.shop.svc.cluster.local.', undefined, 'shop/reviews'],
    ['Reviews.Shop.SVC.cluster.LOCAL', undefined, 'shop/reviews'],
    ['reviews.shop.svc.elsewhere.example', undefined, undefined],
    ['reviews.shop.', 'other', undefined],
    ['reviews.', 'shop', undefined],
    ['api.example', 'shop', 'example/api'],
    ['api.example.com', 'shop', 'api.example.com'],
    ['API.example.com.', 'shop', 'api.example.com'],
    ['www.example.com', 'shop', undefined],
    ['a.wild.example', 'shop', '*.wild.example'],
    ['a.b.wild.example', 'shop', '*.wild.example'],
    ['a.very.wild.example', 'shop', '*.very.wild.example'],
    ['wild.example', 'shop', undefined],
    ['10.0.0.1', undefined, 'shop/reviews'],
    ['fd00::1', undefined, 'shop/reviews'],
    ['10.0.0.2', 'shop', undefined],
  ])('%s as seen from %s', (host, namespace, id) => {
    expect(directory.findHost(host, namespace)?.id).toBe(id);
  });

  it('knows another cluster domain when told', () => {
    const hosts = ['web.shop.svc.corp.example'];
    const corp = new ServiceDirectory(
      { ...emptyInventory, services: [service('shop', 'web', { hosts })] },
      'corp.example',
    );
    expect(corp.findHost('web.shop.svc.corp.example')?.id).toBe('shop/web');
    expect(corp.findHost('web.shop.svc.cluster.local')).toBeUndefined();
    expect(corp.reference('shop', 'api').hosts).toEqual(['api.shop.svc.corp.example']);
  });
});

describe('services that are only mentioned', () => {
  it('are added once, with unknown endpoints', () => {
    const directory = directoryOf({ services: [service('shop', 'web')] });
    const api = directory.reference('shop', 'api');
    expect(api).toMatchObject({
      id: 'shop/api',
      hosts: ['api.shop.svc.cluster.local'],
      evidence: 'referenced',
      external: false,
      endpoints: { kind: 'named', name: 'shop/api', labels: {} },
    });
    expect(directory.reference('shop', 'api')).toBe(api);
    expect(directory.referenceHost('api', 'shop')).toBe(api);
    expect(directory.find('shop/api')).toBe(api);
    expect(directory.services().map(({ id }) => id)).toEqual(['shop/web', 'shop/api']);
  });

  it('leave a known service as it is', () => {
    const web = service('shop', 'web');
    const directory = directoryOf({ services: [web] });
    expect(directory.reference('shop', 'web')).toBe(web);
    expect(directory.referenceHost('web.shop')).toBe(web);
    expect(directory.services()).toEqual([web]);
  });

  it.each([
    ['api', 'shop', 'shop/api', false],
    ['api.shop.svc', undefined, 'shop/api', false],
    ['api.shop.svc.cluster.local', undefined, 'shop/api', false],
    ['api.example', 'shop', 'api.example', true],
    ['API.example.com.', 'shop', 'api.example.com', true],
    ['a.svc', 'shop', 'a.svc', true],
    ['10.9.9.9', 'shop', '10.9.9.9', true],
  ])('%s as seen from %s', (host, namespace, id, external) => {
    expect(directoryOf({}).referenceHost(host, namespace)).toMatchObject({ id, external, evidence: 'referenced' });
  });

  it('stand in the order of their ids, whatever was mentioned first', () => {
    const directory = directoryOf({});
    for (const name of ['c', 'a', 'b']) directory.reference('shop', name);
    expect(directory.services().map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('do not exist where everything was read', () => {
    const directory = directoryOf({ services: [service('shop', 'web')] }, 'whole');
    expect(directory.isWhole).toBe(true);
    expect(directory.resolve('shop', 'web')?.id).toBe('shop/web');
    expect(directory.resolve('shop', 'api')).toBeUndefined();
    expect(directory.resolveHost('api', 'shop')).toBeUndefined();
    expect(() => directory.reference('shop', 'api')).toThrow(InvariantError);
  });

  it('are resolved where only a part was read', () => {
    expect(directoryOf({}).resolve('shop', 'api')?.id).toBe('shop/api');
    expect(directoryOf({}).resolveHost('api', 'shop')?.id).toBe('shop/api');
    expect(new ServiceDirectory(emptyInventory).isWhole).toBe(false);
  });
});

describe('the workloads behind endpoints', () => {
  const v1 = workload('shop', 'reviews-v1', { app: 'reviews', version: 'v1' }, '10.1.0.1');
  const v2 = workload('shop', 'reviews-v2', { app: 'reviews', version: 'v2' });
  const foreign = workload('other', 'reviews-v1', { app: 'reviews', version: 'v1' });
  const reviews = service('shop', 'reviews');
  const everything = service('shop', 'everything', { endpoints: { kind: 'pods', namespace: 'shop', labels: {} } });
  const directory = directoryOf({ workloads: [v1, v2, foreign], services: [reviews, everything] });

  it.each<[string, EndpointSet, Workload[]]>([
    ['one label', { kind: 'pods', namespace: 'shop', labels: { app: 'reviews' } }, [v1, v2]],
    ['two labels', { kind: 'pods', namespace: 'shop', labels: { app: 'reviews', version: 'v2' } }, [v2]],
    ['no label', { kind: 'pods', namespace: 'shop', labels: {} }, [v1, v2]],
    ['a label nobody has', { kind: 'pods', namespace: 'shop', labels: { app: 'reviews', version: 'v3' } }, []],
    ['another namespace', { kind: 'pods', namespace: 'other', labels: { version: 'v1' } }, [foreign]],
    ['an address of a pod', { kind: 'addresses', addresses: ['10.1.0.1', '10.9.9.9'] }, [v1]],
    ['a name', { kind: 'named', name: 'shop/reviews', labels: {} }, []],
  ])('by %s', (_, endpoints, expected) => {
    expect(directory.workloadsOf(endpoints)).toEqual(expected);
  });

  it('tells which services lead to a workload', () => {
    expect(directory.servicesOf(v2)).toEqual([reviews, everything]);
    expect(directory.servicesOf(foreign)).toEqual([]);
  });

  it('stays quick when ten thousand services share a namespace', () => {
    const count = 10_000;
    const names = Array.from({ length: count }, (_, index) => `s${index}`);
    let looked = 0;
    const counted = (labels: Record<string, string>): Record<string, string> =>
      new Proxy(labels, {
        get: (target, key) => {
          looked += 1;
          return Reflect.get(target, key);
        },
      });
    const large = directoryOf({
      services: names.map(name => service('shop', name)),
      workloads: names.map(name => ({ ...workload('shop', name, {}), labels: counted({ app: name, tier: 'web' }) })),
    });
    for (const name of names) {
      const found = large.findHost(name, 'shop')!;
      expect(large.workloadsOf(found.endpoints)).toHaveLength(1);
    }
    expect(looked).toBeLessThan(10 * count);
  });
});
