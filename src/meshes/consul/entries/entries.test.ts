import { describe, expect, it } from 'vitest';
import { consulBed } from '../../../../test/support/consul-bed.ts';

const defaults = (words: string): string => `kind = "service-defaults"\nname = "back"\nprotocol = "http"\n${words}`;

describe('what entries say beside routes', () => {
  it('is in the model where proxies write down what they carry', () => {
    const logs = 'kind = "proxy-defaults"\nname = "global"\naccess_logs { enabled = true type = "file" path = "/log" }';
    expect(consulBed(logs).model.telemetry).toMatchObject([{ accessLog: { enabled: true, providers: ['file /log'] } }]);
    expect(consulBed().model.telemetry).toEqual([]);
  });

  it('is told where a path is open to everyone', () => {
    const exposed = consulBed(defaults('expose { paths = [{ path = "/metrics" listener_port = 20200 }] }'));
    const [told] = exposed.findings.filter(({ code }) => code === 'CONSUL213');
    expect(told?.message).toBe('anyone reaches /metrics of `back` in plaintext');
    expect(told?.path).toBe('expose');
  });

  it('is not understood where it is raw configuration of upstreams', () => {
    const raw = defaults('upstream_config { defaults { envoy_cluster_json = "{}" } }');
    expect(consulBed(raw).model.opaque).toMatchObject([{ what: '`envoyClusterJSON` of the upstreams of back' }]);
  });

  it('0.10 the permissive mode takes plaintext only where traffic is led into the proxy', () => {
    const mesh = 'kind = "mesh"\nallow_enabling_permissive_mutual_tls = true';
    const status = (mode: string) =>
      consulBed(mesh, defaults(`mutual_tls_mode = "permissive" mode = "${mode}"`)).send('outside', {
        to: { service: 'shop/back', port: 80 },
      }).decision;
    expect([status('transparent'), status('direct')]).toEqual(['forwarded', 'reset']);
  });
});
