import type { Source } from '../../base/source.ts';
import { metadataOf, type NativeObject, namespaceOf, type Snapshot } from '../../native/snapshot.ts';
import { group } from './resources.ts';

/** How the servers were installed, as far as it changes what happens to traffic. */
export interface ControlPlane {
  readonly namespace: string;
  readonly version?: string;
  /**
   * What identities begin with. A real one is the cluster's UUID with `.consul` behind it, which only the servers know
   * (`/v1/connect/ca/roots`); all that matters here is that it is one and the same.
   */
  readonly trustDomain: string;
  readonly datacenter: string;
  /** What becomes of callers that no intention speaks of; absent: nobody said, and they are let in. */
  readonly stance?: 'allow' | 'deny';
  /** Where the stance is written. */
  readonly source?: Source;
}

/** A default installation of the chart `consul`: ACLs are off, and so everyone is let in. */
export const defaultControlPlane: ControlPlane = { namespace: 'consul', trustDomain: 'consul', datacenter: 'dc1' };

const isPartOf =
  (component: string) =>
  (object: NativeObject): boolean => {
    const { app, component: own, chart = '' } = metadataOf(object).labels;
    return own === component && (app === 'consul' || chart.startsWith('consul'));
  };

/** The objects of the control plane that are there: servers, the injector, the servers' configuration. */
export const controlPlaneObjects = (snapshot: Snapshot): readonly NativeObject[] => [
  ...snapshot.of('apps', 'StatefulSet').filter(isPartOf('server')),
  ...snapshot.of('apps', 'Deployment').filter(isPartOf('connect-injector')),
  ...configObjects(snapshot),
  ...agentConfigurations(snapshot),
];

/** Configuration of an agent that was read as a file: what says who is let in. */
export const agentConfigurations = (snapshot: Snapshot): readonly NativeObject[] =>
  snapshot.of(group, 'AgentConfiguration');

const configObjects = (snapshot: Snapshot): readonly NativeObject[] =>
  snapshot.of('', 'ConfigMap').filter(object => isPartOf('server')(object) && object.ref.name.endsWith('-config'));

/** The servers' configuration (ConfigMap `…-server-config`, one JSON document for each key). */
export const readControlPlane = (snapshot: Snapshot): ControlPlane => {
  const objects = controlPlaneObjects(snapshot);
  const [first] = objects;
  const documents = configObjects(snapshot).flatMap(object =>
    (snapshot.field(object).at('data')?.members() ?? []).map(([, field]) => ({
      source: field as Source,
      value: parsed(field.value),
    })),
  );
  for (const object of agentConfigurations(snapshot)) {
    const field = snapshot.field(object);
    documents.push({ source: { object: object.ref, path: '' }, value: asObject(object.body) });
    for (const key of statedKeys) field.at(key)?.whole();
  }
  const stated = documents.flatMap(({ source, value }) => {
    const stance = stanceOf(value);
    return stance ? [{ stance, source, isIntentions: typeof value.default_intention_policy === 'string' }] : [];
  });
  const decisive = stated.find(({ isIntentions }) => isIntentions) ?? stated[0];
  const datacenter = documents.map(({ value }) => value.datacenter).find(value => typeof value === 'string');
  return {
    ...defaultControlPlane,
    ...(first && first.ref.kind !== 'AgentConfiguration' ? { namespace: namespaceOf(first.ref) } : {}),
    ...(typeof datacenter === 'string' ? { datacenter } : {}),
    ...(decisive ? { stance: decisive.stance, source: decisive.source } : {}),
  };
};

/** What is read of an agent's configuration; the rest of it is about the agent, not about traffic. */
export const statedKeys = ['default_intention_policy', 'acl', 'datacenter'] as const;

type Json = Readonly<Record<string, unknown>>;

const asObject = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

const parsed = (text: unknown): Json => {
  try {
    return asObject(JSON.parse(String(text)));
  } catch {
    return {};
  }
};

/**
 * `default_intention_policy` counts before the policy of the ACLs; where ACLs are off, everyone is let in (agent
 * configuration reference; observed with 1.21).
 */
export const stanceOf = (agent: Json): 'allow' | 'deny' | undefined => {
  const own = agent.default_intention_policy;
  if (own === 'allow' || own === 'deny') return own;
  const acl = asObject(agent.acl);
  if (acl.enabled !== true) return undefined;
  const policy = acl.default_policy ?? 'allow';
  return policy === 'deny' ? 'deny' : 'allow';
};
