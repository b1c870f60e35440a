import type { Field } from '../../../base/field.ts';
import { defaultPolicyNames, parseDefaultPolicy } from '../default-policy.ts';
import { tellNetworks } from './networks.ts';
import { homeOf, isKind, isPolicyKind, type KindRules, kindText, type Tell } from './tell.ts';

/** A target in its own namespace, and at most one authentication of each sort. */
export const authorizationPolicy: KindRules = (spec, tell, object) => {
  const target = spec.at('targetRef');
  if (target) tellTarget(target, homeOf(object), tell);
  const refs = spec.list('requiredAuthenticationRefs');
  const identities = refs.filter(ref => isPolicyKind(ref, 'MeshTLSAuthentication'));
  const accounts = refs.filter(ref => isKind(ref, '', 'ServiceAccount'));
  const networks = refs.filter(ref => isPolicyKind(ref, 'NetworkAuthentication'));
  for (const [kind, those] of [
    ['MeshTLSAuthentication', identities],
    ['ServiceAccount', accounts],
    ['NetworkAuthentication', networks],
  ] as const) {
    for (const ref of those.slice(1)) tell('LINKERD902', ref, `only one ${kind} can be required`);
  }
  const [account] = accounts;
  if (identities.length > 0 && account) {
    tell('LINKERD902', account, 'a MeshTLSAuthentication and a ServiceAccount cannot be required together');
  }
  const known = new Set([...identities, ...accounts, ...networks]);
  for (const ref of refs.filter(one => !known.has(one))) {
    tell('LINKERD901', ref, `\`${kindText(ref)}\` is no authentication`);
  }
};

const tellTarget = (target: Field, home: string, tell: Tell): void => {
  if (isKind(target, '', 'Namespace')) {
    const name = target.at('name');
    if (name && name.value !== home)
      tell('LINKERD901', name, `namespace \`${String(name.value)}\` is not the policy's own`);
    return;
  }
  const isRoute = ['HTTPRoute', 'GRPCRoute'].some(kind => isKind(target, 'gateway.networking.k8s.io', kind));
  if (isRoute || isPolicyKind(target, 'Server', 'HTTPRoute')) return;
  tell('LINKERD901', target, `\`${kindText(target)}\` cannot be the target of an authorization`);
};

export const meshTlsAuthentication: KindRules = (spec, tell) => {
  for (const field of spec.list('identities')) {
    const fault = identityFault(String(field.value));
    if (fault) tell('LINKERD903', field, `\`${String(field.value)}\`: ${fault}`);
  }
  for (const ref of spec.list('identityRefs')) {
    const namespace = ref.at('namespace');
    if (isKind(ref, '', 'ServiceAccount')) continue;
    if (!isKind(ref, '', 'Namespace')) tell('LINKERD901', ref, `\`${kindText(ref)}\` has no identity`);
    else if (namespace) tell('LINKERD901', namespace, 'a Namespace lies in no namespace');
  }
};

const dnsLike = /^(?:\*|[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const spiffe = 'spiffe://';

/** `*`, `*.suffix`, a DNS name, or a SPIFFE id (policy-controller runtime/src/validation.rs `validate_identity`, 2.20). */
const identityFault = (text: string): string | undefined => {
  if (!text.startsWith(spiffe)) return dnsLike.test(text) ? undefined : 'neither a DNS name nor a SPIFFE id';
  const [domain = '', ...segments] = text.slice(spiffe.length).split('/');
  if (domain === '') return 'a SPIFFE id without a trust domain';
  if (!/^[a-z0-9._-]+$/.test(domain)) return 'no trust domain has such characters';
  if (segments.some(segment => segment === '' || segment === '.' || segment === '..')) {
    return 'a SPIFFE id with an empty or dotted segment';
  }
  return segments.every(segment => /^[a-zA-Z0-9._-]+$/.test(segment)) ? undefined : 'no SPIFFE id has such characters';
};

export const networkAuthentication: KindRules = (spec, tell) => {
  const networks = spec.list('networks');
  if (networks.length === 0) tell('LINKERD905', spec.at('networks') ?? spec, 'at least one network is demanded');
  tellNetworks(networks, tell);
};

/** Networks may be left out here, which means everything outside the cluster; an empty list may not be written. */
export const egressNetwork: KindRules = (spec, tell, object) => {
  if (spec.has('networks')) networkAuthentication(spec, tell, object);
};

/** Only the word is looked at: that another Server selects the same port is no fault (policy-controller admission.rs, 2.20). */
export const server: KindRules = (spec, tell) => {
  const policy = spec.at('accessPolicy');
  if (!policy || parseDefaultPolicy(String(policy.value))) return;
  tell('LINKERD903', policy, `\`${String(policy.value)}\` is not one of ${defaultPolicyNames.join(', ')}`);
};

export const serverAuthorization: KindRules = (spec, tell) => {
  const client = spec.at('client');
  const mesh = client?.at('meshTLS');
  const open = client?.at('unauthenticated');
  if (mesh && open?.value === true) tell('LINKERD902', open, '`unauthenticated` and `meshTLS` exclude each other');
  const named = [...(mesh?.list('identities') ?? []), ...(mesh?.list('serviceAccounts') ?? [])];
  const anyTls = mesh?.at('unauthenticatedTLS');
  if (anyTls?.value === true && named.length > 0) {
    tell('LINKERD902', anyTls, '`unauthenticatedTLS` excludes `identities` and `serviceAccounts`');
  }
  tellNetworks(client?.list('networks') ?? [], tell);
};

/** Limits are above zero, none is above the total, and those of single clients are for ServiceAccounts. */
export const rateLimitPolicy: KindRules = (spec, tell) => {
  const target = spec.at('targetRef');
  if (target && !isPolicyKind(target, 'Server'))
    tell('LINKERD901', target, `\`${kindText(target)}\` has no rate limit`);
  const rateOf = (field: Field | undefined): Field | undefined => field?.at('requestsPerSecond');
  const total = rateOf(spec.at('total'));
  const overrides = spec.list('overrides');
  const parts = [rateOf(spec.at('identity')), ...overrides.map(rateOf)];
  for (const rate of [total, ...parts]) {
    if (rate?.value === 0) tell('LINKERD903', rate, 'a limit is above zero');
  }
  for (const rate of parts) {
    if (rate && total && Number(rate.value) > Number(total.value)) {
      tell('LINKERD902', rate, `${String(rate.value)} is above the total of ${String(total.value)}`);
    }
  }
  for (const ref of overrides.flatMap(override => override.list('clientRefs'))) {
    if (!isKind(ref, '', 'ServiceAccount')) tell('LINKERD901', ref, `\`${kindText(ref)}\` is no client of a limit`);
  }
};
