import type { Adapter, Resource } from '../../adapter/adapter.ts';
import { capabilities } from './capabilities.ts';
import { detect } from './detect.ts';
import { istioFindings } from './findings.ts';
import { assumedMesh } from './mesh.ts';
import { read } from './read.ts';
import { write } from './write.ts';

const networking = (kind: string, role: Resource['role'] = 'read', writes = false): Resource => ({
  group: 'networking.istio.io',
  kind,
  versions: ['v1', 'v1beta1', 'v1alpha3'],
  role,
  writes,
});

const security = (kind: string): Resource => ({
  group: 'security.istio.io',
  kind,
  versions: ['v1', 'v1beta1'],
  role: 'read',
  writes: true,
  guards: true,
});

/** Istio, with sidecars and in ambient mode. See docs/meshes/istio.md. */
export const adapter: Adapter = {
  id: 'istio',
  title: 'Istio',
  resources: [
    networking('VirtualService', 'read', true),
    networking('DestinationRule', 'read', true),
    networking('Gateway', 'read', true),
    networking('ServiceEntry', 'read', true),
    networking('Sidecar', 'read', true),
    networking('WorkloadEntry'),
    networking('WorkloadGroup'),
    { group: 'networking.istio.io', kind: 'EnvoyFilter', versions: ['v1alpha3'], role: 'report' },
    { group: 'networking.istio.io', kind: 'ProxyConfig', versions: ['v1beta1'], role: 'report' },
    security('AuthorizationPolicy'),
    security('PeerAuthentication'),
    security('RequestAuthentication'),
    { group: 'telemetry.istio.io', kind: 'Telemetry', versions: ['v1', 'v1alpha1'], role: 'read', writes: true },
    { group: 'extensions.istio.io', kind: 'WasmPlugin', versions: ['v1alpha1'], role: 'report' },
    { group: 'extensions.istio.io', kind: 'TrafficExtension', versions: ['v1alpha1'], role: 'report' },
    { group: 'sailoperator.io', kind: 'Istio', versions: ['v1', 'v1alpha1'], role: 'read' },
    { group: 'install.istio.io', kind: 'IstioOperator', versions: ['v1alpha1'], role: 'read' },
  ],
  findings: istioFindings,
  capabilities,
  regex: { dialect: 're2', anchoring: 'full' },
  detect,
  read,
  assume: () => assumedMesh(),
  write,
  // Its tables are large, and few commands ask for it.
  validate: async snapshot => (await import('./validate.ts')).validate(snapshot),
};
