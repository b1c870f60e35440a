import { Field } from '../../base/field.ts';
import { type Finding, findingOf } from '../../base/finding.ts';
import { groupOf, type Snapshot } from '../../native/snapshot.ts';
import { peerAuthentication, requestAuthentication } from './validation/authentication.ts';
import { authorizationPolicy } from './validation/authorization-policy.ts';
import { destinationRule } from './validation/destination-rule.ts';
import { envoyFilter } from './validation/envoy-filter.ts';
import { proxyConfig, trafficExtension, wasmPlugin } from './validation/extensions.ts';
import { validationFindings } from './validation/findings.ts';
import { gateway } from './validation/gateway.ts';
import { tellAnnotations } from './validation/object-rules.ts';
import { serviceEntry } from './validation/service-entry.ts';
import { kinds } from './validation/shapes.gen.ts';
import { sidecar } from './validation/sidecar.ts';
import { checkStructure } from './validation/structure.ts';
import { telemetry } from './validation/telemetry.ts';
import type { KindRules, Tell } from './validation/tell.ts';
import { virtualService } from './validation/virtual-service.ts';
import { workloadEntry, workloadGroup } from './validation/workload.ts';

const rules: Readonly<Record<string, KindRules>> = {
  'networking.istio.io/VirtualService': virtualService,
  'networking.istio.io/DestinationRule': destinationRule,
  'networking.istio.io/Gateway': gateway,
  'networking.istio.io/ServiceEntry': serviceEntry,
  'networking.istio.io/Sidecar': sidecar,
  'networking.istio.io/WorkloadEntry': workloadEntry,
  'networking.istio.io/WorkloadGroup': workloadGroup,
  'networking.istio.io/EnvoyFilter': envoyFilter,
  'networking.istio.io/ProxyConfig': proxyConfig,
  'security.istio.io/AuthorizationPolicy': authorizationPolicy,
  'security.istio.io/PeerAuthentication': peerAuthentication,
  'security.istio.io/RequestAuthentication': requestAuthentication,
  'telemetry.istio.io/Telemetry': telemetry,
  'extensions.istio.io/WasmPlugin': wasmPlugin,
  'extensions.istio.io/TrafficExtension': trafficExtension,
};

/**
 * What Istio itself would refuse, with the place of each fault: the schema of the CRDs and the rules of its webhook.
 * Every object counts, also one that a later copy stands in place of: it would be refused on its own.
 */
export const validate = (snapshot: Snapshot): readonly Finding[] => {
  const findings: Finding[] = [];
  for (const object of snapshot.objects) {
    const key = `${groupOf(object.ref)}/${object.ref.kind}`;
    const kind = kinds[key];
    if (!kind) continue;
    const told = new Set<string>();
    const tell: Tell = (code, at, message, hint) => {
      const finding = findingOf(validationFindings, code, { object: at.object, path: at.path }, message, hint);
      const place = `${code} ${at.path} ${message}`;
      if (!told.has(place)) findings.push(finding);
      told.add(place);
    };
    const version = object.ref.apiVersion.slice(object.ref.apiVersion.indexOf('/') + 1);
    if (!kind.versions.includes(version)) {
      const served = kind.versions.join(', ');
      tell('ISTIO910', { object: object.ref, path: 'apiVersion' }, `\`${version}\` is not one of ${served}`);
    }
    checkStructure(object, key, tell);
    tellAnnotations(object, tell);
    // The schema was asked with everything; the rules get a cursor of their own, so that nothing counts as read.
    const spec = Field.of(object.ref, object.body).at('spec');
    if (spec) rules[key]?.(spec, tell, object);
  }
  return findings;
};
