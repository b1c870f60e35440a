import type { Field } from '../../base/field.ts';
import type { Source } from '../../base/source.ts';
import { groupOf, metadataOf, type NativeObject } from '../snapshot.ts';
import { gatewayGroup, type RouteKind, routeKinds, routeObjects } from './kinds.ts';
import type { GatewayApiReading } from './reading.ts';

/** What ReferenceGrants know of a route. */
export interface RouteIdentity {
  readonly group: string;
  readonly kind: RouteKind;
  readonly namespace: string;
  readonly name: string;
}

/** A route and what it wants to be attached to; its rules are read for each kind of parent (`readRules`). */
export interface Route extends RouteIdentity {
  readonly object: NativeObject;
  /** RFC 3339; absent in files. */
  readonly created?: string;
  /** Lower case; empty is every host. */
  readonly hostnames: readonly string[];
  readonly parents: readonly ParentReference[];
  readonly spec: Field | undefined;
}

/** A `parentRef` with its defaults filled in. */
export interface ParentReference {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly port?: number;
  readonly sectionName?: string;
  readonly source: Source;
}

/** All routes of the given API groups, oldest first within each kind. */
export const readRoutes = (reading: GatewayApiReading, groups: readonly string[] = [gatewayGroup]): readonly Route[] =>
  routeKinds.flatMap(kind =>
    routeObjects(reading.snapshot, kind, groups).map(object => readRoute(object, kind, reading)),
  );

const readRoute = (object: NativeObject, kind: RouteKind, reading: GatewayApiReading): Route => {
  reading.objects.push(object);
  const spec = reading.snapshot.field(object).at('spec');
  const namespace = object.ref.namespace ?? 'default';
  const created = metadataOf(object).creationTimestamp;
  return {
    group: groupOf(object.ref),
    kind,
    namespace,
    name: object.ref.name,
    object,
    ...(created === undefined ? {} : { created }),
    hostnames: (spec?.texts('hostnames') ?? []).map(hostname => hostname.toLowerCase()),
    parents: (spec?.list('parentRefs') ?? []).map(field => readParent(field, namespace)),
    spec,
  };
};

const readParent = (field: Field, namespace: string): ParentReference => {
  const [port, sectionName] = [field.number('port'), field.text('sectionName')];
  return {
    group: field.text('group') ?? gatewayGroup,
    kind: field.text('kind') ?? 'Gateway',
    namespace: field.text('namespace') ?? namespace,
    name: field.text('name') ?? '',
    ...(port === undefined ? {} : { port }),
    ...(sectionName === undefined ? {} : { sectionName }),
    source: field,
  };
};

/** Some older routes say `core` for the group of a Service. */
export const isService = ({ group, kind }: Pick<ParentReference, 'group' | 'kind'>): boolean =>
  kind === 'Service' && (group === '' || group === 'core');
