import type { Field } from '../../../base/field.ts';
import type { Gateway } from '../../../model/inventory.ts';
import { selects } from '../../../model/scope.ts';
import { namespaceOf } from '../../../native/snapshot.ts';
import { objectsOf, type Reading, report } from '../reading.ts';
import { type GatewayPods, podsOf } from './pods.ts';
import { readServers, type Server } from './servers.ts';

/** A Gateway with its servers and the pods that run it. */
export interface NativeGateway {
  /** `namespace/name`, as VirtualServices name it. */
  readonly id: string;
  readonly pods: GatewayPods;
  readonly servers: readonly Server[];
  readonly selector: Readonly<Record<string, string>>;
  readonly model: Gateway;
  readonly spec: Field;
}

/** All Gateways, older first. */
export const readGateways = (reading: Reading): NativeGateway[] =>
  objectsOf(reading, 'networking.istio.io', 'Gateway').flatMap(object => {
    const spec = reading.snapshot.field(object).at('spec');
    if (!spec) return [];
    const namespace = namespaceOf(object.ref);
    const selector = spec.textMap('selector') ?? {};
    const pods = podsOf(reading.inventory, selector, namespace, reading.mesh);
    if (pods.workloads.length === 0 && reading.snapshot.extent === 'whole') {
      report(reading, 'ISTIO106', spec.at('selector') ?? spec, 'no workload has the labels of the selector');
    }
    const servers = readServers(spec, namespace, pods.namespace);
    for (const { isAutomatic, field } of servers) {
      if (isAutomatic) report(reading, 'ISTIO107', field, 'what comes in here goes by names that the mesh makes up');
    }
    const id = `${namespace}/${object.ref.name}`;
    const model: Gateway = {
      id,
      namespace,
      name: object.ref.name,
      purpose: selector.istio === 'egressgateway' ? 'egress' : 'ingress',
      mesh: reading.mesh.id,
      labels: pods.labels,
      ...(pods.namespace === namespace ? {} : { podNamespace: pods.namespace }),
      ...(pods.serviceAccount === undefined ? {} : { serviceAccount: pods.serviceAccount }),
      listeners: servers.map(({ listener }) => listener),
      source: spec,
    };
    return [{ id, pods, servers, selector, model, spec }];
  });

/** Gateways that some pods run together: on one port they share what they know. */
export const sharing = (gateway: NativeGateway, all: readonly NativeGateway[]): NativeGateway[] =>
  all.filter(other => {
    if (other === gateway) return true;
    // What is only supposed to be there has no ports that are known to be shared.
    if (gateway.model.evidence === 'referenced' || other.model.evidence === 'referenced') return false;
    if (gateway.pods.workloads.length > 0) {
      return other.pods.workloads.some(id => gateway.pods.workloads.includes(id));
    }
    return selects(gateway.selector, other.selector) && selects(other.selector, gateway.selector);
  });
