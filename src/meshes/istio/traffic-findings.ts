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
  ISTIO106: {
    severity: 'warning',
    title: 'a Gateway that no pods run',
    hint: 'compare the selector with the labels of the gateway pods; they may be in any namespace',
  },
  ISTIO107: {
    severity: 'info',
    title: 'a gateway between clusters',
    hint: 'requests through it are not simulated',
  },
  ISTIO108: {
    severity: 'warning',
    title: 'a VirtualService for a Gateway that does not exist',
    hint: 'name it as namespace/name if it is in another namespace',
  },
  ISTIO109: {
    severity: 'warning',
    title: 'a VirtualService and its Gateway have no host in common',
    hint: 'add the host to a server of the Gateway; a namespace in front of a host admits that namespace only',
  },
  ISTIO110: {
    severity: 'warning',
    title: 'a destination without a port behind a gateway',
    hint: 'write destination.port.number: without it the port of the gateway is meant',
  },
  ISTIO111: {
    severity: 'warning',
    title: 'a revision is named that nobody installed; nothing is injected',
    hint: 'compare the label istio.io/rev with the revisions and tags that are installed',
  },
  ISTIO112: {
    severity: 'warning',
    title: 'a workload is meant to be in the mesh and runs without a proxy',
    hint: 'restart it: a proxy is added when a pod starts',
  },
  ISTIO113: {
    severity: 'warning',
    title: 'several Sidecars for the same workloads; only the oldest acts',
    hint: 'keep one for the namespace, and pick workloads by labels in the others',
  },
  ISTIO114: {
    severity: 'error',
    title: 'the configuration of the mesh cannot be read',
    hint: 'mend the text under the key `mesh` of the ConfigMap',
  },
  ISTIO115: {
    severity: 'warning',
    title: 'a rule for a port that none of its gateways has',
    hint: 'compare the port of the match with the servers of the Gateway; what counts is the port of the gateway',
  },
  ISTIO116: {
    severity: 'info',
    title: 'a VirtualService names a Gateway that is not in the input; one that takes its hosts is assumed',
    hint: 'add the Gateway to the input, or write its name as namespace/name: its servers say which ports and hosts it takes',
  },
  ISTIO140: {
    severity: 'warning',
    title: 'raw proxy configuration or a plug-in may change what is told here',
    hint: 'read it by hand; every answer that it touches says so',
  },
} as const satisfies FindingKinds;
