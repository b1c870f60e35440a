import type { Evidence, Inventory } from '../../model/inventory.ts';
import type { Mesh } from '../../model/mesh.ts';
import { groupOf, metadataOf, type NativeObject, namespaceOf, type Snapshot } from '../../native/snapshot.ts';
import { assumedMesh, meshOf } from './mesh.ts';
import { readMeshConfig } from './mesh-config.ts';
import { isControlPlane } from './revisions.ts';

const ownGroups = new Set(['networking.istio.io', 'security.istio.io', 'telemetry.istio.io', 'extensions.istio.io']);

/**
 * A control plane is a Deployment `istiod` or `istiod-<revision>`; several are revisions of one mesh. One that runs
 * elsewhere leaves a Service, an injector's webhook or an operator's object (meshes.md A.1.1). Objects of Istio's kinds,
 * or proxies, without any of these are a sign that it is not in the input: a default installation is assumed. CRDs alone
 * are no sign, since they survive an uninstall.
 */
export const detect = (snapshot: Snapshot, inventory: Inventory): readonly Mesh[] => {
  const config = readMeshConfig(snapshot);
  const controlPlanes = snapshot.of('apps', 'Deployment').filter(({ ref }) => isControlPlane(ref.name));
  const installed = [...controlPlanes, ...tracesOf(snapshot)];
  const [first] = installed;
  if (first) {
    const version = controlPlanes.map(versionOf).find(tag => tag !== undefined);
    const evidence = installed.map(evidenceOf);
    const namespace = first.ref.namespace ?? config.rootNamespace;
    return [meshOf(config, { namespace, evidence, ...(version ? { version } : {}) })];
  }
  const evidence = usesOf(snapshot, inventory);
  return evidence.length > 0 ? [{ ...assumedMesh(config), evidence }] : [];
};

/** What an installation leaves in a cluster besides its control plane. */
const tracesOf = (snapshot: Snapshot): NativeObject[] => [
  ...snapshot.of('', 'Service').filter(({ ref }) => isControlPlane(ref.name)),
  ...snapshot.of('sailoperator.io', 'Istio'),
  ...snapshot.of('install.istio.io', 'IstioOperator'),
  ...snapshot
    .of('admissionregistration.k8s.io', 'MutatingWebhookConfiguration')
    .filter(({ ref }) => ref.name.startsWith('istio-sidecar-injector')),
  ...snapshot.of('apps', 'DaemonSet').filter(({ ref }) => ref.name === 'ztunnel' || ref.name === 'istio-cni-node'),
];

const evidenceOf = (object: NativeObject): Evidence => {
  const { ref } = object;
  const name = ref.namespace === undefined ? ref.name : `${namespaceOf(ref)}/${ref.name}`;
  const revision = metadataOf(object).labels['istio.io/rev'];
  const version = ref.kind === 'Deployment' ? versionOf(object) : undefined;
  const more = [...(revision ? [`revision ${revision}`] : []), ...(version ? [`version ${version}`] : [])];
  return {
    says: `${ref.kind} ${name}${more.length > 0 ? ` (${more.join(', ')})` : ''}`,
    source: { object: ref, path: '' },
  };
};

/** Signs that the mesh is used, though the input does not hold it. */
const usesOf = (snapshot: Snapshot, inventory: Inventory): Evidence[] => {
  const [object] = snapshot.kindsPresent().flatMap(key => {
    const [group = '', kind = ''] = key.split('/');
    return ownGroups.has(group) ? snapshot.of(group, kind) : [];
  });
  const proxied = inventory.workloads.find(({ containers }) => containers.includes('istio-proxy'));
  return [
    ...(object
      ? [
          {
            says: `objects of ${groupOf(object.ref)}, and no control plane in the input`,
            source: { object: object.ref, path: '' },
          },
        ]
      : []),
    ...(proxied
      ? [
          {
            says: `a container istio-proxy in ${proxied.id}, and no control plane in the input`,
            ...(proxied.source ? { source: proxied.source } : {}),
          },
        ]
      : []),
  ];
};

/** The tag of the image of the control plane; with a digest behind it or without. */
const versionOf = ({ body }: NativeObject): string | undefined =>
  /"image":"(?:[^"]*\/)?pilot:([^"@]+)/.exec(JSON.stringify(body))?.[1];
