/** The other side: what was converted is applied to Consul as it was printed, and its workloads start there. */
import { linkSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { applyEntry, consulAddress, demandConsul, near } from '../consul/agent.ts';
import type { Resident } from '../consul/scene.ts';
import { alive, startApplication, startSidecar } from '../consul/up.ts';
import { entryOf } from '../consul/world.ts';
import { BedFailure } from '../failures.ts';
import type { KubernetesObject } from '../kubernetes/api.ts';
import { node } from '../kubernetes/cluster.ts';
import { inState, partFolder } from '../machine/places.ts';
import { namespaceAt, proxyUser } from '../pods/runner.ts';
import { bridge, bridgePort, service } from './shop.ts';

/** The caller that the bridge stands in for: whom the policy names, so that the intention that came of it lets it in. */
const standsFor = 'client';

const order = ['ProxyDefaults', 'Mesh', 'ServiceDefaults', 'ServiceResolver', 'ServiceSplitter', 'ServiceRouter'];
const rankOf = ({ kind }: KubernetesObject): number => (order.indexOf(kind) + order.length) % order.length;
const isEntry = ({ apiVersion }: KubernetesObject): boolean => apiVersion.startsWith('consul.hashicorp.com/');

/** Hands the config entries to the agent, as consul-k8s does. */
export const applyEntries = async (objects: readonly KubernetesObject[]): Promise<number> => {
  const entries = objects.filter(isEntry).toSorted((a, b) => rankOf(a) - rankOf(b));
  for (const object of entries) {
    const { status, text } = await applyEntry(entryOf(object));
    if (status !== 200 || text.trim() !== 'true')
      throw new BedFailure(`Consul does not take ${object.kind} ${object.metadata.name}: ${text}`);
  }
  return entries.length;
};

const metaPrefix = 'consul.hashicorp.com/service-meta-';

interface PodTemplate {
  readonly template: {
    readonly metadata: {
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations?: Readonly<Record<string, string>>;
    };
  };
}

/** Where the workloads of the move listen, by their position. */
const portsAt = (index: number) => ({
  application: 5050 + index,
  control: 5150 + index,
  sidecar: 5250 + index,
  admin: 5350 + index,
});

/** Starts every Deployment of the service that was printed, with the metadata that its annotations give it. */
export const startWorkloads = async (objects: readonly KubernetesObject[]): Promise<readonly Resident[]> => {
  const deployments = objects.filter(
    ({ kind, spec }) => kind === 'Deployment' && (spec as PodTemplate).template.metadata.labels.app === service,
  );
  const started: Resident[] = [];
  for (const [index, { metadata, spec }] of deployments.entries()) {
    const { annotations = {} } = (spec as PodTemplate).template.metadata;
    const ports = portsAt(index);
    const resident: Resident = { cluster: near, id: `consul-${metadata.name}`, service, ports };
    const meta = Object.fromEntries(
      Object.entries(annotations).flatMap(([name, value]) =>
        name.startsWith(metaPrefix) ? [[name.slice(metaPrefix.length), value]] : [],
      ),
    );
    startApplication(resident);
    await demandConsul('PUT', '/v1/agent/service/register?replace-existing-checks=true', {
      ID: resident.id,
      Name: service,
      Address: node.address,
      Port: ports.application,
      Meta: meta,
      Check: alive(`${resident.id}-application`),
      Connect: {
        SidecarService: {
          Address: node.address,
          Port: ports.sidecar,
          Checks: [alive(`${resident.id}-sidecar`)],
          Proxy: { LocalServiceAddress: consulAddress, LocalServicePort: ports.application },
        },
      },
    });
    startSidecar({ id: resident.id, admin: `${consulAddress}:${ports.admin}` });
    started.push(resident);
  }
  return started;
};

/** A sidecar of Consul beside that of Istio in the pod of the bridge: what Istio lets in goes on through it. */
export const startBridge = async (address: string): Promise<void> => {
  const id = `${standsFor}-at-the-${bridge}`;
  const sidecar = 5270;
  await demandConsul('PUT', '/v1/agent/service/register?replace-existing-checks=true', {
    ID: id,
    Name: standsFor,
    Address: address,
    Port: 1,
    Connect: {
      SidecarService: {
        Address: address,
        Port: sidecar,
        Checks: [alive(`${id}-sidecar`)],
        Proxy: {
          Upstreams: [{ DestinationName: service, LocalBindAddress: '0.0.0.0', LocalBindPort: bridgePort }],
        },
      },
    },
  });
  // The user of a sidecar cannot look into the cache, and what it sends is not sent back to Istio's.
  const folder = inState('bridge');
  mkdirSync(folder, { recursive: true });
  const envoy = join(folder, 'envoy');
  linkSync(join(partFolder('envoy'), 'envoy'), envoy);
  startSidecar({
    id,
    admin: '127.0.0.1:19001',
    elsewhere: { namespace: namespaceAt(address), user: proxyUser, envoy },
  });
};
