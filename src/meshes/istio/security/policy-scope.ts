import type { Field } from '../../../base/field.ts';
import type { ServerScope } from '../../../model/scope.ts';
import { type NativeObject, namespaceOf } from '../../../native/snapshot.ts';
import { type Reading, report } from '../reading.ts';

/** The GatewayClass that stands for all waypoints. */
const waypointClass = 'istio-waypoint';

/** Where the policies of a namespace that select workloads hold; those of the root namespace hold everywhere. */
export const workloadScope = (
  { mesh, config }: Reading,
  namespace: string,
  labels: Readonly<Record<string, string>> | undefined,
): ServerScope => ({
  mesh: mesh.id,
  ...(namespace === config.rootNamespace ? {} : { namespaces: [namespace] }),
  ...(labels && Object.keys(labels).length > 0 ? { labels } : {}),
});

/**
 * Where an AuthorizationPolicy or RequestAuthentication acts. With `selector`, or nothing: at the proxies of the pods it
 * selects in its namespace, in the root namespace in all of them (observed, rows 14.5, 14.6), and never at a waypoint.
 * With `targetRefs`: at that Gateway or waypoint only (Istio 1.31, model/policyattachment.go). Empty: nowhere.
 */
export const policyScopes = (
  reading: Reading,
  object: NativeObject,
  spec: Field | undefined,
): readonly ServerScope[] => {
  const targets = [...(spec?.list('targetRefs') ?? []), ...[spec?.at('targetRef')].flatMap(target => target ?? [])];
  if (targets.length === 0) {
    return [workloadScope(reading, namespaceOf(object.ref), spec?.find('selector')?.textMap('matchLabels'))];
  }
  const places = targets.map(target => placeOf(reading, object, target));
  const services = [...new Set(places.flatMap(place => place.services))];
  const gateways = [...new Set(places.flatMap(place => place.gateways))];
  const { id: mesh } = reading.mesh;
  return [...(services.length > 0 ? [{ mesh, services }] : []), ...gateways.map(gateway => ({ mesh, gateway }))];
};

interface Place {
  readonly services: readonly string[];
  readonly gateways: readonly string[];
}

const nowhere: Place = { services: [], gateways: [] };

const placeOf = (reading: Reading, object: NativeObject, target: Field): Place => {
  const kind = target.text('kind') ?? '';
  const name = target.text('name') ?? '';
  const group = target.text('group') ?? '';
  const namespace = namespaceOf(object.ref);
  const elsewhere = target.text('namespace');
  if (elsewhere !== undefined && elsewhere !== '' && elsewhere !== namespace) {
    return missed(reading, target, `it is in namespace \`${elsewhere}\`, and a policy reaches only its own`);
  }
  switch (`${group === '' ? 'core' : group}/${kind}`) {
    case 'core/Service':
      return { ...nowhere, services: [behindWaypoint(reading, `${namespace}/${name}`, target)] };
    case 'networking.istio.io/ServiceEntry':
      return entryPlace(reading, namespace, name, target);
    case 'gateway.networking.k8s.io/Gateway':
      return gatewayPlace(reading, `${namespace}/${name}`, target);
    case 'gateway.networking.k8s.io/GatewayClass':
      return classPlace(reading, namespace, name, target);
    default:
      return missed(reading, target, `a policy cannot be attached to \`${group}/${kind}\``);
  }
};

const missed = (reading: Reading, target: Field, why: string): Place => {
  report(reading, 'ISTIO213', target, `the policy does not act at \`${target.text('name') ?? ''}\`: ${why}`);
  return nowhere;
};

/** A policy for a service acts at its waypoint and nowhere else. */
const behindWaypoint = (reading: Reading, id: string, target: Field): string => {
  const service = reading.inventory.services.find(candidate => candidate.id === id);
  if (service ? !service.waypoint : reading.snapshot.extent === 'whole') {
    const why = service ? 'no waypoint stands before it' : 'there is no such Service';
    report(reading, 'ISTIO213', target, `the policy for service \`${id}\` acts nowhere: ${why}`);
  }
  return id;
};

const entryPlace = (reading: Reading, namespace: string, name: string, target: Field): Place => {
  const entry = reading.snapshot.find('networking.istio.io', 'ServiceEntry', namespace, name);
  if (!entry) return missed(reading, target, 'there is no such ServiceEntry in the input');
  const hosts = reading.snapshot.field(entry).find('spec')?.texts('hosts') ?? [];
  return { ...nowhere, services: hosts };
};

const gatewayPlace = (reading: Reading, id: string, target: Field): Place => {
  const isKnown = reading.inventory.gateways.some(gateway => gateway.id === id);
  if (!isKnown && reading.snapshot.extent === 'whole') return missed(reading, target, 'there is no such Gateway');
  return { ...nowhere, gateways: [id] };
};

const classPlace = (reading: Reading, namespace: string, name: string, target: Field): Place => {
  const { rootNamespace } = reading.config;
  if (namespace !== rootNamespace) {
    return missed(reading, target, `a policy for a GatewayClass must be in the root namespace \`${rootNamespace}\``);
  }
  if (name !== waypointClass) return missed(reading, target, `only the class \`${waypointClass}\` can be a target`);
  const waypoints = reading.inventory.gateways.filter(
    ({ purpose, mesh }) => purpose === 'waypoint' && mesh === reading.mesh.id,
  );
  return { ...nowhere, gateways: waypoints.map(({ id }) => id) };
};
