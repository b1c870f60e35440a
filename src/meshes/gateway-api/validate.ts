import { Field } from '../../base/field.ts';
import { type Finding, findingOf } from '../../base/finding.ts';
import { gatewayGroup } from '../../native/gateway-api/kinds.ts';
import { groupOf, type Snapshot } from '../../native/snapshot.ts';
import { adapterFindings } from './findings.ts';
import { backendTlsPolicy, gateway } from './validation/gateway.ts';
import { bytesRoute, grpcRoute, httpRoute, tlsRoute } from './validation/routes.ts';
import type { KindRules, Tell } from './validation/tell.ts';

const rules: Readonly<Record<string, KindRules>> = {
  Gateway: gateway,
  HTTPRoute: httpRoute,
  GRPCRoute: grpcRoute,
  TLSRoute: tlsRoute,
  TCPRoute: bytesRoute,
  BackendTLSPolicy: backendTlsPolicy,
};

/**
 * What the API server refuses by the rules in the CRDs of Gateway API (v1.6.1: `x-kubernetes-validations`, and lists of
 * which each key is there once), with the place of each fault. Older CRDs have fewer rules.
 */
export const validate = (snapshot: Snapshot): readonly Finding[] => {
  const findings: Finding[] = [];
  for (const object of snapshot.objects) {
    const check = groupOf(object.ref) === gatewayGroup ? rules[object.ref.kind] : undefined;
    if (!check) continue;
    const tell: Tell = (code, at, message) => {
      findings.push(findingOf(adapterFindings, code, { object: at.object, path: at.path }, message));
    };
    // A cursor of its own, so that nothing counts as read.
    const spec = Field.of(object.ref, object.body).at('spec');
    if (spec) check(spec, tell);
  }
  return findings;
};
