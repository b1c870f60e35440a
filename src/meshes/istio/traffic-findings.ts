import type { FindingKinds } from '../../base/finding.ts';

/** What is found about destinations, gateways and reach: codes 1xx of this adapter. */
export const trafficFindings = {
  ISTIO101: {
    severity: 'warning',
    title: 'outlier detection that never takes an endpoint out',
    hint: 'set maxEjectionPercent so high that it covers at least one endpoint; 100 is usual for few endpoints',
  },
  ISTIO102: {
    severity: 'warning',
    title: 'locality failover without outlier detection',
    hint: 'add outlierDetection: nothing else tells that endpoints fail',
  },
  ISTIO103: {
    severity: 'warning',
    title: 'a DestinationRule for a host that no service has',
    hint: 'use a single word for a service of its own namespace, else the full name: name.namespace.svc.cluster.local',
  },
  ISTIO104: {
    severity: 'warning',
    title: 'several DestinationRules for one host in one namespace; a part of the newer is ignored',
    hint: 'keep one object for each host',
  },
  ISTIO105: {
    severity: 'warning',
    title: 'a ServiceEntry for a host that is defined elsewhere',
    hint: 'give the host one owner',
  },
} as const satisfies FindingKinds;
