import type { Resource } from '../../adapter/adapter.ts';

export const group = 'consul.hashicorp.com';

const entry = (kind: string, role: Resource['role'] = 'read', more: Partial<Resource> = {}): Resource => ({
  group,
  kind,
  versions: ['v1alpha1'],
  role,
  ...more,
});

/** The kinds of consul-k8s 1.x and 2.x, all of one version. */
export const resources: readonly Resource[] = [
  entry('ServiceDefaults', 'read', { writes: true }),
  entry('ServiceRouter', 'read', { writes: true }),
  entry('ServiceSplitter', 'read', { writes: true }),
  entry('ServiceResolver', 'read', { writes: true }),
  entry('ProxyDefaults', 'read', { writes: true }),
  entry('ServiceIntentions', 'read', { writes: true, guards: true }),
  entry('Mesh', 'read', { writes: true, guards: true }),
  entry('JWTProvider', 'read', { writes: true, guards: true }),
  entry('AgentConfiguration', 'read', { body: [] }),
  entry('APIGateway', 'read', { body: [] }),
  entry('HTTPRoute', 'read', { body: [] }),
  entry('TCPRoute', 'read', { body: [] }),
  entry('InlineCertificate', 'read', { body: [] }),
  entry('FileSystemCertificate', 'read', { body: [] }),
  entry('ExportedServices'),
  entry('SamenessGroup', 'report'),
  entry('IngressGateway'),
  entry('TerminatingGateway', 'read', { writes: true }),
  entry('PeeringAcceptor', 'report'),
  entry('PeeringDialer', 'report'),
  entry('Registration'),
  entry('ControlPlaneRequestLimit', 'report'),
  entry('GatewayClassConfig', 'report'),
  entry('GatewayPolicy', 'report', { guards: true }),
  entry('MeshService', 'read', { writes: true }),
  entry('RouteRetryFilter', 'read', { writes: true }),
  entry('RouteTimeoutFilter', 'read', { writes: true }),
  entry('RouteAuthFilter', 'read', { guards: true }),
];
