import type { Field } from '../../../base/field.ts';
import type { AccessCondition, AccessValue } from '../../../model/capabilities/access.ts';
import type { Labels } from '../../../model/scope.ts';
import { readLabelSelector, selectorTakes } from '../../../native/kubernetes/label-selector.ts';
import { namespaceOf } from '../../../native/snapshot.ts';
import { readIdentity, serviceAccount } from '../identity.ts';
import { objectsOf, type Reading, report } from '../reading.ts';
import { type Authentications, isCore, isPolicyGroup, readNetworks, realmOf, referenceOf } from './authentications.ts';
import { type Grant, identityCondition, networkConditions } from './grant.ts';

/** A grant and what it is for. Everything is within one namespace. */
export interface Authorization {
  readonly namespace: string;
  readonly grant: Grant;
  readonly target: AuthorizationTarget;
}

export type AuthorizationTarget =
  | { readonly kind: 'server'; readonly takes: (name: string, labels: Labels) => boolean }
  /** All Servers of the namespace; ports without a Server keep their default policy. */
  | { readonly kind: 'namespace' }
  | {
      readonly kind: 'route';
      readonly group: string;
      readonly route: 'HTTPRoute' | 'GRPCRoute';
      readonly name: string;
    };

/** AuthorizationPolicy and the older ServerAuthorization: both only ever allow, and what any of them allows is allowed. */
export const readAuthorizations = (reading: Reading, authentications: Authentications): Authorization[] => [
  ...objectsOf(reading, 'policy.linkerd.io', 'AuthorizationPolicy').flatMap(object => {
    const spec = reading.snapshot.field(object).at('spec');
    return spec ? readPolicy(reading, namespaceOf(object.ref), object.ref.name, spec, authentications) : [];
  }),
  ...objectsOf(reading, 'policy.linkerd.io', 'ServerAuthorization').flatMap(object => {
    const spec = reading.snapshot.field(object).at('spec');
    return spec ? readServerAuthorization(reading, namespaceOf(object.ref), object.ref.name, spec) : [];
  }),
];

/** All required authentications must hold; none required lets everyone in, in plaintext too. */
const readPolicy = (
  reading: Reading,
  namespace: string,
  name: string,
  spec: Field,
  authentications: Authentications,
): Authorization[] => {
  const target = readTarget(spec.at('targetRef'));
  if (!target) {
    report(reading, 'LINKERD203', spec.at('targetRef') ?? spec, 'the target is of a kind that cannot be authorized');
    return [];
  }
  const conditions: AccessCondition[] = [];
  for (const ref of spec.list('requiredAuthenticationRefs')) {
    const found = readRequired(reading, namespace, ref, authentications);
    if (found === undefined) return [];
    conditions.push(...found);
  }
  const id = `AuthorizationPolicy ${namespace}/${name}`;
  return [{ namespace, grant: { id, conditions, source: spec }, target }];
};

const readTarget = (ref: Field | undefined): AuthorizationTarget | undefined => {
  if (!ref) return undefined;
  const { group, kind, name } = referenceOf(ref);
  if (kind === 'Server' && isPolicyGroup(group)) return { kind: 'server', takes: server => server === name };
  if (kind === 'Namespace' && isCore(group)) return { kind: 'namespace' };
  const isGateway = group.toLowerCase() === 'gateway.networking.k8s.io';
  if (kind === 'HTTPRoute' && (isGateway || isPolicyGroup(group))) return { kind: 'route', group, route: kind, name };
  return kind === 'GRPCRoute' && isGateway ? { kind: 'route', group, route: kind, name } : undefined;
};

/** Undefined: the whole policy has no effect. An authentication that is missing makes it so, not merely its own part. */
const readRequired = (
  reading: Reading,
  namespace: string,
  ref: Field,
  authentications: Authentications,
): readonly AccessCondition[] | undefined => {
  const { group, kind, name } = referenceOf(ref);
  const at = ref.text('namespace') ?? namespace;
  if (kind === 'ServiceAccount' && isCore(group))
    return [identityCondition([serviceAccount(realmOf(reading), at, name)], ref)];
  const isTls = kind === 'MeshTLSAuthentication' && isPolicyGroup(group);
  if (!isTls && !(kind === 'NetworkAuthentication' && isPolicyGroup(group))) {
    report(reading, 'LINKERD203', ref, `\`${kind}\` is no authentication, so that the policy has no effect`);
    return undefined;
  }
  const found = (isTls ? authentications.meshTls : authentications.networks).get(`${at}/${name}`);
  if (found && found !== 'invalid') return found;
  if (!found) {
    report(reading, 'LINKERD204', ref, `no ${kind} \`${at}/${name}\`; without it the policy lets nobody in`);
  }
  return undefined;
};

/**
 * Without networks it is for the cluster's own (policy-controller grpc `to_authz`, 2.20). `unauthenticatedTLS` takes any
 * mesh TLS; every proxy shows an identity there.
 */
const readServerAuthorization = (reading: Reading, namespace: string, name: string, spec: Field): Authorization[] => {
  const server = spec.at('server');
  const serverName = server?.text('name');
  const selector = readLabelSelector(server?.at('selector'));
  const client = spec.at('client');
  const written = readNetworks(client?.list('networks') ?? []);
  const networks =
    written.length > 0 ? written : reading.plane.clusterNetworks.map(cidr => ({ cidr, except: [] as string[] }));
  const identities = readClients(reading, namespace, client);
  if (!identities) {
    report(reading, 'LINKERD203', client ?? spec, 'no client is authorized, so that the object has no effect');
    return [];
  }
  const grant: Grant = {
    id: `ServerAuthorization ${namespace}/${name}`,
    conditions: [...identities, ...networkConditions(networks, client?.at('networks') ?? client)],
    source: spec,
  };
  const takes = (of: string, labels: Labels): boolean =>
    serverName === undefined ? selectorTakes(selector, labels) : serverName === of;
  return [{ namespace, grant, target: { kind: 'server', takes } }];
};

/** The identities asked for; empty for callers without one, undefined if nobody is named. */
const readClients = (
  reading: Reading,
  namespace: string,
  client: Field | undefined,
): readonly AccessCondition[] | undefined => {
  const isUnauthenticated = client?.boolean('unauthenticated') === true;
  const tls = client?.at('meshTLS');
  const isAnyTls = tls?.boolean('unauthenticatedTLS') === true;
  const realm = realmOf(reading);
  const values = [
    ...(tls?.texts('identities') ?? []).map(text => readIdentity(text, realm)),
    ...(tls?.list('serviceAccounts') ?? []).map(account =>
      serviceAccount(realm, account.text('namespace') ?? namespace, account.text('name') ?? ''),
    ),
  ];
  if (isUnauthenticated) return [];
  if (isAnyTls) return [identityCondition([{ kind: 'present' }, ...machineIds(reading)], tls)];
  return values.length > 0 ? [identityCondition(values, tls)] : undefined;
};

/** Those of the machines that are known, which are not part of "any identity". */
const machineIds = ({ inventory }: Reading): readonly AccessValue[] =>
  inventory.workloads.flatMap(({ identity }) => (identity?.kind === 'spiffe' ? [identity] : []));
