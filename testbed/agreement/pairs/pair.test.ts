import { expect, it } from 'vitest';
import { leftBehind, moved, standIn } from './pair.ts';

const slot = standIn('site');

const named = (name: string) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { namespace: 'shop', name },
  spec: { hosts: [`${slot.name}.shop.svc.cluster.local`] },
});

it('what is said of one name is said of another, and of none that only begins alike', () => {
  const { metadata, spec } = moved(named('site-1-more'), 'site-1', 'site-76');
  expect([metadata.name, spec.hosts[0]]).toEqual(['site-76-more', 'site-76.shop.svc.cluster.local']);
  expect(moved('site-17', 'site-1', 'site-76')).toBe('site-17');
});

it('an object that would stay where it is, so that both sides of a pair write it, is found', () => {
  expect(leftBehind([named('site-1'), named('a.site-1')], slot)).toBeUndefined();
  expect(leftBehind([named('site-1'), named('a-site-1')], slot)?.metadata.name).toBe('a-site-1');
});
