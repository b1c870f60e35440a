/** What Istio's own installer would put into the cluster, with istiod running beside it and not in it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { KubernetesApi, KubernetesObject } from '../kubernetes/api.ts';
import { clusterDomain } from '../kubernetes/cluster.ts';
import { partFolder } from '../machine/places.ts';
import { run } from '../machine/run.ts';

export const rootNamespace = 'istio-system';
export const trustDomain = clusterDomain;

const documents = (yaml: string): KubernetesObject[] =>
  (loadAll(yaml) as (KubernetesObject | null)[]).flatMap(object => (object === null ? [] : [object]));

const isKind = ({ kind }: KubernetesObject): boolean => kind === 'CustomResourceDefinition';

const installed = (): readonly KubernetesObject[] =>
  documents(
    run(join(partFolder('istio'), 'istioctl'), ['manifest', 'generate', '--set', 'profile=minimal'], { seconds: 120 }),
  );

const gatewayApiKinds = (): readonly KubernetesObject[] => {
  const folder = join(partFolder('gatewayApi'), 'crd');
  const files = readdirSync(folder).filter(name => name.endsWith('.yaml') && name !== 'kustomization.yaml');
  return files.flatMap(name => documents(readFileSync(join(folder, name), 'utf8'))).filter(isKind);
};

/**
 * Without a metrics provider there is no filter for Istio's own statistics, which an unmodified Envoy does not have.
 * `binaryPath` and the template lead to what a pod of the bed finds in its folder.
 */
const meshConfig = JSON.stringify({
  rootNamespace,
  trustDomain,
  enablePrometheusMerge: false,
  defaultProviders: {},
  defaultConfig: {
    discoveryAddress: `istiod.${rootNamespace}.svc:15012`,
    binaryPath: './bin/envoy',
    proxyBootstrapTemplatePath: './bin/envoy_bootstrap.json',
    configPath: './etc/istio/proxy',
    concurrency: 1,
    proxyMetadata: { ISTIO_META_DNS_CAPTURE: 'true' },
  },
});

interface Webhook {
  readonly clientConfig: { readonly service?: { readonly path?: string; readonly port?: number } };
}

/** Webhooks are called by the address of the node, where istiod runs. */
const calledOnNode = (object: KubernetesObject): KubernetesObject => ({
  ...object,
  webhooks: (object.webhooks as readonly Webhook[]).map(({ clientConfig, ...webhook }) => {
    const { path = '' } = clientConfig.service ?? {};
    return { ...webhook, clientConfig: { url: `https://istiod.${rootNamespace}.svc:15017${path}` } };
  }),
});

const adapted = (object: KubernetesObject): readonly KubernetesObject[] => {
  const { kind, metadata } = object;
  if (kind === 'MutatingWebhookConfiguration') return [calledOnNode(object)];
  // It would look for istiod's pod before it validates anything.
  if (kind === 'ValidatingWebhookConfiguration') return [calledOnNode(object)];
  if (kind === 'CustomResourceDefinition') return [object];
  if (kind !== 'ConfigMap') return [];
  if (metadata.name !== 'istio') return [object];
  return [{ ...object, data: { mesh: meshConfig, meshNetworks: 'networks: {}' } }];
};

/** Installs Istio's kinds, those of the Gateway API, the injector's template, the mesh's settings and the webhooks. */
export const installIstio = async (api: KubernetesApi): Promise<void> => {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: rootNamespace } };
  const objects = installed().flatMap(adapted);
  await api.applyAll([namespace, ...objects.filter(isKind), ...gatewayApiKinds()]);
  await api.applyAll(objects.filter(object => !isKind(object)));
};
