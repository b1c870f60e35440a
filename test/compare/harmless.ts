/** Edits after which every request is treated as before. */
import { type NativeObject, Snapshot } from '../../src/native/snapshot.ts';
import { shuffled } from '../laws/shuffled.ts';
import { type Mutation, namesOf, ofObjects, ofPlaces, renamed } from './mutation.ts';

type Json = Readonly<Record<string, unknown>> | undefined;

/** The exact paths that a rule takes; undefined if it may take others. */
const exactPaths = (rule: unknown): readonly string[] | undefined => {
  const { match, matches } = (rule ?? {}) as { match?: readonly Json[]; matches?: readonly Json[] };
  const paths = [...(match ?? []), ...(matches ?? [])].map(one => {
    const uri = one?.uri as Json;
    const path = one?.path as Json;
    if (one?.ignoreUriCase === true) return undefined;
    return path?.type === 'Exact' ? path.value : uri?.exact;
  });
  return paths.length > 0 && paths.every(path => typeof path === 'string') ? paths : undefined;
};

const areDisjoint = (one: unknown, other: unknown): boolean => {
  const [before, after] = [exactPaths(one), exactPaths(other)];
  return before !== undefined && after !== undefined && !before.some(path => after.includes(path));
};

const reorder = ofPlaces('reorder disjoint rules', ({ pattern, value }, { ref }) => {
  if (!/^spec\.(http|rules)$/.test(pattern) || !Array.isArray(value)) return [];
  const isUnordered = ref.kind === 'AuthorizationPolicy';
  return value
    .slice(1)
    .flatMap((second, index) =>
      isUnordered || areDisjoint(value[index], second) ? [value.with(index, second).with(index + 1, value[index])] : [],
    );
});

/** Kinds whose names mean nothing but which of two comes first. */
const isNamedFreely = ({ ref }: NativeObject): boolean =>
  /^(VirtualService|AuthorizationPolicy|HTTPRoute|GRPCRoute|DestinationRule|RequestAuthentication)$/.test(ref.kind);

const isPointedTo = ({ ref }: NativeObject, all: readonly NativeObject[]): boolean =>
  all.some(({ body }) =>
    new RegExp(`"(targetRef|targetRefs|delegate|from)":.*"${ref.name}"`).test(JSON.stringify(body)),
  );

/** Whether one object is written more than once: which copy counts depends on names and on their order. */
const hasCopies = (objects: readonly NativeObject[]): boolean => new Snapshot(objects).superseded.size > 0;

const rename = ofObjects('rename an object', (object, all) => {
  if (!isNamedFreely(object) || isPointedTo(object, all) || hasCopies(all)) return undefined;
  const added = '-0';
  const other = renamed(object, `${object.ref.name}${added}`);
  const after = all.map(one => (one === object ? other : one));
  const orders = namesOf(all, object);
  const isSameOrder = namesOf(after, other).every((names, order) =>
    names.every((name, at) => name === orders[order]?.[at] || name.replace(added, '') === orders[order]?.[at]),
  );
  return isSameOrder ? [other] : undefined;
});

const isRegular = (pattern: string): boolean => {
  try {
    return new RegExp(pattern) instanceof RegExp;
  } catch {
    return false;
  }
};

/** Other spellings of a regular expression. */
const spellings = (pattern: string): string[] =>
  [
    `(?:${pattern})`,
    pattern.replace(/(?<![\\\w\]])([a-z.])\+/, '$1$1*'),
    pattern.replace(/\[0-9\]/, '\\d'),
    pattern.replace(/\[a-z\]\+/, '[a-z][a-z]*'),
  ].filter(other => other !== pattern);

const respell = ofPlaces('respell a regex', ({ path, value }) => {
  if (path.at(-1) === 'regex' || path.at(-1) === 'pathRegex') {
    return typeof value === 'string' && isRegular(value) ? spellings(value) : [];
  }
  const { type, value: pattern } = (value ?? {}) as { type?: unknown; value?: unknown };
  if (type !== 'RegularExpression' || typeof pattern !== 'string' || !isRegular(pattern)) return [];
  return spellings(pattern).map(other => ({ ...(value as object), value: other }));
});

const split = ofObjects('split a policy in two', (object, all) => {
  const { action = 'ALLOW', rules } = (object.body.spec ?? {}) as { action?: unknown; rules?: unknown };
  if (object.ref.kind !== 'AuthorizationPolicy' || !Array.isArray(rules) || rules.length < 2) return undefined;
  if ((action !== 'ALLOW' && action !== 'DENY') || hasCopies(all)) return undefined;
  const part = (name: string, some: readonly unknown[]): NativeObject =>
    renamed(object, name, { ...(object.body.spec as object), rules: some });
  return [part(object.ref.name, rules.slice(0, 1)), part(`${object.ref.name}-more`, rules.slice(1))];
});

/** Versions of one group that serve the same schema. */
const twins: Readonly<Record<string, readonly string[]>> = {
  'networking.istio.io/v1': ['networking.istio.io/v1beta1', 'networking.istio.io/v1alpha3'],
  'networking.istio.io/v1beta1': ['networking.istio.io/v1'],
  'networking.istio.io/v1alpha3': ['networking.istio.io/v1'],
  'security.istio.io/v1': ['security.istio.io/v1beta1'],
  'security.istio.io/v1beta1': ['security.istio.io/v1'],
  'gateway.networking.k8s.io/v1': ['gateway.networking.k8s.io/v1beta1'],
  'gateway.networking.k8s.io/v1beta1': ['gateway.networking.k8s.io/v1'],
  'policy.linkerd.io/v1beta2': ['policy.linkerd.io/v1beta3'],
  'policy.linkerd.io/v1beta3': ['policy.linkerd.io/v1beta2'],
};

const servedInBoth =
  /^(VirtualService|DestinationRule|ServiceEntry|Sidecar|Gateway|HTTPRoute|AuthorizationPolicy|PeerAuthentication|RequestAuthentication)$/;

const otherVersion = ofPlaces('another apiVersion', ({ pattern, value }, { ref }) =>
  pattern === 'apiVersion' && servedInBoth.test(ref.kind) ? (twins[String(value)] ?? []) : [],
);

const anyOrder: Mutation = {
  kind: 'documents in another order',
  *mutants(objects) {
    if (objects.length < 2 || hasCopies(objects)) return;
    const order = shuffled(objects, objects.length);
    yield {
      where: 'all documents',
      objects: () => order.map((object, document) => ({ ...object, ref: { ...object.ref, document } })),
    };
  },
};

export const harmless: readonly Mutation[] = [reorder, rename, respell, split, otherVersion, anyOrder];
