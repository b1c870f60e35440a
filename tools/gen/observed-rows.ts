/**
 * The rows in which the behaviour of a real Istio was written down, and why some of them are no test of `simulate`. The
 * others are named by a test under src/meshes/istio/observed/.
 */

interface Section {
  readonly id: string;
  readonly about: string;
  /** Rows `id.1` to `id.last`, and further ones. */
  readonly last: number;
  readonly more?: readonly string[];
}

export const sections: readonly Section[] = [
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

/** Why a row is not tested. */
export const untested: Readonly<Record<string, string>> = {
  '6b.4': 'the tries of the proxy beside the server are not told, only those of the clients and of what is on the way',
  '12.1b': timing,
  '18.9': timing,
  '19.4': timing,
  '20.7': 'which endpoint of several a further try goes to is chance',
  '20.8': 'which share of a split a request falls into is chance; further tries stay in it',
};
