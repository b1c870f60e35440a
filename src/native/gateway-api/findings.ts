import type { FindingKinds } from '../../base/finding.ts';

/** What reading the shared language finds, whichever mesh or gateway acts on it. */
export const gatewayApiFindings = {
  GWAPI001: {
    severity: 'warning',
    title: 'a filter that this implementation does not honour',
    hint: 'remove the filter, or use one that is honoured',
  },
  GWAPI002: {
    severity: 'warning',
    title: 'a backend leads nowhere; its share of the requests fails',
    hint: 'correct the reference, or create what it names',
  },
  GWAPI003: {
    severity: 'warning',
    title: 'a reference into another namespace that no ReferenceGrant permits',
    hint: 'add a ReferenceGrant in the namespace that is referred to',
  },
  GWAPI004: {
    severity: 'warning',
    title: 'a kind of match that is not defined; it takes no request',
  },
  GWAPI005: {
    severity: 'info',
    title: 'which of two overlapping matches wins is left to the implementation',
    hint: 'make the matches disjoint, or test the order on the implementation in use',
  },
  GWAPI006: {
    severity: 'warning',
    title: 'routes of several kinds meet on one port; only the most specific kind acts',
    hint: 'attach routes of one kind only to each port of a Service',
  },
  GWAPI007: {
    severity: 'info',
    title: 'host names of a route on a Service have no effect',
    hint: 'remove the host names: a mesh finds the route by the Service',
  },
  GWAPI008: {
    severity: 'warning',
    title: 'a route is not attached to a parent it names',
  },
  GWAPI009: {
    severity: 'info',
    title: 'objects have no creation time; which of two routes is older is decided by name',
  },
  GWAPI010: {
    severity: 'warning',
    title: 'a rule without a backend that takes traffic answers every request with an error',
    hint: 'give the rule a backend with a weight above zero',
  },
  GWAPI011: {
    severity: 'info',
    title: 'an experimental field or kind that is reported and not acted on',
  },
  GWAPI012: {
    severity: 'warning',
    title: 'a value that the API does not allow',
  },
  GWAPI013: {
    severity: 'warning',
    title: 'a name is given twice in one list; only the first counts',
    hint: 'remove the second entry',
  },
  GWAPI015: {
    severity: 'info',
    title: 'a filter on one of several backends that is not part of what is told about a request',
  },
  GWAPI016: {
    severity: 'info',
    title: 'a route names a Gateway that is not in the input; one that takes the route is assumed',
    hint: 'add the Gateway to the input: its listeners say which ports, hosts and namespaces it takes',
  },
  GWAPI017: {
    severity: 'warning',
    title: 'a route names no parent',
    hint: 'name in `parentRefs` the Gateway, or the Service with `group: ""`, that the route is for',
  },
  GWAPI018: {
    severity: 'warning',
    title: 'a route is on a kind of parent that is not read',
    hint: 'put the rules on a Gateway or a Service, or look after this route by hand',
  },
} as const satisfies FindingKinds;

export type GatewayApiFindingCode = keyof typeof gatewayApiFindings;
