import type { FindingKinds } from '../../base/finding.ts';

/** What this adapter finds. Codes are never reused; 0xx routing, 1xx destinations and reach, 2xx security, 3xx ambient, 9xx validation. */
export const istioFindings = {
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
  ISTIO005: {
    severity: 'info',
    title: 'no control plane is in the input; a default installation is assumed',
  },
  ISTIO006: {
    severity: 'info',
    title: 'a subset is named that no DestinationRule in the input defines',
  },
  ISTIO007: {
    severity: 'warning',
    title: 'an HTTPRoute on the same Service makes the proxy ignore the VirtualService',
  },
  ISTIO008: {
    severity: 'info',
    title: 'objects have no creation time; which of two is older is decided by name',
  },
  ISTIO009: {
    severity: 'warning',
    title: 'a setting is accepted by the API and has no effect',
  },
} as const satisfies FindingKinds;
