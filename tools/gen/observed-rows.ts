/**
 * The rows in which the behaviour of real meshes was written down, and why some of them are no test of `simulate`. The
 * others are named by a test in the folder of the mesh.
 */

/** What was seen of one mesh. */
export interface ObservedRecord {
  readonly mesh: string;
  /** The folder with the tests, and those below it. */
  readonly folder: string;
  readonly sections: readonly Section[];
  /** Why a row is not tested. */
  readonly untested: Readonly<Record<string, string>>;
  /** The beginning of the page that lists the rows. */
  readonly page: string;
}

interface Section {
  readonly id: string;
  readonly about: string;
  /** Rows from `id.1` to `id.last`, and further ones. */
  readonly last: number;
  readonly more?: readonly string[];
}

const istioSections: readonly Section[] = [
  { id: '1', about: 'paths', last: 10 },
  { id: '2', about: 'order, several VirtualServices, delegates', last: 12, more: ['2.10b'] },
  { id: '3', about: 'no match, unknown hosts, forms of the host', last: 6 },
  { id: '4', about: 'weights and destinations', last: 8 },
  { id: '5', about: 'headers and other matches', last: 16 },
  { id: '6', about: 'retries', last: 10 },
  { id: '6b', about: 'default retries', last: 7 },
  { id: '7', about: 'timeouts', last: 2 },
  { id: '8', about: 'faults', last: 6 },
  { id: '9', about: 'mirrors', last: 1 },
  { id: '10', about: 'cross-origin requests', last: 5 },
  { id: '11', about: 'header edits, rewrites, redirects, direct responses', last: 9 },
  { id: '12', about: 'outlier detection, pools, hashing', last: 4, more: ['12.1b'] },
  { id: '13', about: 'PeerAuthentication', last: 9 },
  { id: '13b', about: 'sources under PERMISSIVE', last: 9 },
  { id: '14', about: 'AuthorizationPolicy', last: 16 },
  { id: '15', about: 'HTTPRoutes on Services', last: 15, more: ['15.8b'] },
  { id: '16', about: 'Sidecar, exportTo, ServiceEntry', last: 8 },
  { id: '17', about: 'Gateway', last: 14 },
  { id: '18', about: 'further rows', last: 10 },
  { id: '19', about: 'authorization at gateways', last: 4 },
  { id: '20', about: 'DestinationRule', last: 9 },
];

const inOrder = (a: string, b: string): number => {
  const [x, y] = [a, b].map(row => Number.parseInt(row.split('.')[1] ?? '', 10));
  return (x ?? 0) - (y ?? 0) || (a < b ? -1 : 1);
};

/** The rows of a section, `1.1` first. */
export const rowsOf = ({ id, last, more = [] }: Section): readonly string[] =>
  [...Array.from({ length: last }, (_, index) => `${id}.${index + 1}`), ...more].sort(inOrder);

const timing = 'about how long something takes, which is not told about a request';

const istioUntested: Readonly<Record<string, string>> = {
  '6b.4': 'the tries of the proxy beside the server are not told, only those of the clients and of what is on the way',
  '12.1b': timing,
  '18.9': timing,
  '19.4': timing,
  '20.7': 'which endpoint of several a further try goes to is chance',
  '20.8': 'which share of a split a request falls into is chance; further tries stay in it',
};

const istio: ObservedRecord = {
  mesh: 'istio',
  folder: 'src/meshes/istio/observed',
  sections: istioSections,
  untested: istioUntested,
  page: `# Istio, as observed

What was seen on a running Istio: a development build of 1.31 with its sidecars, Envoy 1.40, validation on, one cluster,
HTTP/1.1. Each row is one experiment; where it is about what becomes of a request, a test puts the same question to
\`simulate\`, over the same services and callers (\`test/support/istio-bed.ts\`). Not seen there: ambient mode, gRPC and
HTTP/2, TLS routes, several clusters, released builds.`,
};

const outside = 'what is in other clusters is not in the input';
const plainEnvoy = 'about Envoy without a mesh: src/gateways/envoy has tests of its own, and runs of agreement';
const application = 'about what the application does, or what it sees of a request beside its path, method and headers';
const health = 'whether instances pass their checks is not told; what stands in for them is, in the order of row 3.14';

const consul: ObservedRecord = {
  mesh: 'consul',
  folder: 'src/meshes/consul',
  sections: [
    { id: '0', about: 'the ones that matter most', last: 14 },
    { id: '1', about: 'service-router', last: 35 },
    { id: '2', about: 'defaults', last: 9 },
    { id: '3', about: 'splitter, resolver, failover, balancing', last: 20 },
    { id: '4', about: 'intentions', last: 18 },
    { id: '5', about: 'service-defaults, proxy-defaults, extensions', last: 21 },
    { id: '6', about: 'normalisation, headers', last: 6 },
    { id: '7', about: 'peering', last: 7 },
    { id: '8', about: 'API gateway', last: 11 },
    { id: '9', about: 'plain Envoy', last: 16 },
  ],
  untested: {
    '1.24': application,
    '1.27': 'how large a body is, is not told',
    '1.28': 'how many requests there are at once is not told; the limit of retries at a time is',
    '2.5': application,
    '2.8': 'the connection from a proxy to its own application is not told',
    '2.9': application,
    '3.12': health,
    '3.13': health,
    '3.15': health,
    '4.14': timing,
    '4.15': timing,
    '5.4': 'silence in an answer is told for the client’s proxy only',
    '5.11': 'how many connections there are at once is not told; the field is reported',
    '5.13': 'the connection from a proxy to its own application is not told',
    '5.14': 'the server name between sidecars changes nothing (observed)',
    '5.17': application,
    '6.6': 'the header with the caller’s certificate is not told',
    '7.2': outside,
    '7.3': outside,
    ...Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`9.${index + 1}`, plainEnvoy])),
  },
  page: `# Consul, as observed

What was seen on a running Consul 1.21.0 with Envoy 1.40.0: agents in development mode, explicit upstreams, ACLs off, one
cluster unless a row says otherwise; Kubernetes had no part. Each row is one experiment; where it is about what becomes of
a request, a test puts the same question to \`simulate\`, over the same services and callers
(\`test/support/consul-bed.ts\`); where it is about what Consul refuses, to \`check\`.`,
};

export const observedRecords: readonly ObservedRecord[] = [istio, consul];
