import type { Manifest } from '../../../adapter/adapter.ts';
import { approximated, refused, type Verdict } from '../../../adapter/disposition.ts';
import { digest } from '../../../base/digest.ts';
import { isSame } from '../../../base/same.ts';
import type { Protocol, Service } from '../../../model/inventory.ts';
import type { Model } from '../../../model/model.ts';
import { isHttp } from '../entries/defaults.ts';
import { everyone } from '../intentions/intention.ts';
import { usualEffect } from './access/plan.ts';
import { entryManifest } from './chain-plan.ts';
import type { Judging } from './judging.ts';

/** The terminating gateway that the chart deploys, if it is told to; it leads to what its entry names. */
const wayOut = 'terminating-gateway';

/**
 * A host outside: ServiceDefaults with a `destination`, and a terminating gateway that names it (agent/structs, 1.21; row
 * 5.21). Clients dial the host itself, on one port; what its gateway knows of TLS belongs to the gateway.
 */
export const externalVerdict = (service: Service, judging: Judging): Verdict<Service> => {
  const { id, hosts, addresses, ports, endpoints } = service;
  const [port, ...more] = ports;
  const no = (why: string) =>
    refused('egress-hosts', `host \`${id}\` is not made known: ${why}`, {
      workaround: 'write ServiceDefaults with a `destination`, and a terminating gateway that names it',
    });
  if (!port || more.length > 0) return no('it has one port, or an entry for each');
  if (port.protocol === 'udp') return no('datagrams are not carried');
  if (id.includes('*') || (port.targetPort ?? port.port) !== port.port) return no('it is dialled as it is');
  if (!isSame([...hosts, ...addresses], [id]) || endpoints.kind !== 'addresses' || !isSame(endpoints.addresses, [id]))
    return no('only its own name or address leads there');
  if (hasTls(id, judging)) return no('TLS towards it is not written, and it would be sent to in the clear');
  const protocol = carried(port.protocol);
  const value: Service = { ...plain(service), ports: [{ port: port.port, protocol }] };
  if (protocol === port.protocol) return 'applied';
  return approximated(value, 'egress-protocol', `what \`${id}\` is sent is carried as bytes`);
};

/** HTTP is told; everything else is bytes. */
const carried = (protocol: Protocol): Protocol => (isHttp(protocol) ? protocol : 'tcp');

const plain = ({ endpoints: _, ...service }: Service): Service => ({
  ...service,
  endpoints: { kind: 'addresses', addresses: [service.id] },
});

const hasTls = (id: string, { model }: Judging): boolean =>
  model.destinations.some(
    ({ target, tls }) => target.service === id && (tls?.mode.value === 'tls' || tls?.mode.value === 'mutual'),
  );

/** The services that are written, under names of their own. */
const named = (model: Model, { names }: Judging): readonly (readonly [string, Service])[] =>
  model.inventory.services
    .filter(({ external, evidence, endpoints }) => external && evidence === 'object' && endpoints.kind === 'addresses')
    .map(service => {
      const slug = service.id
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-+|-+$/g, '');
      const isTaken = slug === '' || names.named(slug).length > 0;
      return [isTaken ? `${slug}-${digest(service.id)}` : slug, service] as const;
    });

/** Hosts outside, the gateway that leads there, and who may go: everyone, where nobody may by default. */
export const externalManifests = (model: Model, judging: Judging): readonly Manifest[] => {
  const services = named(model, judging);
  if (services.length === 0) return [];
  const { namespace, defaults } = judging.target;
  const isClosed = usualEffect(model, defaults.access.value) === 'deny';
  return [
    ...services.flatMap(
      ([
        name,
        {
          id,
          namespace: home,
          ports: [port],
        },
      ]) => [
        entryManifest('ServiceDefaults', name, home, {
          protocol: port?.protocol ?? 'tcp',
          destination: { addresses: [id], port: port?.port },
        }),
        ...(isClosed
          ? [
              entryManifest('ServiceIntentions', name, home, {
                destination: { name },
                sources: [{ name: everyone, action: 'allow' }],
              }),
            ]
          : []),
      ],
    ),
    entryManifest('TerminatingGateway', wayOut, namespace, { services: services.map(([name]) => ({ name })) }),
  ];
};
