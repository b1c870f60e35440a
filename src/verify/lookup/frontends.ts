import type { Frontend } from '../../model/frontend.ts';
import type { Protocol, Service } from '../../model/inventory.ts';
import { coversSender, type Sender } from './coverage.ts';
import { HostIndex, inOrder, type Ranked } from './host-index.ts';

/** How a proxy reads a connection: as HTTP, by its TLS server name only, or as bytes. */
export type Layer = 'http' | 'tls' | 'tcp';

const carries: Readonly<Record<Protocol, readonly Layer[]>> = {
  http: ['http'],
  http2: ['http'],
  grpc: ['http'],
  https: ['tls'],
  tls: ['tls'],
  // Bytes are what is left when nobody looks at the server name.
  tcp: ['tcp', 'tls'],
  udp: [],
  detect: ['http', 'tls', 'tcp'],
};

/** At a listener that ends TLS, what was HTTPS is HTTP and what was TLS is bytes. */
const carriesBehindTls: Readonly<Record<Protocol, readonly Layer[]>> = { ...carries, https: ['http'], tls: ['tcp'] };

/** What somebody dialled, as the frontends see it. */
export interface Dialled {
  readonly service?: Service;
  /** The host as asked, lower case, without a port. */
  readonly host: string;
  readonly port: number;
  readonly layer: Layer;
}

const everyName = '*';

/** Which route tables are in front of a name, a service or a listener, in the model's order. */
export class Frontends {
  private readonly byService = new Map<string, Ranked<Frontend>[]>();
  private readonly byHost = new HostIndex<Frontend>();
  private readonly byListener = new Map<string, HostIndex<Frontend>>();

  constructor(frontends: readonly Frontend[]) {
    frontends.forEach((frontend, rank) => {
      this.add(frontend, rank);
    });
  }

  private add(frontend: Frontend, rank: number): void {
    const { listens } = frontend;
    if (listens.kind === 'service') {
      const bucket = this.byService.get(listens.service);
      if (bucket) bucket.push({ rank, item: frontend });
      else this.byService.set(listens.service, [{ rank, item: frontend }]);
      return;
    }
    const index = listens.kind === 'hosts' ? this.byHost : this.atListener(listens.gateway, listens.listener);
    const hosts = listens.kind === 'listener' && listens.hosts.length === 0 ? [everyName] : listens.hosts;
    for (const host of hosts) index.add(host, rank, frontend);
  }

  /** The tables behind a listener, for whatever sender: all of them, or those for one host. */
  at(gateway: string, listener: string, host?: string): Frontend[] {
    const index = this.byListener.get(`${gateway} ${listener}`);
    if (!index) return [];
    return host === undefined ? index.all() : inOrder(index.buckets(host));
  }

  private atListener(gateway: string, listener: string): HostIndex<Frontend> {
    const key = `${gateway} ${listener}`;
    const existing = this.byListener.get(key);
    if (existing) return existing;
    const index = new HostIndex<Frontend>();
    this.byListener.set(key, index);
    return index;
  }

  /** Those that a sender's proxy finds for what it dialled. A wildcard for services takes a service by any of its names. */
  facing(dialled: Dialled, sender: Sender): Frontend[] {
    const { service, host, port, layer } = dialled;
    return this.about(service, host).filter(({ listens, protocol, clients }) => {
      if (listens.kind === 'listener') return false;
      if (listens.kind === 'hosts' && listens.servicesOnly && !service) return false;
      const onPort = listens.port === undefined || listens.port === port;
      return onPort && carries[protocol].includes(layer) && coversSender(clients, sender);
    });
  }

  /** Those before a service or a name, whoever asks and on whatever port. */
  about(service: Service | undefined, host: string): Frontend[] {
    const byHost = this.byHost.bucketsOfAny(host, service?.hosts ?? []);
    return inOrder(service ? [this.byService.get(service.id), ...byHost] : byHost);
  }

  /** Those behind a gateway's listener. Without a host (bytes, no server name) only tables for every host are found. */
  behind(listener: { gateway: string; name: string; endsTls: boolean }, dialled: Dialled, sender: Sender): Frontend[] {
    const table = listener.endsTls ? carriesBehindTls : carries;
    return this.at(listener.gateway, listener.name, dialled.host).filter(
      ({ protocol, clients }) => table[protocol].includes(dialled.layer) && coversSender(clients, sender),
    );
  }
}
