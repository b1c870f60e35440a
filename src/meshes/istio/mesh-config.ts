import type { ReadObject } from '../../adapter/adapter.ts';
import type { Field } from '../../base/field.ts';
import { type Finding, findingOf } from '../../base/finding.ts';
import { meshDefault, proxyDefault, type Setting, type Source } from '../../base/source.ts';
import { parseDurationMs } from '../../base/units.ts';
import type { ConnectionLimits } from '../../model/capabilities/connection-limits.ts';
import type { Locality } from '../../model/capabilities/locality.ts';
import type { OutlierDetection } from '../../model/capabilities/outlier-detection.ts';
import type { Retries } from '../../model/capabilities/retries.ts';
import type { PathNormalization } from '../../model/mesh.ts';
import { embeddedYaml } from '../../native/embedded-yaml.ts';
import type { NativeObject, Snapshot } from '../../native/snapshot.ts';
import { defaultRetries } from './defaults.ts';
import { defaultConnectTimeoutMs, readConnectionLimits } from './destination-rule/connection-pool.ts';
import { readSetting } from './destination-rule/locality.ts';
import { readOutlierDetection } from './destination-rule/outlier-detection.ts';
import { trafficFindings } from './traffic-findings.ts';
import { asMeshDefault, readRetries } from './virtual-service/retries.ts';

/**
 * What MeshConfig says mesh-wide (ConfigMap `istio` or `istio-<revision>`, key `mesh`, in the control plane's namespace),
 * with Istio's defaults where it is silent (meshes.md A.1.1, A.1.3).
 */
export interface MeshConfig {
  readonly rootNamespace: string;
  readonly trustDomain: string;
  readonly trustDomainAliases: readonly string[];
  readonly clusterDomain: string;
  /** What a route without `retries` does. */
  readonly defaultRetries: Retries;
  readonly connectTimeoutMs: Setting<number>;
  readonly defaultServiceExportTo: readonly string[];
  readonly defaultVirtualServiceExportTo: readonly string[];
  readonly defaultDestinationRuleExportTo: readonly string[];
  readonly pathNormalization: PathNormalization;
  /** Whether clients choose mutual TLS by themselves where the other end takes it. */
  readonly enableAutoMtls: Setting<boolean>;
  /** What becomes of traffic to hosts that nobody knows. */
  readonly outboundTraffic: Setting<'allow' | 'deny'>;
  readonly locality?: Locality;
  readonly defaultConnectionLimits?: ConnectionLimits;
  readonly defaultOutlierDetection?: OutlierDetection;
  /** Access logs of every proxy, if any place is named. */
  readonly accessLogFile?: Setting<string>;
  /** Who is asked or told from outside: authorisers, log and trace collectors. */
  readonly extensionProviders: readonly ExtensionProvider[];
  /** Where it is written; absent: nowhere in the input. */
  readonly writtenIn?: WrittenConfig;
}

export interface ExtensionProvider {
  readonly name: string;
  /** The field that describes it: `envoyExtAuthzHttp`, `zipkin`, … */
  readonly kind: string;
  readonly source: Source;
}

export interface WrittenConfig {
  readonly object: NativeObject;
  /** The key under which all of it is. */
  readonly body: 'data' | 'spec';
  /** The parsed configuration, unless it cannot be parsed. */
  readonly field?: Field;
  readonly problem?: string;
}

export const defaultMeshConfig: MeshConfig = {
  rootNamespace: 'istio-system',
  trustDomain: 'cluster.local',
  trustDomainAliases: [],
  clusterDomain: 'cluster.local',
  defaultRetries,
  connectTimeoutMs: proxyDefault(defaultConnectTimeoutMs),
  defaultServiceExportTo: ['*'],
  defaultVirtualServiceExportTo: ['*'],
  defaultDestinationRuleExportTo: ['*'],
  pathNormalization: 'base',
  enableAutoMtls: proxyDefault(true),
  outboundTraffic: proxyDefault('allow'),
  extensionProviders: [],
};

/**
 * The mesh's configuration as it runs: its ConfigMap, that of the default revision before others; else what an operator
 * was asked to install.
 */
export const readMeshConfig = (snapshot: Snapshot): MeshConfig => {
  const writtenIn = configMapIn(snapshot) ?? operatorIn(snapshot);
  if (!writtenIn) return defaultMeshConfig;
  const { field } = writtenIn;
  return { ...defaultMeshConfig, ...(field ? settingsOf(field) : {}), writtenIn };
};

const configMapIn = (snapshot: Snapshot): WrittenConfig | undefined => {
  const maps = snapshot
    .of('', 'ConfigMap')
    .filter(({ ref, body }) => /^istio(-|$)/.test(ref.name) && snapshotText(body) !== undefined);
  const object = maps.find(({ ref }) => ref.name === 'istio') ?? maps[0];
  const embedded = object && embeddedYaml(snapshot.field(object), 'data', 'mesh');
  return object && embedded ? { object, body: 'data', ...embedded } : undefined;
};

const snapshotText = (body: NativeObject['body']): unknown => (body.data as { mesh?: unknown } | undefined)?.mesh;

/** The kinds of operators that install Istio, and where they keep the mesh's configuration. */
const operators = [
  { group: 'sailoperator.io', kind: 'Istio', keys: ['spec', 'values', 'meshConfig'] },
  { group: 'install.istio.io', kind: 'IstioOperator', keys: ['spec', 'meshConfig'] },
] as const;

const operatorIn = (snapshot: Snapshot): WrittenConfig | undefined => {
  for (const { group, kind, keys } of operators) {
    for (const object of snapshot.of(group, kind)) {
      const field = snapshot.field(object).find(...keys);
      if (field) return { object, body: 'spec', field };
    }
  }
  return undefined;
};

/** The object that holds the configuration, with an account of what is inside. */
export const configObjects = ({ writtenIn }: MeshConfig): ReadObject[] => {
  if (!writtenIn) return [];
  const { object, field, body } = writtenIn;
  const inside = body === 'data' && field ? field.account(Object.keys(field.value as object)).unread : [];
  return [{ object, body: [body], unread: inside }];
};

export const configProblems = ({ writtenIn }: MeshConfig): Finding[] => {
  if (writtenIn?.problem === undefined) return [];
  const at = { object: writtenIn.object.ref, path: 'data.mesh' };
  return [findingOf(trafficFindings, 'ISTIO114', at, `not YAML: ${writtenIn.problem}; the defaults are assumed`)];
};

const normalizations: Readonly<Record<string, PathNormalization>> = {
  NONE: 'none',
  BASE: 'base',
  DEFAULT: 'base',
  MERGE_SLASHES: 'mergeSlashes',
  DECODE_AND_MERGE_SLASHES: 'decodeAndMergeSlashes',
};

const settingsOf = (field: Field): Partial<MeshConfig> => {
  const rootNamespace = field.text('rootNamespace');
  const trustDomain = field.text('trustDomain');
  const retries = field.at('defaultHttpRetryPolicy');
  const connect = field.at('connectTimeout');
  const connectMs = parseDurationMs(connect?.asText() ?? '');
  const autoMtls = field.at('enableAutoMtls');
  const outbound = field.find('outboundTrafficPolicy', 'mode');
  const normalization = normalizations[field.find('pathNormalization', 'normalization')?.asText() ?? ''];
  const locality = field.at('localityLbSetting');
  const policy = field.at('defaultTrafficPolicy');
  const pool = policy?.at('connectionPool');
  const limits = pool && readConnectionLimits(pool);
  const outlier = readOutlierDetection(policy?.at('outlierDetection'));
  const log = field.at('accessLogFile');
  const logFile = log?.asText();
  return {
    ...(rootNamespace === undefined ? {} : { rootNamespace }),
    ...(trustDomain === undefined ? {} : { trustDomain }),
    trustDomainAliases: field.texts('trustDomainAliases') ?? [],
    ...(retries ? { defaultRetries: asMeshDefault(readRetries(retries, defaultRetries)) } : {}),
    ...(connectMs === undefined ? {} : { connectTimeoutMs: meshDefault(connectMs, connect) }),
    defaultServiceExportTo: field.texts('defaultServiceExportTo') ?? ['*'],
    defaultVirtualServiceExportTo: field.texts('defaultVirtualServiceExportTo') ?? ['*'],
    defaultDestinationRuleExportTo: field.texts('defaultDestinationRuleExportTo') ?? ['*'],
    ...(normalization ? { pathNormalization: normalization } : {}),
    ...(autoMtls ? { enableAutoMtls: meshDefault(autoMtls.asBoolean() ?? true, autoMtls) } : {}),
    ...(outbound
      ? { outboundTraffic: meshDefault(outbound.asText() === 'REGISTRY_ONLY' ? 'deny' : 'allow', outbound) }
      : {}),
    ...(locality ? { locality: readSetting(locality, true) } : {}),
    ...(limits ? { defaultConnectionLimits: limits } : {}),
    ...(outlier ? { defaultOutlierDetection: outlier } : {}),
    ...(logFile ? { accessLogFile: meshDefault(logFile, log) } : {}),
    extensionProviders: field.list('extensionProviders').flatMap(readProvider),
  };
};

const readProvider = (field: Field): ExtensionProvider[] => {
  const name = field.text('name');
  const kind = field.members().find(([key]) => key !== 'name')?.[0];
  return name === undefined || kind === undefined ? [] : [{ name, kind, source: field }];
};
