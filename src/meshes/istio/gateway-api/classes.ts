import { gatewayGroup } from '../../../native/gateway-api/kinds.ts';
import type { Snapshot } from '../../../native/snapshot.ts';

/** The controllers of Istio whose Gateways take traffic in: those that it runs, and those that it only configures. */
const controllers = new Set(['istio.io/gateway-controller', 'istio.io/unmanaged-gateway']);

/** The classes that an installation makes for them, for input that does not hold the class (Istio 1.31). */
const installed = new Set(['istio', 'istio-remote']);

/** Whether Gateways of a class are Istio's, other than waypoints. What the class object says counts before its name. */
export const isIngressClass = (className: string, snapshot: Snapshot): boolean => {
  const object = snapshot.find(gatewayGroup, 'GatewayClass', undefined, className);
  if (!object) return installed.has(className);
  const controller = snapshot.field(object).find('spec', 'controllerName')?.value;
  return typeof controller === 'string' && controllers.has(controller);
};

/** Gateways of this class have pods of their own, which Istio makes; the others' are somewhere else. */
export const isManaged = (className: string, snapshot: Snapshot): boolean => {
  const object = snapshot.find(gatewayGroup, 'GatewayClass', undefined, className);
  const controller = object && snapshot.field(object).find('spec', 'controllerName')?.value;
  return controller === undefined ? className !== 'istio-remote' : controller === 'istio.io/gateway-controller';
};
