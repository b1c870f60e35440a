import { byText, unique } from '../../../base/order.ts';
import { type ListenerNeed, neededListener, referencedGateway } from '../../../model/referenced-gateway.ts';
import { type Reading, report } from '../reading.ts';
import { gatewayNames } from '../virtual-service/entry.ts';
import type { VirtualService } from '../virtual-service/virtual-service.ts';
import type { NativeGateway } from './gateways.ts';
import { podsOf, usualSelector } from './pods.ts';
import type { Server } from './servers.ts';

/**
 * The Gateways that VirtualServices name and a partial input does not hold. Each is taken to be there, run by the pods
 * that Istio installs, with servers that take the hosts of these VirtualServices: on the ports that their matches name,
 * and on any other port what is for all. ISTIO116 says so of each VirtualService. Where the input is whole there is no
 * such Gateway, and what is written for it acts nowhere (ISTIO108).
 */
export const referencedGateways = (
  reading: Reading,
  virtualServices: readonly VirtualService[],
  known: readonly NativeGateway[],
): NativeGateway[] => {
  if (reading.snapshot.extent === 'whole') return [];
  const ids = new Set(['mesh', ...known.map(({ id }) => id)]);
  const bound = virtualServices.filter(({ hosts }) => hosts.length > 0);
  const named = unique(bound.flatMap(({ gateways }) => gateways.filter(name => !ids.has(name))));
  return named.sort(byText).map(id =>
    gatewayFor(
      reading,
      id,
      bound.filter(({ gateways }) => gateways.includes(id)),
    ),
  );
};

const gatewayFor = (reading: Reading, id: string, virtualServices: readonly VirtualService[]): NativeGateway => {
  for (const { spec } of virtualServices) {
    const message = `Gateway \`${id}\` is not in the input; assumed: it takes these hosts, on every server`;
    report(reading, 'ISTIO116', spec.at('gateways') ?? spec, message);
  }
  const [namespace = '', name = ''] = id.split('/');
  const needs = sections.flatMap(carries => needsOf(carries, id, virtualServices));
  const { spec } = virtualServices[0]!;
  const source = spec.at('gateways') ?? spec;
  const pods = podsOf(reading.inventory, usualSelector, namespace, reading.mesh);
  return {
    id,
    pods,
    servers: needs.map(
      (need): Server => ({
        listener: neededListener(need),
        hosts: [{ host: '*' }],
        carries: need.carries,
        isAutomatic: false,
        field: source,
      }),
    ),
    selector: usualSelector,
    spec,
    model: {
      ...referencedGateway({ namespace, name }, needs, source),
      mesh: reading.mesh.id,
      labels: pods.labels,
      ...(pods.namespace === namespace ? {} : { podNamespace: pods.namespace }),
      ...(pods.serviceAccount === undefined ? {} : { serviceAccount: pods.serviceAccount }),
    },
  };
};

const sections = ['http', 'tls', 'tcp'] as const;

/** A listener for each port that matches name, and one for the rest if some rule names none. */
const needsOf = (
  carries: ListenerNeed['carries'],
  gateway: string,
  virtualServices: readonly VirtualService[],
): ListenerNeed[] => {
  const ports = new Map<number | undefined, ListenerNeed>();
  for (const vs of virtualServices) {
    for (const rule of vs.spec.list(carries)) {
      for (const port of portsOf(rule.list('match'), gateway, vs.namespace)) {
        const need = { carries, ...(port === undefined ? {} : { port }), source: rule };
        if (!ports.has(port)) ports.set(port, need);
      }
    }
  }
  return [...ports.values()].sort((a, b) => (a.port ?? 65_536) - (b.port ?? 65_536));
};

const portsOf = (
  matches: ReturnType<VirtualService['spec']['list']>,
  gateway: string,
  namespace: string,
): readonly (number | undefined)[] => {
  if (matches.length === 0) return [undefined];
  return matches.flatMap(match => {
    const names = gatewayNames(match, namespace) ?? [];
    return names.length > 0 && !names.includes(gateway) ? [] : [match.number('port')];
  });
};
