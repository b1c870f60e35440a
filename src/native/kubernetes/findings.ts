import type { FindingKinds } from '../../base/finding.ts';

/** What Kubernetes' own objects can have wrong with them, as far as it matters for traffic. */
export const kubernetesFindings = {
  KUBE001: {
    severity: 'warning',
    title: 'a service selects no workload',
    hint: 'compare the selector with the labels of the pod templates',
  },
  KUBE002: {
    severity: 'warning',
    title: 'one object is written twice, and differently',
    hint: 'read the two files apart, or remove one of them',
  },
  KUBE003: {
    severity: 'warning',
    title: 'a service port leads to a port that no container has',
    hint: 'name a container port, or use its number',
  },
  KUBE004: {
    severity: 'warning',
    title: 'a value of the wrong type',
    hint: 'the API server refuses it; in YAML a bare number, yes or no must be quoted to be a text',
  },
  KUBE005: {
    severity: 'warning',
    title: 'a workload runs as a service account that does not exist',
    hint: 'create the account; until then its pods do not start',
  },
  KUBE006: {
    severity: 'warning',
    title: 'an external name that is an address',
    hint: 'leave out the selector and write an EndpointSlice for the address instead',
  },
} as const satisfies FindingKinds;
