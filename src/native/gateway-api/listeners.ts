import type { Field } from '../../base/field.ts';
import type { Source } from '../../base/source.ts';
import type { Listener, ListenerTls, Protocol } from '../../model/inventory.ts';
import { type AllowedRoutes, type NamespaceLookup, readAllowedRoutes } from './allowed-routes.ts';
import { gatewayGroup } from './kinds.ts';
import { type ObjectReference, objectText, readObjectReference } from './object-reference.ts';
import { type GatewayApiReading, report } from './reading.ts';

/** The object that a listener is written in; routes name it as their parent. */
export interface ListenerOwner {
  readonly kind: 'Gateway' | 'ListenerSet';
  readonly namespace: string;
  readonly name: string;
}

/** A listener of a gateway, and who may bind to it. */
export interface BoundListener {
  readonly owner: ListenerOwner;
  /** As routes name it (`sectionName`), empty if nobody does; in the model a ListenerSet's listener has its set's name in front. */
  readonly sectionName: string;
  readonly protocol: string;
  /** Lower case; absent is every host. */
  readonly hostname?: string;
  readonly allowed: AllowedRoutes;
  readonly listener: Listener;
  readonly source: Source;
}

/** What the gateway asks of its callers on a port (`spec.tls.frontend`). */
export interface CallerValidation {
  readonly mode: 'mutual' | 'optionalMutual';
  readonly authorities: readonly string[];
}

const protocols: Readonly<Record<string, Protocol>> = {
  HTTP: 'http',
  HTTPS: 'https',
  TLS: 'tls',
  TCP: 'tcp',
  UDP: 'udp',
};

/** Undefined for a listener that is not in place: its protocol, port or certificate is not usable. */
export const readListener = (
  field: Field,
  owner: ListenerOwner,
  context: {
    readonly reading: GatewayApiReading;
    readonly namespaces: NamespaceLookup;
    readonly validationOn: (port: number) => CallerValidation | undefined;
  },
): BoundListener | undefined => {
  const { reading, namespaces, validationOn } = context;
  const sectionName = field.text('name') ?? '';
  const port = field.number('port') ?? 0;
  const written = field.text('protocol') ?? '';
  const protocol = protocols[written];
  const passthrough = field.find('tls', 'mode')?.value === 'Passthrough';
  const allowed = readAllowedRoutes(field, owner.namespace, namespaces, { protocol: written, passthrough });
  const tls = readTls(field.at('tls'), owner, reading, validationOn(port));
  const hostname = readHostname(field, written);
  if (!protocol) {
    report(reading, 'GWAPI011', field, `protocol \`${written}\` of a listener is not defined by the API`);
    return undefined;
  }
  if (port < 1 || port > 65_535) {
    report(reading, 'GWAPI012', field.at('port') ?? field, 'a listener has a port from 1 to 65535; it is not in place');
    return undefined;
  }
  if (tls === 'unusable') return undefined;
  return {
    owner,
    sectionName,
    protocol: written,
    ...(hostname === undefined ? {} : { hostname }),
    allowed,
    source: field,
    listener: {
      name: owner.kind === 'Gateway' ? sectionName : `${owner.namespace}/${owner.name}/${sectionName}`,
      port,
      protocol,
      hosts: hostname === undefined ? [] : [hostname],
      ...(tls ? { tls } : {}),
      source: field,
    },
  };
};

/** Protocols without host names ignore it (Listener.hostname). */
const readHostname = (field: Field, protocol: string): string | undefined => {
  if (protocol === 'TCP' || protocol === 'UDP') {
    field.at('hostname')?.leave('a protocol without host names ignores it');
    return undefined;
  }
  // The API refuses `*` by itself; where a file holds it, it can mean nothing but every host.
  const hostname = field.text('hostname')?.toLowerCase();
  return hostname === '*' ? undefined : hostname || undefined;
};

const readTls = (
  field: Field | undefined,
  owner: ListenerOwner,
  reading: GatewayApiReading,
  validation: CallerValidation | undefined,
): ListenerTls | 'unusable' | undefined => {
  if (!field) return undefined;
  const options = field.at('options');
  const said = options && reading.tlsOptions?.(options);
  if (!said) options?.leave('options belong to one implementation');
  const passthrough = field.text('mode') === 'Passthrough';
  const refs = field.list('certificateRefs').map(ref => readObjectReference(ref, owner.namespace, 'Secret'));
  const certificates = refs.map(objectText);
  if (passthrough) return { mode: 'passthrough', certificates, source: field };
  if (refs.some(ref => !isUsable(ref, owner, reading))) return 'unusable';
  return {
    mode: validation?.mode ?? 'terminate',
    certificates,
    ...(validation ? { clientAuthorities: validation.authorities } : {}),
    ...said,
    source: field,
  };
};

/** A certificate is a Secret, and one of another namespace has to be granted. */
const isUsable = (ref: ObjectReference, owner: ListenerOwner, reading: GatewayApiReading): boolean => {
  const { source, namespace } = ref;
  if (ref.group !== '' || ref.kind !== 'Secret') {
    report(
      reading,
      'GWAPI012',
      source,
      `a certificate is a Secret, found \`${ref.kind}\`; the listener is not in place`,
    );
    return false;
  }
  const from = { group: gatewayGroup, kind: owner.kind, namespace: owner.namespace };
  if (reading.grants.permit(from, ref)) return true;
  const isRefused = reading.grants.isKnown(namespace, reading.directory);
  const assumed = isRefused ? 'the listener is not in place' : 'it is taken to exist outside the input';
  report(reading, 'GWAPI003', source, `no ReferenceGrant in \`${namespace}\` permits the certificate; ${assumed}`);
  return !isRefused;
};

/**
 * Listeners that cannot be told apart are all left out (Gateway.spec.listeners): one port and host name for a protocol,
 * or TCP on a port that another protocol has.
 */
export const withoutConflicts = (
  listeners: readonly BoundListener[],
  reading: GatewayApiReading,
): readonly BoundListener[] =>
  listeners.filter(one => {
    const other = listeners.find(candidate => candidate !== one && conflict(one, candidate));
    if (!other) return true;
    report(
      reading,
      'GWAPI008',
      one.source,
      `listener \`${one.listener.name}\` cannot be told apart from \`${other.listener.name}\`; neither is in place`,
      'give each listener a port or a host name of its own',
    );
    return false;
  });

const conflict = (a: BoundListener, b: BoundListener): boolean => {
  if (a.listener.port !== b.listener.port) return false;
  const isUdp = (one: BoundListener): boolean => one.protocol === 'UDP';
  if (isUdp(a) !== isUdp(b)) return false;
  if (a.protocol !== b.protocol) return a.protocol === 'TCP' || b.protocol === 'TCP';
  return a.hostname === b.hostname;
};
