import { unique } from '../../../base/order.ts';
import { meshDefault, type Setting, written } from '../../../base/source.ts';
import type { EgressDefault, Visibility } from '../../../model/capabilities/visibility.ts';
import type { Backend, Frontend } from '../../../model/frontend.ts';
import type { Gateway, Service } from '../../../model/inventory.ts';
import type { Reading } from '../reading.ts';
import { imported, knows } from './imports.ts';
import type { Import, Sidecar } from './sidecars.ts';

/** The status of requests to hosts that nobody knows, where they are refused (observed, rows 16.1, 18.7). */
export const deniedStatus = 502;

/**
 * What each client knows: what its Sidecar imports, and what the VirtualServices it imports lead to (pilot,
 * `collectImportedServices`, 1.31). Gateways have no Sidecar and know everything.
 */
export const readVisibility = (
  reading: Reading,
  sidecars: readonly Sidecar[],
  frontends: readonly Frontend[],
  gateways: readonly Gateway[],
): Visibility[] => {
  const statements = sidecars.map((sidecar): Visibility => {
    const inferred = [...imported(sidecar, frontends, reading.directory)].flatMap(f => destinationsOf(f, reading));
    const added = inferred.filter(service => !knows(sidecar, service)).flatMap(importOf);
    return {
      id: sidecar.id,
      clients: sidecar.clients,
      exposes: distinct([...sidecar.imports, ...added]),
      source: sidecar.spec,
    };
  });
  // Someone who knows everything needs no word about it, unless another one would be asked in their place.
  const last = statements.findLastIndex(({ exposes }) => !knowsAll(exposes));
  const needed = statements.slice(0, last + 1);
  const covered = gateways.filter(gateway =>
    needed.some(({ clients }) => clients.namespaces?.includes(gateway.podNamespace ?? gateway.namespace) ?? true),
  );
  return [
    ...covered.map(
      ({ id }): Visibility => ({
        id: `gateway ${id}`,
        clients: { gateway: id },
        exposes: [{ namespace: '*', host: '*' }],
      }),
    ),
    ...needed,
  ];
};

const knowsAll = (exposes: Visibility['exposes']): boolean =>
  exposes.some(({ namespace, host, port }) => namespace === '*' && host === '*' && port === undefined);

const distinct = (list: readonly Import[]): Import[] => [
  ...new Map(list.map(one => [`${one.namespace}/${one.host}:${one.port ?? ''}`, one])).values(),
];

const destinationsOf = ({ rules }: Frontend, { directory }: Reading): Service[] =>
  unique(rules.map(({ action }) => action))
    .flatMap(({ target, mirrors }): Backend[] => [
      ...(target.kind === 'forward' ? target.backends.map(({ backend }) => backend) : []),
      ...(mirrors ?? []).map(({ backend }) => backend),
    ])
    .flatMap(backend => (backend.kind === 'service' ? (directory.find(backend.service) ?? []) : []));

const importOf = ({ namespace, hosts: [host] }: Service): Import[] =>
  host === undefined ? [] : [{ namespace: namespace || '*', host }];

/**
 * What becomes of traffic to hosts that a client does not know: its Sidecar says so, or MeshConfig. Refused unless the
 * mode says otherwise, once a block is there at all: that is the API's zero value.
 */
export const readEgress = (reading: Reading, sidecars: readonly Sidecar[]): EgressDefault[] => {
  const { outboundTraffic } = reading.config;
  const isSaid =
    sidecars.some(({ spec }) => spec.has('outboundTrafficPolicy')) || outboundTraffic.origin !== 'proxyDefault';
  if (!isSaid) return [];
  return [
    ...sidecars.map(sidecar => egressOf(sidecar, outboundTraffic)),
    ...(outboundTraffic.origin === 'proxyDefault'
      ? []
      : [{ id: 'mesh', clients: { mesh: reading.mesh.id }, mode: outboundTraffic, deniedStatus }]),
  ];
};

const egressOf = ({ id, clients, spec }: Sidecar, otherwise: Setting<'allow' | 'deny'>): EgressDefault => {
  const policy = spec.at('outboundTrafficPolicy');
  if (!policy) return { id, clients, mode: meshDefault(otherwise.value, otherwise.source), deniedStatus };
  policy.isEmptyObject();
  const field = policy.at('mode');
  const mode = field?.asText() === 'ALLOW_ANY' ? 'allow' : 'deny';
  const proxy = policy.at('egressProxy');
  if (mode === 'deny') proxy?.leave('unknown hosts are refused, so nothing goes through it');
  const host = mode === 'allow' ? proxy?.text('host') : undefined;
  const port = host === undefined ? undefined : proxy?.find('port')?.number('number');
  const subset = host === undefined ? undefined : proxy?.text('subset');
  return {
    id,
    clients,
    mode: written(mode, field ?? policy),
    deniedStatus,
    ...(host === undefined
      ? {}
      : {
          through: {
            host,
            ...(port === undefined ? {} : { port }),
            ...(subset === undefined ? {} : { subset }),
          },
        }),
    source: policy,
  };
};
