import { type Disposition, refused } from '../../../adapter/disposition.ts';
import type { Frontend } from '../../../model/frontend.ts';
import type { Service, ServicePort } from '../../../model/inventory.ts';
import type { Model } from '../../../model/model.ts';

/**
 * Tables for bytes on ports that were said to carry them, and where Linkerd looks at the first bytes: what looks like
 * HTTP there does not go by a TCPRoute (policy-controller outbound index, `AppProtocol`, 2.20). One disposition for each
 * table. `expected` has the ports as Linkerd reads them.
 */
export const detectedPorts = (model: Model, expected: Model): readonly Disposition[] => {
  const [before, after] = [servicesOf(model), servicesOf(expected)];
  return expected.frontends.flatMap((frontend): Disposition[] => {
    const { id, source, protocol } = frontend;
    if (protocol !== 'tcp') return [];
    const declared = portsOf(frontend, before).filter(port => port.protocol === 'tcp');
    const detected = portsOf(frontend, after).flatMap(({ port, protocol: now }) => (now === 'detect' ? port : []));
    const ports = declared.flatMap(({ port }) => (detected.includes(port) ? port : []));
    if (ports.length === 0) return [];
    const { loss } = refused(
      'protocol-detected',
      `what looks like HTTP on port ${ports.join(', ')} goes by no TCP route`,
      {
        workaround: 'mark the port opaque with config.linkerd.io/opaque-ports on the Service and its pods',
      },
    );
    const place = { capability: 'tcp-route', subject: id, leaf: 'data plane.protocols' } as const;
    return [{ ...place, result: 'refused', loss, ...(source ? { source } : {}) }];
  });
};

const servicesOf = ({ inventory }: Model): ReadonlyMap<string, Service> =>
  new Map(inventory.services.map(service => [service.id, service]));

/** The ports of the Service that a table listens on, as a mesh reads them. */
const portsOf = ({ listens }: Frontend, services: ReadonlyMap<string, Service>): readonly ServicePort[] =>
  listens.kind === 'service'
    ? (services.get(listens.service)?.ports ?? []).filter(({ port }) => (listens.port ?? port) === port)
    : [];
