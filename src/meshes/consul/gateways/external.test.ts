import { describe, expect, it } from 'vitest';
import { consulBed } from '../../../../test/support/consul-bed.ts';

const outside = `kind = "service-defaults"
name = "ext"
protocol = "http"
destination { addresses = ["api.example.com"] port = 443 }`;

const gateway = (more = ''): string =>
  `kind = "terminating-gateway"\nname = "out"\nservices = [{ name = "ext" ${more} }]`;

const to = { host: 'api.example.com', port: 443 } as const;

describe('a host outside, behind a terminating gateway', () => {
  it('5.21 is known by its address, gets the Host as it is, and has 15 s to answer', () => {
    const bed = consulBed(outside, gateway());
    expect(bed.send('shop/web-v1', { to })).toMatchObject({
      decision: 'forwarded',
      timeoutMs: 15_000,
      backends: [{ service: 'api.example.com', port: 443 }],
    });
    expect(bed.codes).not.toContain('CONSUL111');
  });

  it('gets TLS of the gateway where that has an authority', () => {
    const { model } = consulBed(outside, gateway('ca_file = "/ca.pem" sni = "api.example.com"'));
    const [settings] = model.destinations.filter(({ target }) => target.service === 'api.example.com');
    expect(settings?.tls).toMatchObject({
      mode: { value: 'tls' },
      authorities: ['/ca.pem'],
      serverName: 'api.example.com',
    });
    expect(consulBed(outside, gateway()).model.destinations.some(({ tls }) => tls)).toBe(false);
  });

  it('is told where no gateway leads there, and where a gateway leads to what is not in the input', () => {
    expect(consulBed(outside).codes).toContain('CONSUL111');
    expect(consulBed(gateway()).codes).toContain('CONSUL111');
  });
});
