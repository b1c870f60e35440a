/** Short ways to write models by hand, for tests. The mesh here is nobody's: its facts are set by each test. */
import { proxyDefault, type Source, written } from '../../base/source.ts';
import type { AccessCondition, AccessPolicy, AccessRule, AccessValue } from '../../model/capabilities/access.ts';
import type { EncryptionMode, PeerEncryption } from '../../model/capabilities/encryption.ts';
import type { Action, Backend, Frontend, Rule, WeightedBackend } from '../../model/frontend.ts';
import { type Gateway, type Service, type ServicePort, serviceHost, type Workload } from '../../model/inventory.ts';
import type { HeaderMatch, Match, TextMatch } from '../../model/match.ts';
import type { DataPlane, Mesh } from '../../model/mesh.ts';
import { assemble, emptyInventory, type Model, type ModelPart } from '../../model/model.ts';
import type { Labels, ServerScope } from '../../model/scope.ts';
import type { Caller } from '../request.ts';

/** A place in an object that exists only in a test. */
export const at = (name: string, path = 'spec'): Source => ({
  object: { apiVersion: 'test/v1', kind: 'Thing', namespace: 'shop', name },
  path,
});

const everything: DataPlane['asServer'] = [
  'encryption',
  'access-l4',
  'access-l7',
  'request-authentication',
  'rate-limit',
  'telemetry',
];

/** A proxy beside each workload, which does everything. */
export const sidecar: DataPlane = {
  asClient: ['routing', 'resilience', 'encryption'],
  asServer: everything,
  findsRoutesBy: 'authority',
  usesWaypoints: false,
  opensMtls: true,
  pathNormalization: 'base',
  trustsForwardedFor: true,
  refusesPlaintextBy: 'reset',
};

/** A proxy of the node, which only looks at connections. */
export const node: DataPlane = {
  ...sidecar,
  asClient: ['encryption'],
  asServer: ['encryption', 'access-l4'],
  usesWaypoints: true,
};

export const gatewayPlane: DataPlane = { ...sidecar, trustsForwardedFor: false };

export const waypointPlane: DataPlane = { ...sidecar, usesWaypoints: false };

/** The mesh `mesh/one`, with sidecars, node proxies, gateways and waypoints. */
export const mesh = (parts: Partial<Mesh> = {}): Mesh => ({
  id: 'mesh/one',
  type: 'test',
  namespace: 'mesh',
  trustDomain: 'cluster.local',
  trustDomainAliases: [],
  evidence: [],
  dataPlanes: { sidecar, node, gateway: gatewayPlane, waypoint: waypointPlane },
  runsGateways: true,
  defaults: { loadBalancing: { algorithm: proxyDefault({ kind: 'leastRequest' }) }, access: proxyDefault('allow') },
  ...parts,
});

const split = (id: string): { namespace: string; name: string } => {
  const [namespace = '', name = ''] = id.split('/');
  return { namespace, name };
};

/** `shop/web`, labelled `app: web`, running as `web`, with a sidecar. */
export const workload = (id: string, parts: Partial<Workload> = {}): Workload => {
  const { namespace, name } = split(id);
  return {
    id,
    kind: 'Deployment',
    namespace,
    name,
    labels: { app: name },
    annotations: {},
    serviceAccount: name,
    ports: [],
    containers: [],
    memberships: memberOf('sidecar'),
    ...parts,
  };
};

/** Seen running in a mode of `mesh/one`. */
export const memberOf = (mode: string, mesh = 'mesh/one'): Workload['memberships'] => [
  { mesh, mode, certainty: 'running', evidence: [] },
];

/** A workload in no mesh. */
export const bareWorkload = (id: string): Workload => workload(id, { memberships: [] });

export const port = (number: number, protocol: ServicePort['protocol'] = 'http', targetPort = 8080): ServicePort => ({
  port: number,
  protocol,
  targetPort,
});

/** `shop/web`, selecting `app: web`, on port 80. */
export const service = (id: string, parts: Partial<Service> = {}): Service => {
  const { namespace, name } = split(id);
  return {
    id,
    namespace,
    name,
    hosts: [serviceHost(namespace, name)],
    addresses: [],
    ports: [port(80)],
    endpoints: { kind: 'pods', namespace, labels: { app: name } },
    external: false,
    headless: false,
    evidence: 'object',
    labels: {},
    annotations: {},
    ...parts,
  };
};

export const gateway = (id: string, parts: Partial<Gateway> = {}): Gateway => ({
  id,
  ...split(id),
  purpose: 'ingress',
  mesh: 'mesh/one',
  labels: {},
  serviceAccount: split(id).name,
  listeners: [{ name: 'http', port: 80, protocol: 'http', hosts: [] }],
  ...parts,
});

export const backendTo = (id: string, weight = 1, subset?: Labels): WeightedBackend => {
  const backend: Backend = {
    kind: 'service',
    service: id,
    ...(subset ? { subset: { name: Object.values(subset).join('-'), labels: subset } } : {}),
  };
  return { backend, weight: written(weight) };
};

export const forward = (...backends: readonly WeightedBackend[]): Action['target'] => ({ kind: 'forward', backends });

/** One rule with an action of its own. */
export const rule = (id: string, match: Match, target: Action['target'], action: Partial<Action> = {}): Rule => ({
  id,
  match,
  action: { id, target, source: at(id), ...action },
});

/** A table before a service for everyone; what no rule takes is answered with 404. */
export const table = (serviceId: string, rules: readonly Rule[], parts: Partial<Frontend> = {}): Frontend => ({
  id: serviceId,
  listens: { kind: 'service', service: serviceId },
  protocol: 'http',
  clients: {},
  rules,
  noMatch: { kind: 'respond', status: 404 },
  ...parts,
});

export const exact = (value: string): TextMatch => ({ kind: 'exact', value });
export const prefix = (value: string): TextMatch => ({ kind: 'prefix', value });
export const present: TextMatch = { kind: 'present' };
export const re2 = (pattern: string): TextMatch => ({
  kind: 'regex',
  regex: { pattern, dialect: 're2', anchoring: 'full' },
});

export const header = (name: string, match: TextMatch, parts: Partial<HeaderMatch> = {}): HeaderMatch => ({
  name,
  match,
  inverted: false,
  missing: 'noMatch',
  repeated: 'any',
  ...parts,
});

export const condition = (
  attribute: AccessCondition['attribute'],
  values: readonly AccessValue[],
  parts: Partial<AccessCondition> = {},
): AccessCondition => ({ attribute, values, negated: false, whenAbsent: 'fails', whenNotHttp: 'fails', ...parts });

export const accessRule = (
  id: string,
  effect: AccessRule['effect'],
  ...clauses: readonly (readonly AccessCondition[])[]
): AccessRule => ({ id, effect, clauses: clauses.map(conditions => ({ conditions })), source: at(id) });

export const policy = (id: string, rules: readonly AccessRule[], parts: Partial<AccessPolicy> = {}): AccessPolicy => ({
  id,
  scope: {},
  tier: 0,
  rules,
  otherwise: 'nothing',
  ...parts,
});

export const encryption = (mode: EncryptionMode, scope: ServerScope = {}): PeerEncryption => ({
  id: `encryption-${mode}`,
  scope,
  mode: written(mode, at(`encryption-${mode}`)),
});

/** A model over `mesh/one` with the given parts. */
export const modelOf = (
  inventory: Partial<Model['inventory']>,
  part: ModelPart = {},
  meshes: readonly Mesh[] = [mesh()],
): Model => assemble({ ...emptyInventory, ...inventory }, [{ meshes, ...part }]);

/** A workload as a caller. */
export const callerOf = ({ namespace, name, labels, serviceAccount, memberships }: Workload): Caller => ({
  kind: 'workload',
  namespace,
  name,
  labels,
  serviceAccount,
  memberships,
});
