import type { Labels, ServerScope } from '../../../../model/scope.ts';
import { selects } from '../../../../model/scope.ts';

const disjoint = <T>(a: readonly T[] | undefined, b: readonly T[] | undefined): boolean =>
  a !== undefined && b !== undefined && !a.some(item => b.includes(item));

const contradict = (a: Labels = {}, b: Labels = {}): boolean =>
  Object.keys(a).some(key => key in b && a[key] !== b[key]);

/** Whether two scopes may cover one server: false only where they certainly do not. */
export const mayOverlap = (a: ServerScope, b: ServerScope): boolean => {
  if (a.only !== undefined && b.only !== undefined && a.only !== b.only) return false;
  if (a.mesh !== undefined && b.mesh !== undefined && a.mesh !== b.mesh) return false;
  if ((a.gateway ?? '') !== (b.gateway ?? '') && (a.gateway !== undefined || b.gateway !== undefined)) {
    return isWide(a) || isWide(b);
  }
  if ((a.services === undefined) !== (b.services === undefined)) return false;
  return (
    !disjoint(a.services, b.services) &&
    !disjoint(a.namespaces, b.namespaces) &&
    !disjoint(a.ports, b.ports) &&
    !contradict(a.labels, b.labels)
  );
};

/** A scope by namespace and labels, which the pods of a gateway may be part of. */
const isWide = ({ gateway, services }: ServerScope): boolean => gateway === undefined && services === undefined;

const within = <T>(outer: readonly T[] | undefined, inner: readonly T[] | undefined): boolean =>
  outer === undefined || (inner?.every(item => outer.includes(item)) ?? false);

/** Whether one scope certainly covers every server that the other covers. */
export const contains = (outer: ServerScope, inner: ServerScope): boolean =>
  (outer.mesh === undefined || outer.mesh === inner.mesh) &&
  (outer.only === undefined || outer.only === inner.only) &&
  outer.gateway === inner.gateway &&
  (outer.services === undefined) === (inner.services === undefined) &&
  within(outer.services, inner.services) &&
  within(outer.namespaces, inner.namespaces) &&
  within(outer.ports, inner.ports) &&
  selects(outer.labels, inner.labels ?? {});

export const withoutPorts = ({ ports: _, ...scope }: ServerScope): ServerScope => scope;
