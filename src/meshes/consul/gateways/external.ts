import { written } from '../../../base/source.ts';
import type { DestinationSettings } from '../../../model/capabilities/destination.ts';
import type { UpstreamTls } from '../../../model/capabilities/upstream-tls.ts';
import type { Service } from '../../../model/inventory.ts';
import { usualSettings } from '../chain/settings.ts';
import { type Defaults, protocolIs } from '../entries/defaults.ts';
import type { EntryField } from '../entry-field.ts';
import { everyone } from '../intentions/intention.ts';
import { type Entry, entriesOf, type Reading, report } from '../reading.ts';
import { isRegistered } from '../services.ts';

/** What lies outside the mesh: hosts that entries make known, and TLS that a gateway opens towards them. */
export interface External {
  readonly services: readonly Service[];
  readonly destinations: readonly DestinationSettings[];
}

/**
 * Hosts outside, by `destination` of ServiceDefaults: clients dial the addresses themselves, and a terminating gateway that
 * names the service leads there. It opens TLS where it is given an authority (agent/xds/clusters.go, `injectTerminatingGatewayTLSContext`,
 * 1.21; the Host goes along as it is: observed, row 5.21).
 */
export const readExternal = (reading: Reading, defaults: Defaults): External => {
  const ways = entriesOf(reading, 'TerminatingGateway').flatMap(({ spec }) => {
    spec?.leave('deployment', 'how a gateway is run is not told');
    return (spec?.list('services') ?? []).map(field => {
      field.leave('disableAutoHostRewrite', 'the Host goes along as it is (observed)');
      field.leave('namespace', 'namespaces belong to the Enterprise edition');
      return { name: field.text('name'), field };
    });
  });
  const known = new Set<string>();
  const services: Service[] = [];
  const destinations: DestinationSettings[] = [];
  const outside = (name: string, found: readonly Service[]): void => {
    known.add(name);
    const way = ways.find(one => one.name === name) ?? ways.find(one => one.name === everyone);
    if (!way) {
      const message = `no terminating gateway leads to \`${name}\`: requests for it fail`;
      report(reading, 'CONSUL111', found[0]?.source, message);
      return;
    }
    const tls = tlsTo(way.field);
    if (!tls) return;
    for (const { id } of found) {
      const target = { service: id };
      destinations.push({
        id: `${name} through a gateway`,
        clients: { mesh: reading.mesh.id },
        target,
        ...usualSettings,
        tls,
      });
    }
  };
  for (const [name, entry] of defaults.services) {
    const found = serviceAt(entry, name, defaults);
    if (!found) continue;
    services.push(...found);
    outside(name, found);
  }
  for (const service of reading.inventory.services.filter(isRegistered)) outside(service.name, [service]);
  for (const { name, field } of ways) {
    if (name === undefined || name === everyone || known.has(name)) continue;
    report(reading, 'CONSUL111', field, `\`${name}\` is registered outside the input: how it is reached is not told`);
  }
  return { services, destinations };
};

const isAddress = (text: string): boolean => /^\d+(\.\d+){3}$/.test(text) || text.includes(':');

/** One for each address: each is dialled by itself. */
const serviceAt = (entry: Entry, name: string, defaults: Defaults): readonly Service[] | undefined => {
  const destination = entry.spec?.at('destination');
  const addresses = destination?.texts('addresses') ?? [];
  const port = destination?.number('port');
  if (!destination || addresses.length === 0) return undefined;
  const protocol = protocolIs(defaults, name) ?? 'tcp';
  return addresses.map(
    (address): Service => ({
      id: address,
      namespace: entry.namespace,
      name: address,
      hosts: isAddress(address) ? [] : [address],
      addresses: isAddress(address) ? [address] : [],
      ports: port === undefined ? [] : [{ port, protocol }],
      endpoints: { kind: 'addresses', addresses: [address] },
      external: true,
      headless: false,
      evidence: 'object',
      labels: {},
      annotations: {},
      source: destination,
    }),
  );
};

const tlsTo = (way: EntryField): UpstreamTls | undefined => {
  const authority = way.text('caFile') ?? secretOf(way);
  const serverName = way.text('sni');
  const clientCertificate = way.text('certFile');
  const clientKey = way.text('keyFile');
  if (authority === undefined) return undefined;
  return {
    mode: written(clientCertificate === undefined ? 'tls' : 'mutual', way),
    authorities: [authority],
    ...(serverName === undefined ? {} : { serverName }),
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
    ...(clientKey === undefined ? {} : { clientKey }),
    source: way,
  };
};

/** consul-k8s mounts a Secret for the files. */
const secretOf = (way: EntryField): string | undefined => {
  const name = way.find('secretRef')?.text('name');
  return name === undefined ? undefined : `secret:${name}`;
};
