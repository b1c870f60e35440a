import { request } from 'node:http';
import { join } from 'node:path';
import { type KubernetesApi, listPath } from '../kubernetes/api.ts';
import { clusterDomain } from '../kubernetes/cluster.ts';
import { kubeconfigFile, startOnNode } from '../kubernetes/control-plane.ts';
import { hasWaypoint, partFolder } from '../machine/places.ts';
import { until } from '../machine/until.ts';
import { startRelay } from '../relay/start.ts';
import { rootNamespace } from './install.ts';

export const clusterId = 'Kubernetes';

/** Two of Istio's own filters are switched off, because an unmodified Envoy does not have them. */
const settings = {
  POD_NAME: 'istiod-0',
  POD_NAMESPACE: rootNamespace,
  REVISION: 'default',
  CLUSTER_ID: clusterId,
  SERVICE_ACCOUNT: 'istiod',
  PILOT_CERT_PROVIDER: 'istiod',
  PILOT_ENABLE_METADATA_EXCHANGE: 'false',
  PILOT_ENABLE_ALPN_FILTER: 'false',
  INJECTION_WEBHOOK_CONFIG_NAME: 'istio-sidecar-injector',
  VALIDATION_WEBHOOK_CONFIG_NAME: `istio-validator-${rootNamespace}`,
};

/** Waypoints are part of ambient mode, which is off unless it is asked for. */
const forWaypoints = { PILOT_ENABLE_AMBIENT: 'true' };

/** What istiod says about itself on its debug port. */
export const askIstiod = (path: string): Promise<{ status: number; text: string }> =>
  new Promise((done, failed) => {
    const asked = request({ host: '127.0.0.1', port: 8080, path, timeout: 10_000 }, answer => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', chunk => {
        text += chunk;
      });
      answer.on('end', () => done({ status: answer.statusCode ?? 0, text }));
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer in 10 s')));
    asked.on('error', failed);
    asked.end();
  });

interface Webhooks {
  readonly items: readonly {
    readonly webhooks: readonly { readonly clientConfig: { readonly caBundle?: string } }[];
  }[];
}

const areTrusted = async (api: KubernetesApi, kind: string): Promise<boolean> => {
  const { items } = await api.demand<Webhooks>('GET', listPath('admissionregistration.k8s.io/v1', kind));
  const hooks = items.flatMap(({ webhooks }) => webhooks);
  return hooks.length > 0 && hooks.every(({ clientConfig }) => clientConfig.caBundle);
};

/** Starts istiod. It is up when its webhooks work too: until then they would let everything through. */
export const startIstiod = async (api: KubernetesApi): Promise<void> => {
  startOnNode(
    'istiod',
    join(partFolder('istio'), 'pilot-discovery'),
    [
      ...['discovery', '--kubeconfig', kubeconfigFile(), '--clusterID', clusterId, '--domain', clusterDomain],
      ...['--monitoringAddr=:15014', '--ctrlz_port=0', '--keepaliveMaxServerConnectionAge', '10h'],
    ],
    { ...settings, ...(hasWaypoint() ? forWaypoints : {}) },
  );
  await until('istiod', async () => (await askIstiod('/ready')).status === 200, { seconds: 90 });
  for (const kind of ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'])
    await until(`the ${kind} of istiod`, () => areTrusted(api, kind), { seconds: 60 });
  await until('the root certificate', async () => {
    const answer = await api.ask('GET', '/api/v1/namespaces/default/configmaps/istio-ca-root-cert');
    return answer.status === 200;
  });
  if (hasWaypoint()) startRelay();
};
