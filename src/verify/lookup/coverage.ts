import { type ClientScope, isFor, type ServerScope, selects } from '../../model/scope.ts';
import type { Standing } from './scope-index.ts';

/** Somebody who sends: a proxy of a workload, a gateway, or an application without a proxy (then no `mesh`). */
export interface Sender extends Standing {
  readonly mesh?: string;
}

/** Somebody who receives, on a container port. */
export interface Receiver extends Guard {
  readonly mesh?: string;
  readonly port?: number;
}

/** Where somebody receives, on whatever port and in whatever mesh. */
export interface Guard extends Standing {
  readonly isMachine?: boolean;
  /** At a waypoint only statements made for it, or for the service it stands before, hold. */
  readonly isWaypoint?: boolean;
}

const inNamespaces = (namespaces: readonly string[] | undefined, namespace: string | undefined): boolean =>
  !namespaces || (namespace !== undefined && namespaces.includes(namespace));

/** Whether a statement about senders holds for this one. A scope without a gateway covers gateways as well. */
export const coversSender = (scope: ClientScope, sender: Sender): boolean =>
  (scope.mesh === undefined || scope.mesh === sender.mesh) &&
  (scope.gateway === undefined || scope.gateway === sender.gateway) &&
  inNamespaces(scope.namespaces, sender.namespace) &&
  selects(scope.labels, sender.labels);

/**
 * Whether a statement about servers holds for this one. Workloads' own proxies never act on statements for services:
 * those belong to waypoints. Waypoints act on nothing else (Istio 1.31, `targetRefs` of the policy kinds).
 */
export const coversReceiver = (scope: ServerScope, receiver: Receiver): boolean => {
  if (scope.mesh !== undefined && scope.mesh !== receiver.mesh) return false;
  if (scope.ports && (receiver.port === undefined || !scope.ports.includes(receiver.port))) return false;
  return coversGuard(scope, receiver);
};

/** Whether a statement about servers holds here on some port, in some mesh. */
export const coversGuard = (scope: ServerScope, guard: Guard): boolean => {
  if (scope.gateway !== undefined && scope.gateway !== guard.gateway) return false;
  if (!isFor(scope, guard.isMachine ?? false)) return false;
  if (scope.services) {
    return Boolean(guard.isWaypoint) && guard.service !== undefined && scope.services.includes(guard.service);
  }
  if (guard.isWaypoint && scope.gateway === undefined) return false;
  return inNamespaces(scope.namespaces, guard.namespace) && selects(scope.labels, guard.labels);
};
