import { groupBy } from '../../../../base/order.ts';
import type { Gateway } from '../../../../model/inventory.ts';
import type { Mesh } from '../../../../model/mesh.ts';
import type { Model } from '../../../../model/model.ts';
import { isFor, type Labels, type ServerScope, selects } from '../../../../model/scope.ts';

/** Where an object stands and what it is attached to. */
export interface Placement {
  readonly namespace: string;
  readonly attachment: {
    readonly selector?: { readonly matchLabels: Labels };
    readonly targetRefs?: readonly { readonly group: string; readonly kind: string; readonly name: string }[];
  };
}

/** What is written, and for which mesh. */
export interface Writing {
  readonly model: Model;
  readonly mesh: Mesh;
  /** The namespace whose policies hold everywhere. */
  readonly rootNamespace: string;
}

/**
 * The objects that a policy for a scope needs: one per namespace, in the root namespace for all of them, and for each
 * gateway or service the one attached to it. Undefined if Istio cannot attach a policy there. Ports are not part of it.
 */
export const placementsOf = (scope: ServerScope, writing: Writing): readonly Placement[] | undefined => {
  const { model, rootNamespace } = writing;
  if (scope.gateway !== undefined) return gatewayPlacement(scope.gateway, model);
  if (scope.services) return servicePlacements(scope.services, model);
  const { labels } = scope;
  const selector = labels && Object.keys(labels).length > 0 ? { selector: { matchLabels: labels } } : {};
  const namespaces = scope.namespaces ?? [rootNamespace];
  return namespaces.map(namespace => ({ namespace, attachment: selector }));
};

/** What helps where pods and machines have the same labels. */
export const tellApart = 'give the machines a label that no pod has, and select by it';

/**
 * Why a selector cannot say for whom a scope is; undefined where it can. It takes pods and machines alike, so that a
 * scope for one of the two is said only where the other has none that its labels pick; and one for machines only where
 * one is known, since pods that nobody knows of are more likely.
 */
export const unselectable = (scope: ServerScope, { model }: Pick<Writing, 'model'>): string | undefined => {
  if (scope.only === undefined) return undefined;
  const { only, namespaces, labels: wanted } = scope;
  const picked = model.inventory.workloads.filter(
    ({ namespace, labels }) => (!namespaces || namespaces.includes(namespace)) && selects(wanted, labels),
  );
  const stranger = picked.find(({ isMachine = false }) => !isFor(scope, isMachine));
  if (stranger) return `a selector takes pods and machines alike, and \`${stranger.id}\` would be taken too`;
  if (only === 'machines' && picked.length === 0)
    return 'a selector takes pods as well, and no machine that it is for is known';
  return undefined;
};

const isGatewayApi = ({ source }: Gateway): boolean =>
  source?.object.apiVersion.startsWith('gateway.networking.k8s.io/') ?? true;

/** What Istio puts on the pods that it makes for a Gateway of the Gateway API (Istio 1.31, gateway deployment controller). */
const madeFor = 'gateway.networking.k8s.io/gateway-name';

/**
 * A gateway whose pods are somebody else's too, or nobody's yet: it will be one of Istio's own kind, run by pods that no
 * policy of its namespace reaches, since a policy selects pods of its own namespace and `targetRefs` name none of that kind.
 */
export const isRunElsewhere = (id: string | undefined, { inventory }: Model): boolean => {
  const gateway = id === undefined ? undefined : inventory.gateways.find(candidate => candidate.id === id);
  if (!gateway || gateway.purpose === 'waypoint') return false;
  const { labels, namespace, podNamespace = namespace } = gateway;
  if (isGatewayApi(gateway)) return labels[madeFor] === undefined;
  return Object.keys(labels).length > 0 && podNamespace !== namespace;
};

/** Gateways of Istio's own kind are known by the labels of their pods, those of the Gateway API by name. */
const gatewayPlacement = (id: string, model: Model): readonly Placement[] | undefined => {
  if (isRunElsewhere(id, model)) return undefined;
  const gateway = model.inventory.gateways.find(candidate => candidate.id === id);
  const [namespace = '', name = ''] = id.split('/');
  if (gateway && gateway.purpose !== 'waypoint' && Object.keys(gateway.labels).length > 0 && !isGatewayApi(gateway)) {
    return [{ namespace, attachment: { selector: { matchLabels: gateway.labels } } }];
  }
  return [{ namespace, attachment: { targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name }] } }];
};

/** A policy reaches the services of its own namespace only. Hosts outside have no name here that it could refer to. */
const servicePlacements = (ids: readonly string[], model: Model): readonly Placement[] | undefined => {
  const services = ids.map(id => ({ id, service: model.inventory.services.find(candidate => candidate.id === id) }));
  if (services.some(({ id, service }) => service?.external ?? !id.includes('/'))) return undefined;
  const groups = groupBy(services, ({ id }) => id.split('/')[0] ?? '');
  return [...groups].map(([namespace, members]) => ({
    namespace,
    attachment: {
      targetRefs: members.map(({ id }) => ({ group: '', kind: 'Service', name: id.slice(namespace.length + 1) })),
    },
  }));
};
