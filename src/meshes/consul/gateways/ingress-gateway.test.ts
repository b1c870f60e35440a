import { describe, expect, it } from 'vitest';
import { bareBed, consulBed, intentions, l4, route as routeOf, router } from '../../../../test/support/consul-bed.ts';
import type { Bed, BedAsk } from '../../../../test/support/istio-bed.ts';

const gateway = (services: string, protocol = 'http', more = ''): string =>
  `kind = "ingress-gateway"\nname = "in"\n${more}
listeners = [{ port = 8080 protocol = "${protocol}" services = [${services}] }]`;

const send = (bed: Bed, host: string, ask: BedAsk = {}) =>
  bed.send('outside', { via: 'default/in', to: { host, port: 8080 }, ...ask });

describe('an ingress gateway', () => {
  const bed = consulBed(gateway('{ name = "back" hosts = ["a.example"] }, { name = "other" }'));

  it('leads to services by their hosts, or by the name that DNS gives them', () => {
    expect(send(bed, 'a.example').backends[0]?.service).toBe('shop/back');
    expect(send(bed, 'other.ingress.consul').backends[0]?.service).toBe('shop/other');
    expect(send(bed, 'b.example').status).toBe(404);
  });

  it('leads to every service where everyone is named', () => {
    expect(send(consulBed(gateway('{ name = "*" }')), 'lim.ingress.consul').backends[0]?.service).toBe('shop/lim');
  });

  it('goes through the router of the service', () => {
    const routed = consulBed(gateway('{ name = "back" hosts = ["*"] }'), router(routeOf('path_prefix = "/o"')));
    expect(send(routed, 'a.example', { path: '/o' }).backends[0]).toMatchObject({ service: 'shop/other', port: 80 });
    expect(send(routed, 'a.example').backends[0]).toMatchObject({ service: 'shop/back', port: 80 });
  });

  it('goes by its own name', () => {
    const denied = consulBed(gateway('{ name = "back" hosts = ["*"] }'), intentions('back', l4('in', 'deny')));
    expect(send(denied, 'a.example').status).toBe(403);
  });

  it('passes on bytes to one service', () => {
    const tcp = bareBed(gateway('{ name = "back" }', 'tcp'));
    expect(send(tcp, 'a.example', { protocol: 'tcp' }).backends[0]?.service).toBe('shop/back');
  });

  it('is told about a service that carries something else', () => {
    expect(bareBed(gateway('{ name = "back" hosts = ["*"] }')).codes).toContain('CONSUL101');
  });

  it('ends TLS where it is told to', () => {
    const [sealed] = consulBed(gateway('{ name = "back" hosts = ["a.example"] }', 'http', 'tls { enabled = true }'))
      .model.inventory.gateways;
    expect(sealed?.listeners[0]).toMatchObject({ protocol: 'https', tls: { mode: 'terminate' } });
  });

  it('has limits of its own for what it sends to', () => {
    const limited = consulBed(gateway('{ name = "back" hosts = ["*"] max_connections = 2 }'));
    const own = limited.model.destinations.find(({ clients }) => clients.gateway === 'default/in');
    expect(own?.connectionLimits?.maxConnections?.value).toBe(2);
  });
});
