/**
 * The Consul bed as Kubernetes would show it: the same services, workloads and settings, in the objects that SuperGloo
 * reads. What really runs was registered with the agent; entries are handed to it word for word.
 */
import type { KubernetesObject } from '../kubernetes/api.ts';
import { hasPeer } from '../machine/places.ts';
import { agentConfiguration, type ConfigEntry, far } from './agent.ts';
import { exports, farPort, farServices, nearCallers } from './peer.ts';
import { beacon, namespace, type Resident, residents, routedServices, scene } from './scene.ts';

const object = (
  apiVersion: string,
  kind: string,
  name: string,
  body: object,
  metadata: object = {},
): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { namespace, name, ...metadata },
  ...body,
});

/** What a caller dials at the peer, as its pods would say it. */
const dialsAway = (resident: Resident): Readonly<Record<string, string>> =>
  resident.upstreamsFrom === undefined || farServices.length === 0
    ? {}
    : {
        'consul.hashicorp.com/connect-service-upstreams': farServices
          .map(name => `${name}.svc.${far.datacenter}.peer:${farPort(resident, name)}`)
          .join(','),
      };

const workload = (resident: Resident): KubernetesObject => {
  const { id, service, version, ports } = resident;
  const labels = { app: service, ...(version === undefined ? {} : { version }) };
  const isMeshed = ports.sidecar !== undefined;
  const annotations = {
    'consul.hashicorp.com/connect-inject': String(isMeshed),
    ...(version === undefined ? {} : { 'consul.hashicorp.com/service-meta-version': version }),
    ...dialsAway(resident),
  };
  const application = { name: 'application', image: 'application', ports: [{ containerPort: 8080 }] };
  const containers = [application, ...(isMeshed ? [{ name: 'consul-dataplane', image: 'consul-dataplane' }] : [])];
  const template = { metadata: { labels, annotations }, spec: { serviceAccountName: service, containers } };
  return object('apps/v1', 'Deployment', id, { spec: { selector: { matchLabels: labels }, template } });
};

const service = (name: string, app: string): KubernetesObject =>
  object('v1', 'Service', name, { spec: { selector: { app }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] } });

const configuration = object(
  'v1',
  'ConfigMap',
  'consul-server-config',
  { data: { 'agent.json': JSON.stringify(agentConfiguration) } },
  { namespace: 'consul', labels: { app: 'consul', component: 'server', chart: 'consul-helm' } },
);

const names = [...new Set(residents.map(resident => resident.service))];

const kindOf = (kind: string): string =>
  kind
    .replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())
    .replace(/^(?:Api|Http|Jwt|Tcp)(?=[A-Z])/, word => word.toUpperCase());

const camelCase = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(camelCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/^(?:[A-Z]+(?=[A-Z][a-z]|$)|[A-Z])/, word => word.toLowerCase()),
      camelCase(inner),
    ]),
  );
};

/** An entry of the agent as a resource of Kubernetes. */
export const resource = ({ Kind, Name, ...spec }: ConfigEntry): KubernetesObject => {
  const destination = Kind === 'service-intentions' ? { destination: { name: Name } } : {};
  return object('consul.hashicorp.com/v1alpha1', kindOf(Kind), Name, {
    spec: { ...destination, ...(camelCase(spec) as object) },
  });
};

/** The peer, as the one who invites it has it. */
const peering = object(
  'consul.hashicorp.com/v1alpha1',
  'PeeringAcceptor',
  far.datacenter,
  { spec: { peer: { secret: { name: far.datacenter, key: 'data', backend: 'kubernetes' } } } },
  { namespace: 'consul' },
);

/** What is there before anybody wishes for anything. */
export const standing: readonly KubernetesObject[] = [
  ...['consul', namespace].map(name => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  configuration,
  ...residents.map(workload),
  ...names.map(name => service(name, name)),
  ...[...routedServices, beacon].filter(name => !names.includes(name)).map(name => service(name, `${name}-nowhere`)),
  ...scene.map(resource),
  ...nearCallers.map(resource),
  ...(hasPeer() ? [resource(exports), peering] : []),
];

/** A resource of Kubernetes as consul-k8s hands it to the agent. */
export const entryOf = ({ kind, metadata, spec }: KubernetesObject): ConfigEntry => {
  const { destination, ...rest } = (spec ?? {}) as { destination?: { name?: string } };
  const Kind = kind.replace(/([a-z]|^API|^HTTP|^JWT|^TCP)([A-Z])/g, '$1-$2').toLowerCase();
  const Name = Kind === 'service-intentions' ? (destination?.name ?? '') : metadata.name;
  return { Kind, Name, ...(Kind === 'service-intentions' ? rest : ((spec ?? {}) as object)) };
};
