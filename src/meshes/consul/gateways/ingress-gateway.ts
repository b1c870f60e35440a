import { written } from '../../../base/source.ts';
import type { DestinationSettings } from '../../../model/capabilities/destination.ts';
import type { Action, Frontend } from '../../../model/frontend.ts';
import type { Gateway, Listener, ListenerTls, Protocol, Service } from '../../../model/inventory.ts';
import { hostGroups } from '../../../native/gateway-api/gateway-frontends.ts';
import { readEdits, Table } from '../chain/frontends.ts';
import { inTurn } from '../chain/header-edits.ts';
import { type Blocks, readLimits, readOutliers, settings } from '../chain/upstream-config.ts';
import { isHttp } from '../entries/defaults.ts';
import { leaveTenancy } from '../entries/untold.ts';
import type { EntryField } from '../entry-field.ts';
import { everyone } from '../intentions/intention.ts';
import { type Entry, entriesOf, report } from '../reading.ts';
import { gatewayOf } from './api-gateway.ts';
import type { Edge } from './edge.ts';
import { fromGateway, type RouteReading } from './http-route.ts';

/** A service that a listener leads to, under its host names. */
interface Exposed {
  readonly service: Service;
  readonly name: string;
  readonly hosts: readonly string[];
  readonly field: EntryField;
}

/**
 * Ingress gateways, the older kind, which Consul takes out of use. A listener leads to services by Host, each with all of its
 * own chain: its router too (agent/xds/routes.go `routesForIngressGateway`, 1.21; documented, not tried).
 */
export const readIngressGateways = (context: RouteReading, protocolOf: (name: string) => Protocol): Edge => {
  const read = entriesOf(context.reading, 'IngressGateway').map(
    entry => new IngressGateway(entry, context, protocolOf),
  );
  return {
    gateways: read.map(gateway => gateway.model()),
    frontends: read.flatMap(gateway => gateway.frontends()),
    destinations: read.flatMap(gateway => gateway.destinations()),
  };
};

class IngressGateway {
  private readonly entry: Entry;
  private readonly context: RouteReading;
  private readonly protocolOf: (name: string) => Protocol;
  private readonly id: string;
  /** By listener; each is read once, so that what is wrong with it is told once. */
  private readonly known = new Map<EntryField['field'], readonly Exposed[]>();

  constructor(entry: Entry, context: RouteReading, protocolOf: (name: string) => Protocol) {
    this.entry = entry;
    this.context = context;
    this.protocolOf = protocolOf;
    this.id = `${entry.namespace}/${entry.name}`;
  }

  model(): Gateway {
    const listeners = this.listeners().map(([listener]) => listener);
    return gatewayOf(this.context.reading, this.entry, listeners);
  }

  frontends(): readonly Frontend[] {
    return this.listeners().flatMap(([listener, field]) => {
      const exposed = this.exposed(listener, field);
      const groups = hostGroups(
        exposed.flatMap(({ hosts }) => hosts),
        host => exposed.filter(({ hosts }) => hosts.includes(host)),
      );
      return groups.flatMap(hosts => {
        const one = exposed.find(candidate => candidate.hosts.includes(hosts[0] ?? everyone));
        return one ? [this.table(listener, hosts, one)] : [];
      });
    });
  }

  /** Limits and health checks of a service come before those of the gateway. */
  destinations(): readonly DestinationSettings[] {
    const usual = blocksOf(this.entry.spec?.at('defaults'));
    return this.listeners().flatMap(([listener, field]) =>
      this.exposed(listener, field).flatMap(({ service, field: own }) => {
        const blocks = { ...usual, ...blocksOf(own) };
        const clients = { mesh: this.context.reading.mesh.id, gateway: this.id };
        if (Object.keys(blocks).length === 0) return [];
        return [settings(`${this.id} to ${service.id}`, clients, { service: service.id }, blocks, [])];
      }),
    );
  }

  private listeners(): readonly (readonly [Listener, EntryField])[] {
    const common = this.entry.spec?.at('tls');
    return (this.entry.spec?.list('listeners') ?? []).flatMap(field => {
      const port = field.number('port');
      if (port === undefined) return [];
      const carries = field.text('protocol')?.toLowerCase() ?? 'tcp';
      const carriesHttp = carries !== 'tcp';
      const tls = readTls(field.at('tls')) ?? readTls(common);
      const protocol = tls ? (carriesHttp ? 'https' : 'tls') : carriesHttp ? 'http' : 'tcp';
      return [[{ name: `port-${port}`, port, protocol, hosts: [], ...(tls ? { tls } : {}), source: field }, field]];
    });
  }

  private exposed(listener: Listener, field: EntryField): readonly Exposed[] {
    const known = this.known.get(field.field) ?? this.readServices(listener, field);
    this.known.set(field.field, known);
    return known;
  }

  private readServices(listener: Listener, field: EntryField): readonly Exposed[] {
    const { reading } = this.context;
    return field.list('services').flatMap(own => {
      const name = own.text('name');
      leaveTenancy(own);
      own.leave('tls', 'which certificate is shown for a host is not told');
      if (name === undefined) return [];
      const names = name === everyone ? reading.services.all() : [name];
      return names.flatMap((each): readonly Exposed[] => {
        const service = reading.services.resolve(each, this.entry.namespace);
        if (!service) {
          report(reading, 'CONSUL103', own, `\`${each}\` is no service of the cluster`);
          return [];
        }
        if (isHttp(this.protocolOf(each)) !== carriesRequests(listener)) {
          if (name !== everyone)
            report(
              reading,
              'CONSUL101',
              own,
              `\`${each}\` carries ${this.protocolOf(each)}, and the listener does not`,
            );
          return [];
        }
        return [{ service, name: each, hosts: this.hostsOf(each, own, listener), field: own }];
      });
    });
  }

  /** Without hosts, the names that Consul's DNS gives it: `web.ingress.consul`, in the usual domain. */
  private hostsOf(name: string, own: EntryField, listener: Listener): readonly string[] {
    if (!carriesRequests(listener)) return [everyone];
    const hosts = own.texts('hosts')?.map(host => host.toLowerCase()) ?? [];
    if (hosts.length > 0) return hosts;
    return [`${name}.ingress.consul`, `${name}.ingress.${this.context.reading.plane.datacenter}.consul`];
  }

  private table(listener: Listener, hosts: readonly string[], { service, name, field }: Exposed): Frontend {
    const { reading, entries, chain } = this.context;
    const rules = new Table(reading, entries, chain, this.protocolOf, name).rules(
      service,
      fromGateway(service.namespace),
    );
    const id = `${this.id}:${listener.name}/${hosts.join(',')}`;
    return {
      id,
      listens: {
        kind: 'listener',
        gateway: this.id,
        listener: listener.name,
        hosts: hosts.filter(host => host !== everyone),
      },
      protocol: carriesRequests(listener) ? 'http' : 'tcp',
      clients: { mesh: reading.mesh.id, gateway: this.id },
      rules: rules.map(rule => ({ ...rule, action: edited(rule.action, field) })),
      noMatch: { kind: 'respond', status: 404 },
      source: field,
    };
  }
}

const carriesRequests = ({ protocol }: Listener): boolean => protocol === 'http' || protocol === 'https';

/** A certificate of Consul's own authority, unless a service hands out another one. */
const readTls = (field: EntryField | undefined): ListenerTls | undefined => {
  if (!field) return undefined;
  const certificate = field.find('sds')?.text('certResource');
  field.find('sds')?.leave('clusterName', 'who hands out certificates is not told');
  if (field.boolean('enabled') !== true && certificate === undefined) return undefined;
  const [min, max, ciphers] = [field.text('tlsMinVersion'), field.text('tlsMaxVersion'), field.texts('cipherSuites')];
  return {
    mode: 'terminate',
    certificates: [certificate ?? 'consul'],
    ...(min === undefined ? {} : { minVersion: written(min, field.at('tlsMinVersion')) }),
    ...(max === undefined ? {} : { maxVersion: written(max, field.at('tlsMaxVersion')) }),
    ...(ciphers && ciphers.length > 0 ? { ciphers } : {}),
    source: field,
  };
};

const blocksOf = (field: EntryField | undefined): Blocks => {
  if (!field) return {};
  const { source: _, ...limits } = readLimits(field);
  const health = field.at('passiveHealthCheck');
  return {
    ...(Object.keys(limits).length > 0 ? { limits: { ...limits, source: field } } : {}),
    ...(health ? { outliers: readOutliers(health) } : {}),
  };
};

/** What is said for a service at the gateway is done after what its routes do. */
const edited = (action: Action, field: EntryField): Action => {
  const { requestHeaders, responseHeaders } = readEdits(field);
  const [request, response] = [
    inTurn(action.requestHeaders, requestHeaders),
    inTurn(action.responseHeaders, responseHeaders),
  ];
  return {
    ...action,
    ...(request ? { requestHeaders: request } : {}),
    ...(response ? { responseHeaders: response } : {}),
  };
};
