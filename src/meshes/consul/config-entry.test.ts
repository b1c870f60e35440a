import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../adapter/adapter.ts';
import { Snapshot } from '../../native/snapshot.ts';
import { parseText } from '../../store/files/parse.ts';
import { forms } from './config-entry.ts';
import { EntryField } from './entry-field.ts';

const manifest = (kind: string, name: string, spec: unknown): Manifest => ({
  apiVersion: 'consul.hashicorp.com/v1alpha1',
  kind,
  metadata: { name, namespace: 'shop' },
  spec,
});

const router = manifest('ServiceRouter', 'back', {
  routes: [
    {
      match: { http: { pathPrefix: '/a', header: [{ name: 'x-h', present: true }] } },
      destination: { service: 'other', requestTimeout: '3s', requestHeaders: { set: { 'x-a': `\${b}` } } },
    },
  ],
});

const resolver = manifest('ServiceResolver', 'back', {
  subsets: { v1: { filter: 'Service.Meta.version == "v1"' } },
  failover: { '*': { targets: [{ service: 'other' }] } },
});

describe('config entries', () => {
  it('are called as the API calls them, and keep the words of the user', () => {
    expect(JSON.parse(forms.json!.print(resolver, []) ?? '')).toEqual({
      Kind: 'service-resolver',
      Name: 'back',
      Subsets: { v1: { Filter: 'Service.Meta.version == "v1"' } },
      Failover: { '*': { Targets: [{ Service: 'other' }] } },
    });
    expect(forms.hcl!.print(router, [])).toContain('PathPrefix = "/a"');
  });

  it('bear the name of the destination, or none', () => {
    const intention = manifest('ServiceIntentions', 'every-service', {
      destination: { name: '*' },
      sources: [{ name: 'web', action: 'deny' }],
    });
    expect(JSON.parse(forms.json!.print(intention, []) ?? '')).toEqual({
      Kind: 'service-intentions',
      Name: '*',
      Sources: [{ Name: 'web', Action: 'deny' }],
    });
    const mesh = manifest('Mesh', 'mesh', { transparentProxy: { meshDestinationsOnly: true } });
    expect(JSON.parse(forms.json!.print(mesh, []) ?? '')).toEqual({
      Kind: 'mesh',
      TransparentProxy: { MeshDestinationsOnly: true },
    });
  });

  it('keep the configuration of proxies as it is', () => {
    const proxies = manifest('ProxyDefaults', 'global', { config: { local_request_timeout_ms: 0 } });
    expect(forms.hcl!.print(proxies, [])).toContain('local_request_timeout_ms = 0');
  });

  it('are no objects of Kubernetes', () => {
    expect(
      forms.hcl!.print({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } }, []),
    ).toBeUndefined();
  });

  it('are read as the custom resource is, in both forms', () => {
    for (const [name, { print, extension }] of Object.entries(forms)) {
      const { objects, findings } = parseText(`entry.${extension}`, print(router, []) ?? '');
      expect(findings, name).toEqual([]);
      const snapshot = new Snapshot(objects);
      const [object] = snapshot.of('consul.hashicorp.com', 'ServiceRouter');
      const [route] = new EntryField(snapshot.field(object!), true).list('routes');
      expect(route?.find('match', 'http')?.text('pathPrefix')).toBe('/a');
      expect(route?.at('destination')?.durationMs('requestTimeout')).toBe(3000);
      expect(route?.find('destination', 'requestHeaders')?.textMap('set')).toEqual({ 'x-a': `\${b}` });
    }
  });
});
