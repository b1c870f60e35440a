import type { Field } from '../../base/field.ts';
import { type Finding, findingOf } from '../../base/finding.ts';
import type { ObjectRef, Source } from '../../base/source.ts';
import { parseDurationMs } from '../../base/units.ts';
import type { ServiceDirectory } from '../../model/directory.ts';
import type { Action, Backend } from '../../model/frontend.ts';
import type { ListenerTls } from '../../model/inventory.ts';
import type { NativeObject, Snapshot } from '../snapshot.ts';
import { type GatewayApiFindingCode, gatewayApiFindings } from './findings.ts';
import type { GatewayApiProfile } from './profile.ts';
import { ReferenceGrants } from './reference-grants.ts';
import type { Route, RouteIdentity } from './route.ts';

/** What the readers of routes and gateways work with. They return what they read and add what they find. */
export interface GatewayApiReading {
  readonly snapshot: Snapshot;
  readonly directory: ServiceDirectory;
  readonly profile: GatewayApiProfile;
  readonly grants: ReferenceGrants;
  readonly findings: Finding[];
  /** What was found already: a place is read once for each parent of a route. */
  readonly reported: Set<string>;
  /** Every object that was read; `spec` is its configuration. */
  readonly objects: NativeObject[];
  /** Backends of kinds that only one implementation knows; undefined: it does not know this one either. */
  readonly otherBackend?: (ref: BackendReference) => Backend | undefined;
  /** Where a reference without a namespace looks; absent: in the route's own namespace, as the API says. */
  readonly backendNamespace?: string;
  /** What an implementation adds to a rule from elsewhere (annotations of the route). */
  readonly refine?: (action: Action, route: Route) => Action;
  /** What a filter that refers to an object of an implementation's own does; undefined: it is not honoured. */
  readonly extension?: (filter: Field, route: RouteIdentity) => Pick<Action, 'timeouts' | 'retries'> | undefined;
  /** What an implementation reads in the `options` of the TLS of a listener; absent: nothing. */
  readonly tlsOptions?: (options: Field) => Pick<ListenerTls, 'minVersion' | 'maxVersion' | 'ciphers'>;
}

/** A `backendRef` with its defaults filled in. */
export interface BackendReference {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly port?: number;
  readonly source: Source;
}

export const startReading = (
  snapshot: Snapshot,
  directory: ServiceDirectory,
  profile: GatewayApiProfile,
  more: Pick<GatewayApiReading, 'otherBackend' | 'backendNamespace' | 'refine' | 'extension' | 'tlsOptions'> = {},
): GatewayApiReading => {
  const grants = new ReferenceGrants(snapshot);
  return {
    snapshot,
    directory,
    profile,
    grants,
    findings: [],
    reported: new Set(),
    objects: [...grants.objects],
    ...more,
  };
};

/** Adds a finding once, however often the place is read. */
export const report = (
  reading: Pick<GatewayApiReading, 'findings' | 'reported'>,
  code: GatewayApiFindingCode,
  at: Source | ObjectRef,
  message: string,
  hint?: string,
): void => {
  const finding = findingOf(gatewayApiFindings, code, at, message, hint);
  const { kind, namespace, name } = finding.subject ?? {};
  const key = [code, kind, namespace, name, finding.path, message].join('\n');
  if (reading.reported.has(key)) return;
  reading.reported.add(key);
  reading.findings.push(finding);
};

/** A duration of the API (GEP-2257) in milliseconds; anything else is a finding and absent. */
export const durationAt = (field: Field | undefined, reading: GatewayApiReading): number | undefined => {
  const text = field?.asText();
  if (field === undefined || text === undefined) return undefined;
  const ms = parseDurationMs(text);
  if (ms !== undefined && ms >= 0) return ms;
  report(reading, 'GWAPI012', field, `a duration like \`500ms\` or \`1m30s\` was expected, found \`${text}\``);
  field.leave('not a duration');
  return undefined;
};
