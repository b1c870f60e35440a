import type { ReadInput, ReadObject, ReadResult } from '../../adapter/adapter.ts';
import { type Finding, findingOf } from '../../base/finding.ts';
import { groupBy } from '../../base/order.ts';
import { ServiceDirectory } from '../../model/directory.ts';
import type { Frontend } from '../../model/frontend.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { Mesh } from '../../model/mesh.ts';
import type { ModelPart } from '../../model/model.ts';
import { readBackendTls } from '../../native/gateway-api/backend-tls.ts';
import { gatewayFrontends, isListenerParent } from '../../native/gateway-api/gateway-frontends.ts';
import { type RoutedGateway, readGateways } from '../../native/gateway-api/gateways.ts';
import { experimentalGroup, gatewayGroup } from '../../native/gateway-api/kinds.ts';
import { specificationProfile } from '../../native/gateway-api/profile.ts';
import { type GatewayApiReading, startReading } from '../../native/gateway-api/reading.ts';
import { referencedGateways } from '../../native/gateway-api/referenced-gateways.ts';
import { isService, type ParentReference, readRoutes } from '../../native/gateway-api/route.ts';
import { serviceFrontends } from '../../native/gateway-api/service-frontends.ts';
import { leaveUntaken } from '../../native/gateway-api/untaken-parents.ts';
import type { NativeObject, Snapshot } from '../../native/snapshot.ts';
import { adapterFindings } from './findings.ts';
import { type Implementation, implementationOf, unknownImplementation } from './implementations.ts';

/**
 * Gateways with their routes, whoever runs them; and routes on Services, unless a mesh that reads them itself is there
 * (Gateway API does not say which mesh a route is for, and each mesh has its own way with them).
 */
export const read = ({ snapshot, inventory, meshes, others }: ReadInput): ReadResult => {
  const directory = new ServiceDirectory(inventory);
  const reading = startReading(snapshot, directory, specificationProfile);
  const routes = readRoutes(reading);
  leaveUntaken(routes, reading, parent => isUntaken(parent, others));
  const { gateways, frontends } = readIngress(reading, inventory, routes, others);
  const destinations = readBackendTls(reading, gateways);
  const [mesh] = meshes;
  const onServices = routes.some(route => route.parents.some(isService));
  const isOurs = mesh !== undefined && onServices && others.length === 0;
  const part: ModelPart = {
    meshes: isOurs ? [mesh] : [],
    frontends: [...frontends, ...(isOurs ? serviceFrontends(routes, reading, { mesh: mesh.id }) : [])],
    destinations,
  };
  const members = isOurs ? joinAll(inventory, mesh) : inventory;
  const assumed = isOurs ? routes.find(route => route.parents.some(isService)) : undefined;
  return {
    inventory: {
      ...members,
      services: directory.services(),
      gateways: [...inventory.gateways, ...gateways.map(({ model }) => model)],
    },
    part,
    findings: [
      ...(assumed
        ? [
            findingOf(
              adapterFindings,
              'GWAPI101',
              assumed.object.ref,
              'no mesh is seen that honours routes on Services',
            ),
          ]
        : []),
      ...reading.findings,
      ...reportedKinds(snapshot).map(experimental),
    ],
    objects: [
      ...reading.objects.map(asRead),
      ...reportedKinds(snapshot).map(asRead),
      ...snapshot.of(gatewayGroup, 'GatewayClass').map(asRead),
    ],
  };
};

/** What is neither a Gateway nor a Service. A mesh that is there has kinds of its own, of which it speaks itself. */
const isUntaken = (parent: ParentReference, others: readonly Mesh[]): boolean =>
  !isService(parent) && !isListenerParent(parent) && (others.length === 0 || isOfKubernetes(parent.group));

const isOfKubernetes = (group: string): boolean => group === '' || group.endsWith('k8s.io');

const asRead = (object: NativeObject): ReadObject => ({ object, body: ['spec'] });

/** Kinds whose meaning may still change, or that carry what no request of the model is made of (UDP). */
const reportedKinds = (snapshot: Snapshot): readonly NativeObject[] => [
  ...snapshot.of(gatewayGroup, 'UDPRoute'),
  ...['XBackendTrafficPolicy', 'XBackend', 'XMesh', 'XListenerSet'].flatMap(kind =>
    snapshot.of(experimentalGroup, kind),
  ),
];

const experimental = ({ ref }: NativeObject): Finding =>
  findingOf(adapterFindings, 'GWAPI102', ref, `\`${ref.kind}\` is reported and not acted on`);

interface Ingress {
  readonly gateways: readonly RoutedGateway[];
  readonly frontends: readonly Frontend[];
}

/** Gateways by who runs them, because each implementation has its own way with routes. */
const readIngress = (
  reading: GatewayApiReading,
  inventory: Inventory,
  routes: ReturnType<typeof readRoutes>,
  others: readonly Mesh[],
): Ingress => {
  const { snapshot } = reading;
  const implementations = new Map<string, Implementation>();
  const of = (className: string): Implementation => {
    const known = implementations.get(className) ?? implementationOf(className, snapshot, others);
    implementations.set(className, known);
    return known;
  };
  const all = readGateways(reading, {
    namespaces: inventory.namespaces,
    takes: className => !isRunBy(of(className), others),
  });
  for (const { object, className } of all) {
    if (of(className) === unknownImplementation) {
      snapshot.field(object).find('spec', 'gatewayClassName')?.leave('says who runs the gateway, not what it does');
    }
  }
  const frontends = [...groupBy(all, gateway => of(gateway.className))].flatMap(([{ profile }, own]) =>
    gatewayFrontends(own, routes, { ...reading, profile }),
  );
  // Where a mesh is seen that runs gateways, one that is not in the input is taken to be its own.
  const absent = others.some(runsGateways) ? [] : referencedGateways(routes, reading);
  return {
    gateways: [...all, ...absent],
    frontends: [...frontends, ...gatewayFrontends(absent, routes, reading)],
  };
};

/** A mesh that is there reads the Gateways of its own classes itself. */
const isRunBy = ({ meshType }: Implementation, others: readonly Mesh[]): boolean =>
  others.some(({ type }) => type === meshType);

const runsGateways = ({ dataPlanes }: Mesh): boolean => 'gateway' in dataPlanes;

/** Which workloads a mesh takes in is nothing that Gateway API tells: all of them may be. */
const joinAll = (inventory: Inventory, mesh: Mesh): Inventory => ({
  ...inventory,
  workloads: inventory.workloads.map(workload => ({
    ...workload,
    memberships: [
      ...workload.memberships,
      { mesh: mesh.id, mode: 'mesh', certainty: 'assumed', evidence: [{ says: 'routes on Services are in use' }] },
    ],
  })),
});
