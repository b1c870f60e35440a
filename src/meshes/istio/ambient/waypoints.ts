import type { ReadObject } from '../../../adapter/adapter.ts';
import type { Field } from '../../../base/field.ts';
import { type Finding, findingOf } from '../../../base/finding.ts';
import type { Gateway, Inventory, Listener, Namespace, Service, Workload } from '../../../model/inventory.ts';
import type { Mesh } from '../../../model/mesh.ts';
import { type Labels, selects } from '../../../model/scope.ts';
import { metadataOf, type NativeObject, namespaceOf, type Snapshot } from '../../../native/snapshot.ts';
import { istioFindings } from '../findings.ts';

const gatewayGroup = 'gateway.networking.k8s.io';
const waypointClass = 'istio-waypoint';
const waypointController = 'istio.io/mesh-controller';
const useWaypoint = 'istio.io/use-waypoint';
const ingressLabel = 'istio.io/ingress-use-waypoint';

/** What a waypoint stands before, by its label or that of its class: `service` if neither says. */
type TrafficType = 'service' | 'workload' | 'all' | 'none' | (string & {});

interface Waypoint {
  readonly gateway: Gateway;
  readonly trafficType: TrafficType;
  /** Whether services of a namespace may use it. */
  readonly admits: (namespace: string, labels: Labels) => boolean;
}

export interface WaypointsFound {
  readonly inventory: Inventory;
  readonly findings: readonly Finding[];
  readonly objects: readonly ReadObject[];
}

/**
 * Adds the waypoints, which are Gateways of class `istio-waypoint`, and notes which services they stand before: those
 * with the label `istio.io/use-waypoint`, on the Service or else on its namespace (Istio 1.31, ambient/waypoints.go).
 */
export const addWaypoints = (inventory: Inventory, snapshot: Snapshot, mesh: Mesh): WaypointsFound => {
  const objects = waypointObjects(snapshot);
  const waypoints = new Map(objects.map(object => [idOf(object), readWaypoint(snapshot, object, mesh)]));
  const findings: Finding[] = [];
  const namespaces = new Map(inventory.namespaces.map(namespace => [namespace.name, namespace]));
  const attach = (service: Service): Service => {
    const wanted = wantedBy(service, namespaces.get(service.namespace));
    if (!wanted) return service;
    let waypoint = waypoints.get(wanted.id);
    if (!waypoint && snapshot.extent === 'partial') {
      waypoint = mentioned(wanted.id, mesh);
      waypoints.set(wanted.id, waypoint);
    }
    const why = whyNot(waypoint, service, namespaces.get(service.namespace));
    if (waypoint && why === undefined) {
      return { ...service, waypoint: wanted.id, ...atIngress(service, namespaces.get(service.namespace)) };
    }
    const message = `\`${service.id}\` asks for the waypoint \`${wanted.id}\` and gets none: ${why}`;
    const at = wanted.on.source && { object: wanted.on.source.object, path: `metadata.labels["${useWaypoint}"]` };
    findings.push(findingOf(istioFindings, 'ISTIO305', at, message));
    return service;
  };
  const services = inventory.services.map(attach);
  findings.push(...inventory.workloads.flatMap(waypointOfPods));
  const found = [...waypoints.values()].map(({ gateway }) => gateway);
  const ids = new Set(found.map(({ id }) => id));
  const others = inventory.gateways.filter(({ id }) => !ids.has(id));
  return {
    inventory: { ...inventory, services, gateways: [...others, ...found] },
    findings,
    objects: objects.map(object => ({ object, body: ['spec'] })),
  };
};

const idOf = ({ ref }: NativeObject): string => `${namespaceOf(ref)}/${ref.name}`;

/** The classes whose Gateways are waypoints: Istio's own, and those that name its controller for them. */
const waypointObjects = (snapshot: Snapshot): readonly NativeObject[] => {
  const classes = new Set([waypointClass]);
  for (const object of snapshot.of(gatewayGroup, 'GatewayClass')) {
    const controller = snapshot.field(object).find('spec')?.text('controllerName');
    if (controller === waypointController) classes.add(object.ref.name);
  }
  return snapshot
    .of(gatewayGroup, 'Gateway')
    .filter(object => classes.has(snapshot.field(object).find('spec')?.text('gatewayClassName') ?? ''));
};

/** Its pods run under an account of the Gateway's name, unless an annotation names another. */
const readWaypoint = (snapshot: Snapshot, object: NativeObject, mesh: Mesh): Waypoint => {
  const { labels, annotations } = metadataOf(object);
  const spec = snapshot.field(object).at('spec');
  const className = spec?.text('gatewayClassName') ?? '';
  const parent = snapshot.find(gatewayGroup, 'GatewayClass', undefined, className);
  const listeners = spec?.list('listeners') ?? [];
  const gateway: Gateway = {
    ...mentioned(idOf(object), mesh).gateway,
    serviceAccount: annotations['gateway.istio.io/service-account'] ?? object.ref.name,
    listeners: listeners.map(readListener),
    source: spec ?? { object: object.ref, path: '' },
  };
  const trafficType =
    labels['istio.io/waypoint-for'] ?? (parent && metadataOf(parent).labels['istio.io/waypoint-for']) ?? 'service';
  return { gateway, trafficType, admits: admission(listeners, gateway.namespace) };
};

/** A waypoint that a label names and the input does not hold. */
const mentioned = (id: string, mesh: Mesh): Waypoint => {
  const [namespace = '', name = ''] = id.split('/');
  return {
    gateway: {
      id,
      namespace,
      name,
      purpose: 'waypoint',
      mesh: mesh.id,
      labels: { 'gateway.networking.k8s.io/gateway-name': name },
      serviceAccount: name,
      listeners: [],
    },
    trafficType: 'service',
    admits: () => true,
  };
};

/** HBONE is HTTP/2 inside mesh mTLS. */
const readListener = (field: Field): Listener => {
  const protocol = field.text('protocol');
  return {
    name: field.text('name') ?? '',
    port: field.number('port') ?? 15008,
    protocol: 'http2',
    hosts: [],
    ...(protocol === 'HBONE' ? { tls: { mode: 'meshMutual', certificates: [] } } : {}),
    source: field,
  };
};

/** The HBONE listener says which namespaces may use the waypoint; its own only, if it says nothing. */
const admission = (listeners: readonly Field[], own: string): Waypoint['admits'] => {
  const hbone = listeners.find(field => field.text('protocol') === 'HBONE' && field.number('port') === 15008);
  const allowed = hbone?.find('allowedRoutes', 'namespaces');
  const from = allowed?.text('from') ?? 'Same';
  const matchLabels = allowed?.find('selector')?.textMap('matchLabels');
  if (from === 'All') return () => true;
  if (from === 'Selector') return (_, labels) => selects(matchLabels, labels);
  return namespace => namespace === own;
};

interface Wanted {
  readonly id: string;
  readonly on: Service | Namespace;
}

/**
 * Pods may ask for a waypoint too: it stands before what is sent to their own addresses, and before no service (Istio 1.31,
 * `istio.io/waypoint-for`). A request to an address of a pod is nothing that the model can ask.
 */
const waypointOfPods = ({ id, namespace, labels, source }: Workload): readonly Finding[] => {
  const name = labels[useWaypoint] ?? '';
  if (name === '' || name === 'none') return [];
  const waypoint = `${labels[`${useWaypoint}-namespace`] ?? namespace}/${name}`;
  const message = `the pods of \`${id}\` ask for the waypoint \`${waypoint}\`, which only what is sent to their addresses passes`;
  return [findingOf(istioFindings, 'ISTIO310', source, message)];
};

/** The Services of waypoints and east-west gateways, by what manages them. */
const ownServices = new Set(['istio.io-mesh-controller', 'istio.io-eastwest-controller']);

/** `none` on the Service opts out of what its namespace says; waypoints' own Services never use one. */
const wantedBy = (service: Service, namespace: Namespace | undefined): Wanted | undefined => {
  if (ownServices.has(service.labels['gateway.istio.io/managed'] ?? '')) return undefined;
  for (const on of [service, namespace]) {
    const name = on?.labels[useWaypoint];
    if (!on || name === undefined) continue;
    if (name === 'none' || name === '') return undefined;
    return { id: `${on.labels[`${useWaypoint}-namespace`] ?? service.namespace}/${name}`, on };
  }
  return undefined;
};

/** Gateways go past waypoints unless the Service, or its namespace, says otherwise. */
const atIngress = (service: Service, namespace: Namespace | undefined): Pick<Service, 'waypointAtIngress'> => {
  const asked = service.labels[ingressLabel] ?? namespace?.labels[ingressLabel] ?? 'false';
  return /^(1|t|true)$/i.test(asked) ? { waypointAtIngress: true } : {};
};

const whyNot = (
  waypoint: Waypoint | undefined,
  service: Service,
  namespace: Namespace | undefined,
): string | undefined => {
  if (!waypoint) return 'there is no such Gateway';
  if (!['service', 'all'].includes(waypoint.trafficType)) return `it is for \`${waypoint.trafficType}\` traffic`;
  if (waypoint.admits(service.namespace, namespace?.labels ?? {})) return undefined;
  return `it does not admit namespace \`${service.namespace}\``;
};
