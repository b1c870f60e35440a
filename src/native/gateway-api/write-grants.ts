import { byKey, groupBy } from '../../base/order.ts';
import { gatewayGroup } from './kinds.ts';
import type { RouteManifest } from './write-routes.ts';

/** A ReferenceGrant ready to be applied. */
export interface GrantManifest {
  readonly apiVersion: string;
  readonly kind: 'ReferenceGrant';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

interface BackendReference {
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
}

/** Routes on Gateways need to be permitted to refer to Services of other namespaces. */
export const grantsFor = (
  routes: readonly RouteManifest[],
  labels: Readonly<Record<string, string>>,
): readonly GrantManifest[] => {
  const references = routes.flatMap(({ kind, metadata, spec }) =>
    backendsIn(spec.rules).flatMap(({ namespace, name }) =>
      namespace === undefined ? [] : [{ kind, from: metadata.namespace, to: namespace, name }],
    ),
  );
  return [...groupBy(references, ({ from, to }) => `${to}\n${from}`)]
    .sort(byKey(([key]) => key))
    .map(([, group]): GrantManifest => {
      const [{ from, to }] = group as [(typeof group)[number]];
      const kinds = [...new Set(group.map(({ kind }) => kind))].sort();
      const names = [...new Set(group.map(({ name }) => name))].sort();
      return {
        apiVersion: `${gatewayGroup}/v1beta1`,
        kind: 'ReferenceGrant',
        metadata: { name: `routes-of-${from}`, namespace: to, labels },
        spec: {
          from: kinds.map(kind => ({ group: gatewayGroup, kind, namespace: from })),
          to: names.map(name => ({ group: '', kind: 'Service', name })),
        },
      };
    });
};

/** Every `backendRef` and `backendRefs` below a value. */
const backendsIn = (value: unknown): readonly BackendReference[] => {
  if (Array.isArray(value)) return value.flatMap(backendsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'backendRefs') return [...(inner as BackendReference[]), ...backendsIn(inner)];
    return key === 'backendRef' ? [inner as BackendReference] : backendsIn(inner);
  });
};
