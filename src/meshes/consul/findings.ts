import type { FindingKinds } from '../../base/finding.ts';

/** What this adapter finds. Codes are never reused; 0xx mesh and membership, 1xx routing, 2xx access, 3xx writing, 9xx validation. */
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
  CONSUL006: {
    severity: 'info',
    title: 'callers and services of other clusters, which the input does not hold',
    hint: 'read the other cluster as well, and move both ends of a peering together',
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
  CONSUL109: {
    severity: 'warning',
    title: 'a route that no gateway takes',
    hint: 'name a gateway and a listener that are there, with a host name in common',
  },
  CONSUL110: {
    severity: 'warning',
    title: 'something on a route that Consul takes otherwise than Gateway API says',
    hint: 'write it as Consul does: weights above zero, prefixes that are rewritten, filters of its own',
  },
  CONSUL111: {
    severity: 'warning',
    title: 'a way out of the mesh of which only one end is in the input',
    hint: 'add the terminating gateway, or the ServiceDefaults with the `destination` of the service',
  },
  CONSUL112: {
    severity: 'warning',
    title: 'a listener of a gateway that no route stands behind: connections are refused',
    hint: 'bind a route to it that leads to a service (observed, 1.21)',
  },
  CONSUL113: {
    severity: 'warning',
    title: 'what a client says of an upstream, where it says something else of another name for the same endpoints',
    hint: 'say the same of both names (observed, 1.21)',
  },
  CONSUL114: {
    severity: 'warning',
    title:
      'a client takes an upstream for another protocol: its routes, splits and timeouts do not hold for this client',
    hint: 'leave `protocol` out of `upstreamConfig`: the service’s own ServiceDefaults say what it carries (observed, 1.21)',
  },
  CONSUL201: {
    severity: 'warning',
    title: 'where everyone is let in by default, an identity of another system under the same root passes every deny',
    hint: 'set `default_intention_policy: deny` on the servers and allow who is meant (observed, 1.21)',
  },
  CONSUL202: {
    severity: 'error',
    title: 'tokens are not asked for where everyone is let in by default',
    hint: 'set `default_intention_policy: deny` on the servers (observed, 1.21)',
  },
  CONSUL203: {
    severity: 'warning',
    title: 'an intention for every service and one for every caller meet: what is enforced is not the documented order',
    hint: 'write an intention for this caller at this service; `intentions/check` answers by the documented order (observed, 1.21)',
  },
  CONSUL204: {
    severity: 'error',
    title: 'permissions for a service that carries bytes',
    hint: 'set `protocol: http` in its ServiceDefaults first; Consul refuses the entry otherwise',
  },
  CONSUL205: {
    severity: 'warning',
    title: 'intentions for a service whose pods are not in the input',
    hint: 'add its Service to the input',
  },
  CONSUL206: {
    severity: 'error',
    title: 'a token provider that is not in the input',
    hint: 'add its JWTProvider; Consul refuses the entry without it',
  },
  CONSUL207: {
    severity: 'warning',
    title: 'permissions that only allow, where everyone is let in by default: they do nothing',
    hint: 'end them with `deny` for the path prefix `/`',
  },
  CONSUL208: {
    severity: 'warning',
    title: 'a path is kept out in one spelling of several',
    hint: 'set `http.incoming.requestNormalization` with mergeSlashes in the Mesh entry, or allow what is wanted instead',
  },
  CONSUL209: {
    severity: 'error',
    title: 'permissive mTLS: plaintext passes every intention',
    hint: 'set `mutualTLSMode: strict` once every caller has a sidecar (observed, 1.21)',
  },
  CONSUL210: {
    severity: 'info',
    title: 'a caller that only Consul can tell from others: it shares its service account',
    hint: 'give each service an account of its own before it moves; other meshes know callers by nothing else',
  },
  CONSUL211: {
    severity: 'error',
    title: 'tokens that a gateway is to ask for, which only the Enterprise edition does',
    hint: 'ask for them at the service, with `jwt` in its intentions',
  },
  CONSUL212: {
    severity: 'warning',
    title: 'an exported service is open to every caller of a peer, whatever is denied to callers of its own cluster',
    hint: 'write an intention with `peer` in its source; `*` without one means the own cluster (observed, 1.21)',
  },
  CONSUL213: {
    severity: 'warning',
    title: 'exposed paths: plaintext passes every intention there',
    hint: 'expose health checks and metrics only, each by its whole path',
  },
  CONSUL214: {
    severity: 'info',
    title: 'routes compare paths as they were sent, and servers see them in their normal form',
    hint: 'keep the path out where the rest goes, with an intention for it: intentions see the normal form (observed, 1.21)',
  },
  CONSUL215: {
    severity: 'warning',
    title: 'an export of a service that is not there',
    hint: 'name a service that has instances: a mesh gateway leads to no other (observed, 1.21)',
  },
  CONSUL216: {
    severity: 'info',
    title: 'an exported service that nobody of the peer may call',
    hint: 'write an intention with `peer` in its source (observed, 1.21)',
  },
  CONSUL217: {
    severity: 'info',
    title: 'a peer with which no peering is in the input',
    hint: 'add its PeeringAcceptor or PeeringDialer; until a peering stands, nothing comes from there',
  },
  CONSUL218: {
    severity: 'warning',
    title: 'intentions that a terminating gateway enforces, which is not told',
    hint: 'ask Consul itself (`consul intention check`); callers that are denied get 403 at the gateway (observed, 1.21)',
  },
  CONSUL219: {
    severity: 'error',
    title: 'an exported service that is led to another cluster, which Consul refuses',
    hint: 'lead there from a name that is not exported (observed, 1.21)',
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
  CONSUL304: {
    severity: 'warning',
    title: 'hosts outside are reached through a terminating gateway, which has to run',
    hint: 'deploy it with the chart (`terminatingGateways.enabled`), and let its service account write to these services',
  },
  CONSUL901: {
    severity: 'error',
    title: 'Consul refuses the entry',
    hint: 'mend it: until then the entry that was there before stays in force',
  },
  CONSUL902: {
    severity: 'error',
    title:
      'Consul lets the entry in, and Envoy does not: the clients’ proxies stop taking new routes, or answer with a fault',
    hint: 'mend it: no other change of routes reaches these clients until then (observed, 1.21)',
  },
  CONSUL903: {
    severity: 'warning',
    title: 'an entry that is let in and means something else than it says',
  },
  CONSUL904: {
    severity: 'error',
    title: 'a part of an entry that only the Enterprise edition takes',
    hint: 'leave it out: the community edition refuses the entry',
  },
} as const satisfies FindingKinds;

export type ConsulCode = keyof typeof consulFindings;
