import { type Disposition, refused } from '../../../adapter/disposition.ts';
import { unique } from '../../../base/order.ts';
import type { AccessPolicy, AccessRule } from '../../../model/capabilities/access.ts';
import type { Frontend } from '../../../model/frontend.ts';
import { containerPort, type Service, type ServicePort } from '../../../model/inventory.ts';
import type { Model } from '../../../model/model.ts';
import { selects } from '../../../model/scope.ts';

/** What becomes of ports that were said to carry bytes, and at whose first bytes Linkerd looks. */
export const detectedPorts = (model: Model, expected: Model): readonly Disposition[] => [
  ...unroutedHttp(model, expected),
  ...admittedHttp(model, expected),
];

/**
 * Tables for bytes on ports that were said to carry them, and where Linkerd looks at the first bytes: what looks like
 * HTTP there does not go by a TCPRoute (policy-controller outbound index, `AppProtocol`, 2.20). One disposition for each
 * table. `expected` has the ports as Linkerd reads them.
 */
const unroutedHttp = (model: Model, expected: Model): readonly Disposition[] => {
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

/**
 * Rules that let requests in let no bytes in; on a port whose bytes turn out to be HTTP they do. One disposition for each
 * policy.
 */
const admittedHttp = (model: Model, expected: Model): readonly Disposition[] => {
  const after = servicesOf(expected);
  const detected = model.inventory.services.flatMap(service =>
    service.ports.flatMap((port): readonly Detected[] => {
      const now = after.get(service.id)?.ports.find(own => own.port === port.port);
      return port.protocol === 'tcp' && now?.protocol === 'detect' ? [{ service, port }] : [];
    }),
  );
  return expected.access.flatMap((policy): Disposition[] => {
    if (!policy.rules.some(admitsRequests)) return [];
    const ports = unique(detected.filter(one => mayGuard(policy, one, expected)).map(({ port }) => port.port));
    if (ports.length === 0) return [];
    const { loss } = refused(
      'protocol-detected',
      `what looks like HTTP on port ${ports.join(', ')} is let in as a request, where it was bytes`,
      {
        severity: 'security',
        workaround: 'mark the port opaque with config.linkerd.io/opaque-ports on the Service and its pods',
      },
    );
    const place = { capability: 'access-request', subject: policy.id, leaf: 'data plane.protocols' } as const;
    return [{ ...place, result: 'refused', loss, ...(policy.source ? { source: policy.source } : {}) }];
  });
};

interface Detected {
  readonly service: Service;
  readonly port: ServicePort;
}

/** Whether somebody is let in by what is asked of requests, and not by bytes. */
const admitsRequests = ({ effect, clauses }: AccessRule): boolean =>
  effect === 'allow' &&
  clauses.some(
    ({ conditions, request }) =>
      request !== undefined ||
      conditions.some(({ attribute, whenNotHttp }) => attribute.startsWith('request.') && whenNotHttp === 'fails'),
  );

const mayGuard = ({ scope }: AccessPolicy, { service, port }: Detected, { inventory }: Model): boolean => {
  const { endpoints } = service;
  if (endpoints.kind !== 'pods' || (scope.namespaces && !scope.namespaces.includes(endpoints.namespace))) return false;
  const behind = inventory.workloads.filter(
    ({ namespace, labels }) => namespace === endpoints.namespace && selects(endpoints.labels, labels),
  );
  if (behind.length === 0) return true;
  return behind.some(workload => {
    const number = containerPort(port, workload);
    return (
      selects(scope.labels, workload.labels) && (!scope.ports || (number !== undefined && scope.ports.includes(number)))
    );
  });
};

const servicesOf = ({ inventory }: Model): ReadonlyMap<string, Service> =>
  new Map(inventory.services.map(service => [service.id, service]));

/** The ports of the Service that a table listens on, as a mesh reads them. */
const portsOf = ({ listens }: Frontend, services: ReadonlyMap<string, Service>): readonly ServicePort[] =>
  listens.kind === 'service'
    ? (services.get(listens.service)?.ports ?? []).filter(({ port }) => (listens.port ?? port) === port)
    : [];
