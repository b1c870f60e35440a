/**
 * Config entries of Consul as its API and command line take them: objects with a kind and a name and no apiVersion. To the
 * readers they are the same kinds as the custom resources of Kubernetes.
 */

type Mapping = Readonly<Record<string, unknown>>;

const apiVersion = 'consul.hashicorp.com/v1alpha1';

/** The kinds, and the name of those of which there is one. */
const kinds: Readonly<Record<string, { readonly kind: string; readonly name?: string }>> = {
  'service-defaults': { kind: 'ServiceDefaults' },
  'service-router': { kind: 'ServiceRouter' },
  'service-splitter': { kind: 'ServiceSplitter' },
  'service-resolver': { kind: 'ServiceResolver' },
  'service-intentions': { kind: 'ServiceIntentions' },
  'proxy-defaults': { kind: 'ProxyDefaults', name: 'global' },
  mesh: { kind: 'Mesh', name: 'mesh' },
  'exported-services': { kind: 'ExportedServices', name: 'default' },
  'sameness-group': { kind: 'SamenessGroup' },
  'jwt-provider': { kind: 'JWTProvider' },
  'api-gateway': { kind: 'APIGateway' },
  'http-route': { kind: 'HTTPRoute' },
  'tcp-route': { kind: 'TCPRoute' },
  'inline-certificate': { kind: 'InlineCertificate' },
  'file-system-certificate': { kind: 'FileSystemCertificate' },
  'ingress-gateway': { kind: 'IngressGateway' },
  'terminating-gateway': { kind: 'TerminatingGateway' },
  'control-plane-request-limit': { kind: 'ControlPlaneRequestLimit' },
};

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names are compared without case, and snake case is another spelling. */
const find = (body: Mapping, name: string): string | undefined =>
  Object.keys(body).find(key => key.replaceAll('_', '').toLowerCase() === name);

const wordOf = (body: Mapping, name: string): unknown => body[find(body, name) ?? name];

interface EntryIdentity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** The identity of a config entry, or of an agent's configuration that says who is let in; undefined for anything else. */
export const identifyEntry = (body: unknown): EntryIdentity | undefined => {
  if (!isMapping(body) || body.apiVersion !== undefined || body.metadata !== undefined) return undefined;
  const kind = wordOf(body, 'kind');
  const known = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  const name = wordOf(body, 'name') ?? known?.name;
  if (known && typeof name === 'string' && name !== '') return { apiVersion, kind: known.kind, name };
  return known || !isAgentConfiguration(body) ? undefined : { apiVersion, kind: 'AgentConfiguration', name: 'agent' };
};

/** An agent's configuration as far as it says something of traffic. */
const isAgentConfiguration = (body: Mapping): boolean => {
  if (typeof body.default_intention_policy === 'string') return true;
  const { acl } = body;
  return (
    isMapping(acl) &&
    ('default_policy' in acl || 'enabled' in acl) &&
    ('datacenter' in body || 'server' in body || 'connect' in body)
  );
};

/** The entries with which an agent's configuration starts a cluster, each with its place in it. */
export const bootstrapEntries = (body: unknown): readonly { readonly body: unknown; readonly path: string }[] => {
  if (!isMapping(body) || body.apiVersion !== undefined) return [];
  const holder = body.config_entries;
  const bootstrap = isMapping(holder) ? holder.bootstrap : undefined;
  const path = 'config_entries.bootstrap';
  if (Array.isArray(bootstrap))
    return bootstrap.map((entry: unknown, index) => ({ body: entry, path: `${path}[${index}]` }));
  return isMapping(bootstrap) ? [{ body: bootstrap, path }] : [];
};
