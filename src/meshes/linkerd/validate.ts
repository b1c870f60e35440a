import { Field } from '../../base/field.ts';
import { type Finding, findingOf } from '../../base/finding.ts';
import { readInventory } from '../../native/kubernetes/read-kubernetes.ts';
import { groupOf, type Snapshot } from '../../native/snapshot.ts';
import { detect } from './detect.ts';
import { linkerdFindings } from './findings.ts';
import {
  authorizationPolicy,
  egressNetwork,
  meshTlsAuthentication,
  networkAuthentication,
  rateLimitPolicy,
  server,
  serverAuthorization,
} from './validation/authentication.ts';
import { bytesRoute, gatewayHttpRoute, grpcRoute, policyHttpRoute } from './validation/routes.ts';
import { serviceProfile } from './validation/service-profile.ts';
import type { KindRules, Tell } from './validation/tell.ts';

/** Kinds that are Linkerd's alone. */
const own: Readonly<Record<string, KindRules>> = {
  'policy.linkerd.io/AuthorizationPolicy': authorizationPolicy,
  'policy.linkerd.io/MeshTLSAuthentication': meshTlsAuthentication,
  'policy.linkerd.io/NetworkAuthentication': networkAuthentication,
  'policy.linkerd.io/Server': server,
  'policy.linkerd.io/ServerAuthorization': serverAuthorization,
  'policy.linkerd.io/HTTPRoute': policyHttpRoute,
  'policy.linkerd.io/HTTPLocalRateLimitPolicy': rateLimitPolicy,
  'policy.linkerd.io/EgressNetwork': egressNetwork,
  'linkerd.io/ServiceProfile': serviceProfile,
};

/** Kinds that Linkerd's webhook looks at in every cluster in which it is installed, whoever acts on the routes. */
const shared: Readonly<Record<string, KindRules>> = {
  'gateway.networking.k8s.io/HTTPRoute': gatewayHttpRoute,
  'gateway.networking.k8s.io/GRPCRoute': grpcRoute,
  'gateway.networking.k8s.io/TLSRoute': bytesRoute,
  'gateway.networking.k8s.io/TCPRoute': bytesRoute,
};

/**
 * What Linkerd's webhooks refuse beyond the schemas of the CRDs, with the place of each fault: the policy validator
 * (policy-controller runtime/src/admission.rs) and the validator of ServiceProfiles (pkg/profiles), both of 2.20.
 */
export const validate = (snapshot: Snapshot): readonly Finding[] => {
  const rules = isInstalled(snapshot) ? { ...own, ...shared } : own;
  const findings: Finding[] = [];
  for (const object of snapshot.objects) {
    const check = rules[`${groupOf(object.ref)}/${object.ref.kind}`];
    if (!check) continue;
    const tell: Tell = (code, at, message) => {
      findings.push(findingOf(linkerdFindings, code, { object: at.object, path: at.path }, message));
    };
    // A cursor of its own, so that nothing counts as read.
    const spec = Field.of(object.ref, object.body).at('spec');
    if (spec) check(spec, tell, object);
  }
  return findings;
};

const isInstalled = (snapshot: Snapshot): boolean =>
  snapshot.kindsPresent().some(kind => Object.hasOwn(shared, kind)) &&
  detect(snapshot, readInventory(snapshot)).length > 0;
