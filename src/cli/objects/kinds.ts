import { type ApiKind, apiGroup } from '../../api/kind.ts';
import { apiKinds } from '../../api/kinds/kinds.ts';
import { routeKinds } from '../../native/gateway-api/kinds.ts';
import { groupOf, type NativeObject } from '../../native/snapshot.ts';
import { UserError } from '../exit.ts';

/** What a word on the command line stands for: one kind, or all of ours. */
export interface NamedKind {
  /** For people. */
  readonly title: string;
  readonly isOne: (object: NativeObject) => boolean;
  /** Where it is one of our own kinds. */
  readonly definition?: ApiKind;
}

/** Kinds that may be asked for although none is there. */
const usualKinds: readonly string[] = [...routeKinds, 'Gateway', 'Service', 'Deployment', 'Namespace'];

/** What kubectl calls them for short. */
export const shortNames: Readonly<Record<string, string>> = {
  svc: 'service',
  deploy: 'deployment',
  ns: 'namespace',
  gtw: 'gateway',
};

/** As Kubernetes makes a plural: `HTTPRoute` → `httproutes`, `TrafficPolicy` → `trafficpolicies`. */
export const pluralOf = (kind: string): string => {
  const name = kind.toLowerCase();
  if (name.endsWith('y')) return `${name.slice(0, -1)}ies`;
  return /(?:s|x|ch)$/.test(name) ? `${name}es` : `${name}s`;
};

const ownKind = (word: string): ApiKind | undefined =>
  apiKinds.find(({ kind, plural, shortNames }) => [kind.toLowerCase(), plural, ...shortNames].includes(word));

const isOurs = ({ ref }: NativeObject): boolean => groupOf(ref) === apiGroup;

/** `trafficpolicies`, `tp`, `HTTPRoute`, `authorizationpolicies.security.istio.io`; `all` is every kind of ours. */
export const kindNamed = (text: string, objects: readonly NativeObject[]): NamedKind => {
  const [typed = '', ...rest] = text.toLowerCase().split('.');
  const word = shortNames[typed] ?? typed;
  const group = rest.join('.');
  if (word === 'all' && group === '') return { title: 'object', isOne: isOurs };
  const definition = ownKind(word);
  if (definition && (group === '' || group === apiGroup))
    return {
      title: definition.kind,
      isOne: object => isOurs(object) && object.ref.kind === definition.kind,
      definition,
    };
  const isMeant = (kind: string): boolean => kind.toLowerCase() === word || pluralOf(kind) === word;
  const there = new Set(objects.map(({ ref }) => ref.kind));
  const kind = [...there, ...usualKinds].find(isMeant);
  if (kind === undefined) {
    const known = [...new Set([...apiKinds.map(one => one.kind), ...there])].sort().join(', ');
    throw new UserError(`no kind \`${text}\`; there are ${known}`);
  }
  return {
    title: kind,
    isOne: ({ ref }) => ref.kind === kind && (group === '' || groupOf(ref) === group),
  };
};
