import type { FindingKinds } from '../../base/finding.ts';

/**
 * What this adapter finds. Codes are never reused; 0xx mesh and membership, 1xx routing, 2xx access, 3xx writing, 9xx
 * refused by Linkerd's own admission.
 */
export const linkerdFindings = {
  LINKERD001: {
    severity: 'info',
    title: 'no control plane is in the input; a default installation is assumed',
  },
  LINKERD002: {
    severity: 'warning',
    title: 'a workload asks for a proxy and cannot get one',
  },
  LINKERD003: {
    severity: 'warning',
    title: 'a workload asks for a proxy and its pods run without one',
    hint: 'restart the workload; the injector lets pods pass without a proxy while it is down',
  },
  LINKERD004: {
    severity: 'warning',
    title: 'ports that bypass the proxy: no encryption and no policy there',
  },
  LINKERD005: {
    severity: 'warning',
    title: 'an annotation that Linkerd cannot read',
  },
  LINKERD006: {
    severity: 'warning',
    title: 'a machine that no Service leads to',
    hint: 'an ExternalWorkload needs an address, and every port that Services lead to',
  },
  LINKERD101: {
    severity: 'warning',
    title: 'a ServiceProfile makes clients ignore the routes and annotations of its service',
    hint: 'delete the ServiceProfile once routes say the same',
  },
  LINKERD102: {
    severity: 'warning',
    title: 'a ServiceProfile that no service is looked up by',
  },
  LINKERD103: {
    severity: 'warning',
    title: 'part of a ServiceProfile that has no effect',
  },
  LINKERD104: {
    severity: 'warning',
    title: 'a condition of a ServiceProfile that cannot be understood',
  },
  LINKERD105: {
    severity: 'warning',
    title: 'a route that Linkerd does not take over',
  },
  LINKERD106: {
    severity: 'warning',
    title: 'a setting of a route that Linkerd ignores',
  },
  LINKERD107: {
    severity: 'warning',
    title: 'circuit breaking of a service acts on all backends of its routes, which is told for the service alone',
  },
  LINKERD109: {
    severity: 'error',
    title: 'a route that proxies cannot read: all requests to its service fail',
    hint: 'remove the filter, or use an HTTPRoute',
  },
  LINKERD201: {
    severity: 'warning',
    title: 'several Servers select one port; only the oldest acts',
  },
  LINKERD202: {
    severity: 'warning',
    title: 'a port name that no container in the input has',
    hint: 'add the workload to the input, or give the port as a number',
  },
  LINKERD203: {
    severity: 'warning',
    title: 'an authorization that Linkerd ignores',
  },
  LINKERD204: {
    severity: 'warning',
    title: 'an authorization refers to an object that is not in the input',
  },
  LINKERD205: {
    severity: 'info',
    title: 'a selector by expression, resolved to the workloads of the input',
    hint: 'workloads that are added later are not covered by the answers',
  },
  LINKERD207: {
    severity: 'info',
    title: 'an object that is accounted for and not understood',
  },
  LINKERD208: {
    severity: 'warning',
    title: 'several rate limits for one Server; only the oldest acts',
  },
  LINKERD209: {
    severity: 'warning',
    title: 'routes on a Server end the free passage of the kubelet’s probes',
    hint: 'add a route for the probe path and authorize it for the network of the nodes',
  },
  LINKERD301: {
    severity: 'info',
    title: 'an object of the user is written with annotations added',
    hint: 'the annotations act on pods that start afterwards, and on Services at once',
  },
  LINKERD302: {
    severity: 'warning',
    title: 'a workload that is not in Linkerd yet: nothing that is written acts on it',
    hint: 'annotate it or its namespace with linkerd.io/inject: enabled and restart it',
  },
  LINKERD303: {
    severity: 'warning',
    title: 'a machine on which Linkerd’s proxy has to run before traffic gets there',
    hint: 'install the proxy on the machine with this identity and server name, and certificates under the trust anchors',
  },
  LINKERD901: {
    severity: 'error',
    title: 'a reference that Linkerd’s admission refuses',
  },
  LINKERD902: {
    severity: 'error',
    title: 'settings that Linkerd’s admission does not take together',
  },
  LINKERD903: {
    severity: 'error',
    title: 'a value that Linkerd’s admission refuses',
  },
  LINKERD904: {
    severity: 'error',
    title: 'a network that Linkerd’s admission refuses',
  },
  LINKERD905: {
    severity: 'error',
    title: 'something that Linkerd’s admission demands is not there',
  },
} as const satisfies FindingKinds;

export type LinkerdCode = keyof typeof linkerdFindings;
