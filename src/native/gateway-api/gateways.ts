import type { Field } from '../../base/field.ts';
import type { Gateway, Namespace } from '../../model/inventory.ts';
import type { NativeObject } from '../snapshot.ts';
import { type NamespaceLookup, readAdmits } from './allowed-routes.ts';
import { gatewayGroup } from './kinds.ts';
import {
  type BoundListener,
  type CallerValidation,
  type ListenerOwner,
  readListener,
  withoutConflicts,
} from './listeners.ts';
import { objectText, readObjectReference } from './object-reference.ts';
import { type GatewayApiReading, report } from './reading.ts';

/** A gateway as routes see it. */
export interface RoutedGateway {
  readonly model: Gateway;
  readonly listeners: readonly BoundListener[];
  /** The certificate it shows to backends (`spec.tls.backend`). */
  readonly clientCertificate?: string;
}

/** A Gateway with the listeners that are in place, its own and those of its ListenerSets. */
export interface NativeGateway extends RoutedGateway {
  readonly object: NativeObject;
  readonly className: string;
}

export interface GatewayOptions {
  readonly namespaces: readonly Namespace[];
  /** Which Gateways are read here; absent: all. */
  readonly takes?: (className: string) => boolean;
  /** The mesh that the gateways are clients of. */
  readonly mesh?: string;
}

/** The Gateways of a snapshot, older first. */
export const readGateways = (reading: GatewayApiReading, options: GatewayOptions): readonly NativeGateway[] => {
  const namespaces: NamespaceLookup = new Map(options.namespaces.map(namespace => [namespace.name, namespace]));
  const sets = reading.snapshot.of(gatewayGroup, 'ListenerSet');
  return reading.snapshot.of(gatewayGroup, 'Gateway').flatMap(object => {
    const field = reading.snapshot.field(object).at('spec');
    const className = field?.at('gatewayClassName')?.value;
    const isOurs = options.takes?.(typeof className === 'string' ? className : '') ?? true;
    return isOurs ? [readGateway(object, sets, namespaces, reading, options)] : [];
  });
};

const readGateway = (
  object: NativeObject,
  sets: readonly NativeObject[],
  namespaces: NamespaceLookup,
  reading: GatewayApiReading,
  { mesh }: GatewayOptions,
): NativeGateway => {
  reading.objects.push(object);
  const spec = reading.snapshot.field(object).at('spec');
  const owner: ListenerOwner = {
    kind: 'Gateway',
    namespace: object.ref.namespace ?? 'default',
    name: object.ref.name,
  };
  const id = `${owner.namespace}/${owner.name}`;
  const context = { reading, namespaces, validationOn: readCallerValidation(spec, owner) };
  const own = (spec?.list('listeners') ?? []).flatMap(field => readListener(field, owner, context) ?? []);
  const admits = readAdmits(spec?.find('allowedListeners', 'namespaces'), 'None', owner.namespace, namespaces);
  const added = sets.flatMap(set => {
    const fields = listenersOfSet(set, id, admits, reading);
    const setOwner: ListenerOwner = {
      kind: 'ListenerSet',
      namespace: set.ref.namespace ?? 'default',
      name: set.ref.name,
    };
    return fields.flatMap(field => readListener(field, setOwner, context) ?? []);
  });
  const listeners = withoutConflicts([...own, ...added], reading);
  const certificate = spec?.find('tls', 'backend', 'clientCertificateRef');
  leaveOperation(spec, reading);
  return {
    object,
    className: spec?.text('gatewayClassName') ?? '',
    listeners,
    ...(certificate
      ? { clientCertificate: objectText(readObjectReference(certificate, owner.namespace, 'Secret')) }
      : {}),
    model: {
      id,
      namespace: owner.namespace,
      name: owner.name,
      purpose: 'ingress',
      ...(mesh === undefined ? {} : { mesh }),
      labels: spec?.find('infrastructure')?.textMap('labels') ?? {},
      listeners: listeners.map(({ listener }) => listener),
      source: spec ?? { object: object.ref, path: '' },
    },
  };
};

/** The Gateway that a ListenerSet names; undefined for a parent of another kind. */
const referredGateway = (parent: Field, home: string): string | undefined => {
  const [group, kind] = [parent.text('group') ?? gatewayGroup, parent.text('kind') ?? 'Gateway'];
  const id = `${parent.text('namespace') ?? home}/${parent.text('name') ?? ''}`;
  return group === gatewayGroup && kind === 'Gateway' ? id : undefined;
};

/** The listeners that a ListenerSet adds to a gateway, if it names that gateway and is admitted. */
const listenersOfSet = (
  set: NativeObject,
  gateway: string,
  admits: ReturnType<typeof readAdmits>,
  reading: GatewayApiReading,
): readonly Field[] => {
  const spec = reading.snapshot.field(set).at('spec');
  const parent = spec?.at('parentRef');
  const home = set.ref.namespace ?? 'default';
  if (!spec || !parent || referredGateway(parent, home) !== gateway) return [];
  reading.objects.push(set);
  if (admits(home) === 'yes') return spec.list('listeners');
  report(reading, 'GWAPI008', parent, `Gateway \`${gateway}\` does not admit listeners from namespace \`${home}\``);
  spec.at('listeners')?.leave('not admitted by the gateway');
  return [];
};

/** `spec.tls.frontend`: a port's own settings replace the default ones (GEP-91). */
const readCallerValidation = (
  spec: Field | undefined,
  owner: ListenerOwner,
): ((port: number) => CallerValidation | undefined) => {
  const frontend = spec?.find('tls', 'frontend');
  const read = (field: Field | undefined): CallerValidation | undefined => {
    if (!field) return undefined;
    const authorities = field
      .list('caCertificateRefs')
      .map(ref => objectText(readObjectReference(ref, owner.namespace, 'ConfigMap')));
    const isOptional = field.text('mode') === 'AllowInsecureFallback';
    return { mode: isOptional ? 'optionalMutual' : 'mutual', authorities };
  };
  const otherwise = read(frontend?.find('default', 'validation'));
  const byPort = new Map<number, CallerValidation | undefined>();
  for (const entry of frontend?.list('perPort') ?? []) {
    const port = entry.number('port');
    if (port !== undefined) byPort.set(port, read(entry.find('tls', 'validation')));
  }
  return port => (byPort.has(port) ? byPort.get(port) : otherwise);
};

/** How and where a gateway is run does not change what it does to a request. */
const leaveOperation = (spec: Field | undefined, reading: GatewayApiReading): void => {
  spec?.at('addresses')?.leave('the address of the gateway');
  spec?.find('infrastructure', 'annotations')?.leave('how the gateway is run');
  spec?.find('infrastructure', 'parametersRef')?.leave('how the gateway is run');
  const scope = spec?.at('defaultScope');
  if (!scope) return;
  report(reading, 'GWAPI011', scope, '`defaultScope` is experimental; routes bind only to the gateways they name');
  scope.leave('experimental');
};
