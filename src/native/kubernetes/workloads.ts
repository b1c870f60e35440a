import { byKey, unique } from '../../base/order.ts';
import type { Pod, Workload } from '../../model/inventory.ts';
import type { Labels } from '../../model/scope.ts';
import { type NativeObject, namespaceOf, type Snapshot } from '../snapshot.ts';
import { podTemplateOf, readPodTemplate } from './pod-template.ts';

/**
 * The kinds whose objects make pods. Of two workloads with one name, the one of the kind that stands first keeps the
 * plain id. `extensions` held some of them before Kubernetes 1.16, and files still do.
 */
const controllers: readonly { readonly kind: string; readonly groups: readonly string[] }[] = [
  { kind: 'Deployment', groups: ['apps', 'extensions'] },
  { kind: 'Rollout', groups: ['argoproj.io'] },
  { kind: 'StatefulSet', groups: ['apps'] },
  { kind: 'DaemonSet', groups: ['apps', 'extensions'] },
  { kind: 'DeploymentConfig', groups: ['apps.openshift.io', ''] },
  { kind: 'ReplicaSet', groups: ['apps', 'extensions'] },
  { kind: 'ReplicationController', groups: [''] },
  { kind: 'CronJob', groups: ['batch'] },
  { kind: 'Job', groups: ['batch'] },
];

/** Labels that controllers put on the pods they make; they tell pods of one workload apart and select nothing. */
const controllerLabels: ReadonlySet<string> = new Set([
  'pod-template-hash',
  'rollouts-pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'controller-uid',
  'job-name',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-name',
]);

interface Owner {
  readonly kind: string;
  readonly name: string;
}

/** What a workload consists of: the object at the root of the ownership, if the input holds it, and all that it owns. */
interface Family {
  readonly root: Owner & { readonly namespace: string };
  object?: NativeObject;
  readonly owned: NativeObject[];
}

/**
 * The workloads, each with what its pods say: a ReplicaSet or pod belongs to the Deployment that made it, also when
 * only the pods were read. Sorted by id.
 */
export const readWorkloads = (snapshot: Snapshot): Workload[] => {
  const ids = new Set<string>();
  return familiesOf(snapshot)
    .flatMap(family => readFamily(snapshot, family) ?? [])
    .map(workload => {
      const { namespace, kind, name } = workload;
      const id = ids.has(workload.id) ? `${namespace}/${kind.toLowerCase()}/${name}` : workload.id;
      ids.add(id);
      return { ...workload, id };
    })
    .sort(byKey(workload => workload.id));
};

/** The objects that this reader looks at. */
export const workloadObjects = (snapshot: Snapshot): NativeObject[] => [
  ...controllers.flatMap(({ kind, groups }) => groups.flatMap(group => snapshot.of(group, kind))),
  ...snapshot.of('', 'Pod'),
];

const familiesOf = (snapshot: Snapshot): Family[] => {
  const objects = workloadObjects(snapshot);
  const present = new Map<string, NativeObject>();
  for (const object of objects) {
    const key = keyOf(namespaceOf(object.ref), object.ref);
    if (!present.has(key)) present.set(key, object);
  }
  const families = new Map<string, Family>();
  for (const object of present.values()) {
    const namespace = namespaceOf(object.ref);
    const root = rootOf(snapshot, object, present);
    const key = keyOf(namespace, root);
    const family = families.get(key) ?? { root: { ...root, namespace }, owned: [] };
    families.set(key, family);
    if (root.kind === object.ref.kind && root.name === object.ref.name) family.object = object;
    else family.owned.push(object);
  }
  return [...families.values()].sort((a, b) => rankOf(a.root.kind) - rankOf(b.root.kind));
};

const isController = (kind: string): boolean => controllers.some(controller => controller.kind === kind);

/** Pods come last. */
const rankOf = (kind: string): number =>
  isController(kind) ? controllers.findIndex(controller => controller.kind === kind) : controllers.length;

const keyOf = (namespace: string, { kind, name }: Owner): string => `${namespace}/${kind}/${name}`;

/** Climbs from owner to owner, as far as workload kinds go: an operator's own kind is no workload, its Deployment is. */
const rootOf = (snapshot: Snapshot, object: NativeObject, present: ReadonlyMap<string, NativeObject>): Owner => {
  let at: Owner = { kind: object.ref.kind, name: object.ref.name };
  let from: NativeObject | undefined = object;
  const passed = new Set<string>();
  while (from) {
    const owner: Owner | undefined = ownerOf(snapshot, from);
    if (!owner || !isController(owner.kind)) return at;
    const key: string = keyOf(namespaceOf(object.ref), owner);
    if (passed.has(key)) return at;
    passed.add(key);
    at = present.has(key) ? owner : beyondReplicaSet(owner, from);
    from = present.get(keyOf(namespaceOf(object.ref), at));
  }
  return at;
};

/** A Deployment names its ReplicaSets after itself and the hash of the template; the pods carry that hash. */
const beyondReplicaSet = (owner: Owner, pod: NativeObject): Owner => {
  const metadata = pod.body.metadata as { labels?: Record<string, unknown> } | undefined;
  const suffix = `-${metadata?.labels?.['pod-template-hash']}`;
  return owner.kind === 'ReplicaSet' && owner.name.endsWith(suffix)
    ? { kind: 'Deployment', name: owner.name.slice(0, -suffix.length) }
    : owner;
};

const ownerOf = (snapshot: Snapshot, object: NativeObject): Owner | undefined => {
  const owners = snapshot.field(object).at('metadata')?.list('ownerReferences') ?? [];
  const owner = owners.find(field => field.boolean('controller') === true) ?? owners[0];
  const kind = owner?.text('kind');
  const name = owner?.text('name');
  return kind === undefined || name === undefined ? undefined : { kind, name };
};

const readFamily = (snapshot: Snapshot, { root, object, owned }: Family): Workload | undefined => {
  const described = object ?? owned.at(-1);
  if (!described) return undefined;
  const field = podTemplateOf(described.ref.kind, snapshot.field(described));
  if (!field) return undefined;
  const template = readPodTemplate(field);
  const pods = (object?.ref.kind === 'Pod' ? [object] : owned).flatMap(member => readPod(snapshot, member) ?? []);
  return {
    id: `${root.namespace}/${root.name}`,
    ...root,
    labels: object ? template.labels : withoutControllerLabels(template.labels),
    annotations: template.annotations,
    serviceAccount: template.serviceAccount,
    ports: template.ports,
    containers: unique([...template.containers, ...pods.flatMap(pod => pod.containers)]),
    ...(pods.length > 0 ? { pods } : {}),
    ...(template.hostNetwork ? { hostNetwork: true } : {}),
    memberships: [],
    source: { object: described.ref, path: '' },
  };
};

const withoutControllerLabels = (labels: Labels): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => !controllerLabels.has(name)));

/** A pod that runs; one in a file has no status yet, and one that has finished takes no traffic. */
const readPod = (snapshot: Snapshot, object: NativeObject): Pod | undefined => {
  if (object.ref.kind !== 'Pod') return undefined;
  const field = snapshot.field(object);
  const status = field.at('status');
  const phase = status?.text('phase');
  if (!status || phase === 'Succeeded' || phase === 'Failed') return undefined;
  const { labels, annotations, containers } = readPodTemplate(field);
  const addresses = [status.text('podIP'), ...status.list('podIPs').map(ip => ip.text('ip'))];
  return {
    name: object.ref.name,
    addresses: unique(addresses.flatMap(address => address ?? [])),
    labels,
    annotations,
    containers,
    source: { object: object.ref, path: '' },
  };
};
