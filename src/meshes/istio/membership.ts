import { type Finding, findingOf } from '../../base/finding.ts';
import type { Evidence, Inventory, Membership, Namespace, Workload } from '../../model/inventory.ts';
import type { Mesh } from '../../model/mesh.ts';
import { type Labels, selects } from '../../model/scope.ts';
import type { Snapshot } from '../../native/snapshot.ts';
import { type Revisions, readRevisions } from './revisions.ts';
import { trafficFindings } from './traffic-findings.ts';

export interface MembersFound {
  readonly inventory: Inventory;
  readonly findings: readonly Finding[];
}

interface Context {
  readonly mesh: Mesh;
  readonly namespace: Namespace | undefined;
  readonly revisions: Revisions;
  /** Labels by which Gateways pick their pods. */
  readonly gatewaySelectors: readonly Labels[];
}

/** A mode, how sure it is, and why. */
type Found = Omit<Membership, 'mesh'>;

/**
 * Adds this mesh to the workloads that are in it (meshes.md A.1.1). What was seen running counts alone: labels ask for a
 * proxy, and pods get one only when they start. Where no pod was seen, the labels decide; and where the input says
 * nothing of a namespace, its workloads are taken to be in the mesh.
 */
export const joinMembers = (inventory: Inventory, snapshot: Snapshot, mesh: Mesh): MembersFound => {
  const namespaces = new Map(inventory.namespaces.map(namespace => [namespace.name, namespace]));
  const shared = { mesh, revisions: readRevisions(snapshot), gatewaySelectors: gatewaySelectorsIn(snapshot) };
  const findings: Finding[] = [];
  const workloads = inventory.workloads.map(workload => {
    const context: Context = { ...shared, namespace: namespaces.get(workload.namespace) };
    const seen = runningIn(workload, context);
    const asked = seen ? undefined : requestedFor(workload, context);
    if (asked && asked.certainty !== 'assumed' && workload.pods) {
      const why = asked.evidence.map(({ says }) => says).join(', ');
      const message = `${why}, and its pods run without a proxy`;
      findings.push(findingOf(trafficFindings, 'ISTIO112', workload.source, message));
      return workload;
    }
    const unknown = seen || asked ? undefined : unknownRevision(workload, context);
    if (unknown !== undefined) {
      const message = `nothing goes by the name \`${unknown}\`, which label istio.io/rev asks for`;
      findings.push(findingOf(trafficFindings, 'ISTIO111', workload.source, message));
    }
    const found = seen ?? asked;
    return found ? { ...workload, memberships: [...workload.memberships, { mesh: mesh.id, ...found }] } : workload;
  });
  return { inventory: { ...inventory, workloads }, findings };
};

const gatewaySelectorsIn = (snapshot: Snapshot): Labels[] =>
  snapshot.of('networking.istio.io', 'Gateway').flatMap(object => {
    const selector = snapshot.field(object).find('spec')?.textMap('selector') ?? {};
    return Object.keys(selector).length > 0 ? [selector] : [];
  });

const proxyContainer = 'istio-proxy';
const redirection = 'ambient.istio.io/redirection';

const found = (mode: string, certainty: Membership['certainty'], ...says: string[]): Found => ({
  mode,
  certainty,
  evidence: says.map((text): Evidence => ({ says: text })),
});

/** What the pods that were seen say; the template stands for them where it holds the proxy itself. */
const runningIn = (workload: Workload, context: Context): Found | undefined => {
  const { pods, containers, annotations } = workload;
  const all = pods ?? [{ containers, annotations }];
  const withProxy = all.filter(pod => pod.containers.includes(proxyContainer));
  const count = pods && withProxy.length < all.length ? ` in ${withProxy.length} of ${all.length} pods` : '';
  if (withProxy.length > 0) {
    return found(proxyMode(workload, context), 'running', `container ${proxyContainer}${count}`);
  }
  if (all.some(pod => pod.annotations[redirection] === 'enabled')) {
    return found('ambient', 'running', `annotation ${redirection}: enabled`);
  }
  return undefined;
};

/** A proxy alone in its pod is a gateway or a waypoint; else it stands beside an application. */
const proxyMode = ({ labels, annotations, containers }: Workload, { gatewaySelectors }: Context): string => {
  if (labels['gateway.istio.io/managed'] === 'istio.io-mesh-controller') return 'waypoint';
  const templates = annotations['inject.istio.io/templates'] ?? labels['inject.istio.io/templates'] ?? '';
  const isGateway =
    labels['gateway.networking.k8s.io/gateway-name'] !== undefined ||
    templates.split(',').includes('gateway') ||
    /^(ingress|egress|eastwest)gateway$/.test(labels.istio ?? '') ||
    (containers.every(name => name === proxyContainer || name === 'istio-init') &&
      gatewaySelectors.some(selector => selects(selector, labels)));
  return isGateway ? 'gateway' : templates.includes('grpc') ? 'proxyless' : 'sidecar';
};

/** Namespaces that no injector serves. */
const leftAlone: ReadonlySet<string> = new Set(['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage']);

const requestedFor = (workload: Workload, context: Context): Found | undefined => {
  const { namespace, mesh } = context;
  if (workload.hostNetwork || leftAlone.has(workload.namespace)) return undefined;
  const injected = injectionFor(workload, context);
  if (injected) return injected;
  if (optsOut(workload, namespace)) return undefined;
  const mode = workload.labels['istio.io/dataplane-mode'] ?? namespace?.labels['istio.io/dataplane-mode'];
  const pending = (workload.pods ?? []).some(pod => pod.annotations[redirection] === 'pending');
  if (mode === 'ambient') {
    return found(
      'ambient',
      'requested',
      `label istio.io/dataplane-mode: ambient${pending ? ', and it is pending' : ''}`,
    );
  }
  // A namespace that is in the input without a label is not in the mesh; one that is not in the input may well be.
  if (mode === 'none' || namespace?.source || mesh.namespace === workload.namespace || workload.pods) return undefined;
  return found(proxyMode(workload, context), 'assumed', `the input does not hold namespace ${workload.namespace}`);
};

/** The label goes before the annotation of the same name. */
const injectOf = ({ labels, annotations }: Workload): string | undefined =>
  labels['sidecar.istio.io/inject'] ?? annotations['sidecar.istio.io/inject'];

const optsOut = (workload: Workload, namespace: Namespace | undefined): boolean =>
  injectOf(workload) === 'false' || namespace?.labels['istio-injection'] === 'disabled';

const revisionAsked = ({ labels }: Workload, namespace: Namespace | undefined): string | undefined =>
  namespace?.labels['istio.io/rev'] ?? labels['istio.io/rev'];

const unknownRevision = (workload: Workload, { namespace, revisions }: Context): string | undefined => {
  const name = revisionAsked(workload, namespace);
  if (name === undefined || optsOut(workload, namespace) || namespace?.labels['istio-injection']) return undefined;
  return revisions.named(name) === undefined ? name : undefined;
};

/** Whether an injector is called for the workload's pods, and why: which labels select them (meshes.md A.1.1). */
const injectionFor = (workload: Workload, context: Context): Found | undefined => {
  const { namespace, revisions } = context;
  if (optsOut(workload, namespace)) return undefined;
  const mode = proxyMode(workload, context);
  const where = `namespace ${workload.namespace}`;
  if (namespace?.labels['istio-injection'] === 'enabled') {
    return revisions.servesDefault
      ? found(mode, 'requested', `${where} has label istio-injection: enabled`)
      : undefined;
  }
  const name = revisionAsked(workload, namespace);
  if (name !== undefined) {
    const revision = revisions.named(name);
    if (revision === undefined) return undefined;
    const tag = revision === name ? '' : `, a tag of revision ${revision}`;
    return found(
      mode,
      'requested',
      `${namespace?.labels['istio.io/rev'] ? `${where} has` : 'its pods have'} label istio.io/rev: ${name}${tag}`,
    );
  }
  if (injectOf(workload) === 'true' && workload.labels['sidecar.istio.io/inject'] === 'true') {
    return revisions.servesDefault ? found(mode, 'requested', 'label sidecar.istio.io/inject: true') : undefined;
  }
  return undefined;
};
