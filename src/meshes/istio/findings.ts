import type { FindingKinds } from '../../base/finding.ts';
import { trafficFindings } from './traffic-findings.ts';
import { validationFindings } from './validation/findings.ts';

/** What this adapter finds. Codes are never reused; 0xx routing, 1xx destinations and reach, 2xx security, 3xx ambient, 9xx validation. */
export const istioFindings = {
  ...trafficFindings,
  ...validationFindings,
  ISTIO001: {
    severity: 'warning',
    title: 'several VirtualServices claim one host for sidecars; only the oldest acts',
    hint: 'merge them into one, or split the host',
  },
  ISTIO002: {
    severity: 'warning',
    title: 'rules after a rule that takes everything are never reached',
    hint: 'move the catch-all rule to the end',
  },
  ISTIO003: {
    severity: 'warning',
    title: 'a rule delegates to a VirtualService that is not there; the rule does not exist for the proxy',
  },
  ISTIO004: {
    severity: 'warning',
    title: 'a delegate rule contradicts its parent and is dropped',
  },
  ISTIO006: {
    severity: 'info',
    title: 'a subset is named that no DestinationRule in the input defines',
  },
  ISTIO007: {
    severity: 'warning',
    title: 'an HTTPRoute on the same Service makes proxies ignore the VirtualService, all or those of some namespaces',
  },
  ISTIO008: {
    severity: 'info',
    title: 'objects have no creation time; which of two is older is decided by name',
  },
  ISTIO009: {
    severity: 'warning',
    title: 'a setting is accepted by the API and has no effect',
  },
  ISTIO010: {
    severity: 'error',
    title: 'proxies refuse the status of a redirect, and with it every later change of their routes',
    hint: 'use 301, 302, 303, 307 or 308',
  },
  ISTIO011: {
    severity: 'warning',
    title: 'a VirtualService without hosts is a delegate, and nothing delegates to it',
    hint: 'give it hosts, or name it in the `delegate` of a rule',
  },
  ISTIO201: {
    severity: 'warning',
    title: 'a service port stands where the proxy compares container ports',
    hint: 'write the port that the container listens on (the targetPort of the Service)',
  },
  ISTIO202: {
    severity: 'warning',
    title: 'a PeerAuthentication with a selector in the root namespace applies to nobody',
    hint: 'move it to the namespace of the workloads, or leave out the selector to set the mode of the whole mesh',
  },
  ISTIO203: {
    severity: 'warning',
    title: 'a PeerAuthentication is ignored because an older one decides for the same workloads',
    hint: 'keep one of them',
  },
  ISTIO204: {
    severity: 'warning',
    title: 'a rule about a path can be passed by another spelling of it',
    hint: 'allow what is wanted instead of denying what is not, add the other spellings, or set meshConfig.pathNormalization to DECODE_AND_MERGE_SLASHES',
  },
  ISTIO205: {
    severity: 'warning',
    title: 'a rule that allows all but some callers also allows plaintext callers, who have no identity',
    hint: 'add principals: ["*"] to the source, or make the workloads STRICT',
  },
  ISTIO206: {
    severity: 'warning',
    title: 'a rule that denies by identity does not hold for plaintext callers, who have none',
    hint: 'make the workloads STRICT, or deny notPrincipals: ["*"] as well',
  },
  ISTIO207: {
    severity: 'warning',
    title: 'a rule about the client address believes the X-Forwarded-For header that any caller can send',
    hint: 'use remoteIpBlocks at gateways only; at workloads use ipBlocks or identities',
  },
  ISTIO209: {
    severity: 'warning',
    title: 'a rule demands a token that nobody verifies, so that no request fulfils it',
    hint: 'add a RequestAuthentication for the same workloads',
  },
  ISTIO210: {
    severity: 'warning',
    title: 'a rule that denies by what only HTTP has closes every connection to a TCP port',
    hint: 'name the HTTP ports in the operation',
  },
  ISTIO211: {
    severity: 'warning',
    title: 'a principal with spiffe:// in front is nobody',
    hint: 'leave out spiffe://',
  },
  ISTIO212: {
    severity: 'warning',
    title: 'clients and servers are told to encrypt in ways that do not fit together',
    hint: 'leave tls out of the DestinationRule: the proxies agree on mesh mTLS by themselves',
  },
  ISTIO213: {
    severity: 'warning',
    title: 'a policy does not act at its target',
  },
  ISTIO301: {
    severity: 'warning',
    title: 'a policy about HTTP is enforced by ztunnel, which sees no HTTP',
    hint: 'put a waypoint before the service, and attach the policy with targetRefs instead of a selector',
  },
  ISTIO302: {
    severity: 'warning',
    title: 'a policy has no effect on workloads in ambient mode without a waypoint',
    hint: 'put a waypoint before the service, and attach the policy with targetRefs instead of a selector',
  },
  ISTIO303: {
    severity: 'warning',
    title: 'DISABLE has no meaning in ambient mode',
    hint: 'leave it out; ztunnel takes plaintext unless the mode is STRICT',
  },
  ISTIO304: {
    severity: 'warning',
    title: 'callers with a sidecar do not pass the waypoint where a policy is enforced',
    hint: 'move the callers to ambient mode, or let the workloads admit only the waypoint (an ALLOW policy with its service account)',
  },
  ISTIO305: {
    severity: 'warning',
    title: 'a waypoint is asked for and not used',
  },
  ISTIO306: {
    severity: 'warning',
    title: 'behind a waypoint the caller seen is the waypoint',
    hint: 'attach the policy to the Service with targetRefs, so that the waypoint enforces it',
  },
  ISTIO307: {
    severity: 'warning',
    title: 'ztunnel does not look at trust domains; the condition is left out',
    hint: 'write whole principals, or enforce the policy at a waypoint',
  },
  ISTIO308: {
    severity: 'warning',
    title: 'a waypoint does not see where a connection comes from',
    hint: 'name callers by principals or namespaces; remoteIpBlocks is what they say of themselves in X-Forwarded-For',
  },
  ISTIO309: {
    severity: 'warning',
    title: 'a waypoint routes otherwise than sidecars do',
    hint: 'leave one object with routes for the service, in its namespace and without the labels of callers',
  },
  ISTIO310: {
    severity: 'warning',
    title: 'what is sent to services does not pass the waypoint of pods',
    hint: 'put the label on the Service or the namespace, and let the waypoint be for services',
  },
} as const satisfies FindingKinds;
