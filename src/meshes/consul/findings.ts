import type { FindingKinds } from '../../base/finding.ts';

/** What this adapter finds. Codes are never reused; 0xx mesh and membership, 1xx routing, 2xx access, 3xx writing. */
export const consulFindings = {
  CONSUL001: {
    severity: 'info',
    title: 'no Consul servers are in the input; a default installation is assumed',
  },
  CONSUL002: {
    severity: 'warning',
    title: 'a workload asks for a sidecar and its pods run without one',
    hint: 'restart the workload once the injector runs',
  },
  CONSUL003: {
    severity: 'warning',
    title: 'Services of one name in several namespaces are one service to Consul',
    hint: 'give one of them another name, or use the Enterprise edition with namespaces mirrored',
  },
  CONSUL004: {
    severity: 'info',
    title: 'the protocol of a service is not in the input; what its port declares is taken for it',
    hint: 'add its ServiceDefaults: without one, Consul passes on bytes',
  },
  CONSUL005: {
    severity: 'info',
    title: 'objects of Consul that are accounted for and not understood',
  },
  CONSUL101: {
    severity: 'error',
    title: 'routes or splits for a service that carries bytes',
    hint: 'set `protocol: http` in its ServiceDefaults first; Consul refuses the entry otherwise',
  },
  CONSUL102: {
    severity: 'error',
    title: 'a regular expression that Envoy refuses: the proxies of all clients stop taking new routes',
    hint: 'mend the expression; Consul itself lets it in (observed, 1.21)',
  },
  CONSUL103: {
    severity: 'error',
    title: 'a destination that Consul does not know: the entry is refused',
  },
  CONSUL104: {
    severity: 'error',
    title: 'a value that Consul refuses or Envoy does not take',
  },
  CONSUL105: {
    severity: 'warning',
    title: 'retries that never happen',
    hint: 'numRetries needs retryOn, retryOnStatusCodes or retryOnConnectFailure beside it',
  },
  CONSUL106: {
    severity: 'warning',
    title: 'entries that lead in a circle',
  },
  CONSUL107: {
    severity: 'info',
    title: 'a subset is chosen by metadata, which pods carry as annotations',
    hint: 'annotate the pods with consul.hashicorp.com/service-meta-KEY',
  },
  CONSUL301: {
    severity: 'info',
    title: 'an object of the user’s is written with additions',
    hint: 'annotations of a pod template act on pods that start afterwards',
  },
  CONSUL302: {
    severity: 'error',
    title: 'an object of the user’s has the name that is needed and says something else; ours is not written',
    hint: 'join the two by hand: a config entry is found by the name of its service',
  },
  CONSUL303: {
    severity: 'warning',
    title: 'a member of the other mesh would have no sidecar of Consul',
    hint: 'annotate its pods with consul.hashicorp.com/connect-inject: "true" and restart them',
  },
} as const satisfies FindingKinds;

export type ConsulCode = keyof typeof consulFindings;
