import type { FindingKinds } from '../base/finding.ts';

/** What is found when policies meet what is there. */
export const compileFindings = {
  POLICY001: {
    severity: 'error',
    title: 'a policy for something that is not there',
    hint: 'correct the name, or add what it names; the policy has no effect there until then',
  },
  POLICY002: {
    severity: 'warning',
    title: 'two policies say different things of one field of one target',
    hint: 'keep one of them; the older counts, of two of one age the one whose name comes first',
  },
  POLICY003: {
    severity: 'error',
    title: 'a policy for a whole mesh outside the namespace for such policies',
    hint: 'put it into `supergloo-system`: who may write in a namespace of their own rules no other',
  },
  POLICY004: {
    severity: 'error',
    title: 'an access policy for a Service without workloads of its own',
    hint: 'name a Service that selects pods: access is decided where they are; the policy has no effect until then',
  },
  POLICY005: {
    severity: 'info',
    title: 'a route says something itself that a policy says too',
    hint: 'what the route says counts; remove it there to let the policy say it',
  },
  POLICY006: {
    severity: 'error',
    title: 'a field that does not go with this target',
    hint: 'name a target with which it goes, or remove it',
  },
  POLICY007: {
    severity: 'error',
    title: 'a policy that sends to another namespace, which does not permit it',
    hint: 'add a ReferenceGrant there, from `TrafficPolicy` of `supergloo.dev`; the share is answered with 500 until then',
  },
  POLICY008: {
    severity: 'warning',
    title: 'a policy that sends to another namespace, of which it is not known whether it permits it',
    hint: 'read the ReferenceGrants of that namespace too',
  },
} as const satisfies FindingKinds;
