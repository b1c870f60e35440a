import type { Field } from '../../../base/field.ts';
import { byAll, byKey } from '../../../base/order.ts';
import { metadataOf, type NativeObject, namespaceOf } from '../../../native/snapshot.ts';
import { objectsOf, type Reading } from '../reading.ts';
import { gatewayNames } from './entry.ts';

/** A VirtualService with what is needed to place it. */
export interface VirtualService {
  readonly object: NativeObject;
  readonly namespace: string;
  readonly spec: Field;
  readonly hosts: readonly string[];
  /** `mesh` or `namespace/name`. */
  readonly gateways: readonly string[];
  /** Namespaces, `*`, or `~` for nobody; never empty. */
  readonly exportTo: readonly string[];
  readonly creationTimestamp?: string;
}

/** Finds the VirtualService of a name, delegate or not. */
export type Delegates = (namespace: string, name: string) => VirtualService | undefined;

/**
 * All VirtualServices of the input, the older first, and a way to look delegates up. Of two made in the same second, or
 * with no time at all, the one with the smaller name comes first (observed, row 2.4), whatever its namespace.
 */
export const readVirtualServices = (reading: Reading): { all: readonly VirtualService[]; delegates: Delegates } => {
  const all = objectsOf(reading, 'networking.istio.io', 'VirtualService')
    .flatMap(object => virtualServiceOf(reading, object) ?? [])
    .sort(
      byAll<VirtualService>(
        byKey(vs => vs.creationTimestamp ?? ''),
        byKey(vs => vs.object.ref.name),
        byKey(vs => vs.namespace),
      ),
    );
  const byName = new Map(all.map(vs => [`${vs.namespace}/${vs.object.ref.name}`, vs]));
  return { all, delegates: (namespace, name) => byName.get(`${namespace}/${name}`) };
};

const virtualServiceOf = (reading: Reading, object: NativeObject): VirtualService | undefined => {
  const spec = reading.snapshot.field(object).at('spec');
  if (!spec) return undefined;
  const namespace = namespaceOf(object.ref);
  const { creationTimestamp } = metadataOf(object);
  const exportTo = spec.texts('exportTo') ?? [];
  const gateways = gatewayNames(spec, namespace) ?? [];
  const visible = exportTo.length > 0 ? exportTo : reading.config.defaultVirtualServiceExportTo;
  return {
    object,
    namespace,
    spec,
    hosts: spec.texts('hosts') ?? [],
    gateways: gateways.length > 0 ? gateways : ['mesh'],
    exportTo: visible.map(name => (name === '.' ? namespace : name)),
    ...(creationTimestamp ? { creationTimestamp } : {}),
  };
};

/** A VirtualService without hosts is the child of a delegate and does nothing on its own. */
export const isDelegate = (vs: VirtualService): boolean => vs.hosts.length === 0;

/** `namespace/name`. */
export const nameOf = ({ namespace, object }: VirtualService): string => `${namespace}/${object.ref.name}`;
