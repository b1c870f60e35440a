import type { Adapter, Resource } from '../../adapter/adapter.ts';
import { experimentalGroup, gatewayGroup, servedVersions } from '../../native/gateway-api/kinds.ts';
import { capabilities } from './capabilities.ts';
import { detect } from './detect.ts';
import { adapterFindings } from './findings.ts';
import { assumedMesh } from './mesh.ts';
import { read } from './read.ts';
import { write } from './write.ts';

const standard = (kind: string, writes = false, role: Resource['role'] = 'read'): Resource => ({
  group: gatewayGroup,
  kind,
  versions: servedVersions[kind] ?? ['v1'],
  role,
  writes,
});

const experimental = (kind: string): Resource => ({
  group: experimentalGroup,
  kind,
  versions: ['v1alpha1'],
  role: 'report',
});

/** Gateway API by itself: gateways of any implementation, and routes on Services (GAMMA). See docs/meshes/gateway-api.md. */
export const adapter: Adapter = {
  id: 'gateway-api',
  title: 'Gateway API',
  resources: [
    standard('Gateway', true),
    standard('ListenerSet'),
    standard('HTTPRoute', true),
    standard('GRPCRoute', true),
    standard('TLSRoute', true),
    standard('TCPRoute', true),
    standard('ReferenceGrant', true),
    standard('BackendTLSPolicy', true),
    standard('GatewayClass', false, 'report'),
    standard('UDPRoute', false, 'report'),
    experimental('XListenerSet'),
    experimental('XBackendTrafficPolicy'),
    experimental('XBackend'),
    experimental('XMesh'),
  ],
  findings: adapterFindings,
  capabilities,
  regex: { dialect: 're2', anchoring: 'full' },
  detect,
  read,
  assume: assumedMesh,
  write,
  validate: async snapshot => (await import('./validate.ts')).validate(snapshot),
};
