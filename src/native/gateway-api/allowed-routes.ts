import type { Field } from '../../base/field.ts';
import type { Namespace } from '../../model/inventory.ts';
import { readLabelSelector, selectorTakes } from '../kubernetes/label-selector.ts';
import { gatewayGroup } from './kinds.ts';
import type { RouteIdentity } from './route.ts';

/** Which namespaces something is open for; `unknown` where a selector asks for labels that the input does not hold. */
export type Admits = (namespace: string) => 'yes' | 'no' | 'unknown';

/** Namespaces by name; those that the input does not hold are absent. */
export type NamespaceLookup = ReadonlyMap<string, Namespace>;

/** The routes that may bind to a listener. */
export interface AllowedRoutes {
  readonly namespaces: Admits;
  readonly kinds: (route: RouteIdentity) => boolean;
}

/** The kinds that a listener's protocol carries (Gateway API, AllowedRoutes and Listener). */
export const kindsOf = (protocol: string, passthrough: boolean): readonly string[] => {
  if (protocol === 'HTTP' || protocol === 'HTTPS') return ['HTTPRoute', 'GRPCRoute'];
  if (protocol === 'TLS') return passthrough ? ['TLSRoute'] : ['TLSRoute', 'TCPRoute'];
  return protocol === 'TCP' ? ['TCPRoute'] : [];
};

export const readAllowedRoutes = (
  listener: Field,
  home: string,
  namespaces: NamespaceLookup,
  carried: { readonly protocol: string; readonly passthrough: boolean },
): AllowedRoutes => {
  const field = listener.at('allowedRoutes');
  const kinds = field?.list('kinds').map(kind => ({
    group: kind.text('group') ?? gatewayGroup,
    kind: kind.text('kind') ?? '',
  }));
  const possible = kindsOf(carried.protocol, carried.passthrough);
  return {
    namespaces: readAdmits(field?.at('namespaces'), 'Same', home, namespaces),
    kinds: route =>
      possible.includes(route.kind) &&
      (kinds === undefined ||
        kinds.length === 0 ||
        kinds.some(({ group, kind }) => group === route.group && kind === route.kind)),
  };
};

/** `from: All | Same | Selector | None`, as listeners and gateways write it. */
export const readAdmits = (
  field: Field | undefined,
  otherwise: 'Same' | 'None',
  home: string,
  namespaces: NamespaceLookup,
): Admits => {
  const from = field?.text('from') ?? otherwise;
  const selector = field?.at('selector');
  if (from !== 'Selector') selector?.leave('only read with `from: Selector`');
  if (from === 'All') return () => 'yes';
  if (from === 'Same') return namespace => (namespace === home ? 'yes' : 'no');
  if (from !== 'Selector' || !selector) return () => 'no';
  const selected = readLabelSelector(selector);
  return name => {
    const namespace = namespaces.get(name);
    if (!namespace?.source) return 'unknown';
    // Kubernetes gives every namespace its own name as a label.
    return selectorTakes(selected, { 'kubernetes.io/metadata.name': name, ...namespace.labels }) ? 'yes' : 'no';
  };
};
