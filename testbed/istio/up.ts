import { dirname } from 'node:path';
import type { KubernetesApi } from '../kubernetes/api.ts';
import { node } from '../kubernetes/cluster.ts';
import { startKubernetes, startKubernetesControllers, startOnNode } from '../kubernetes/control-plane.ts';
import { bedEnvironment, cacheFolder, inState } from '../machine/places.ts';
import { until } from '../machine/until.ts';
import { installIstio } from './install.ts';
import { startIstiod } from './istiod.ts';
import { deployments, scene } from './scene.ts';

interface Deployments {
  readonly items: readonly {
    readonly metadata: { readonly namespace: string; readonly name: string };
    readonly status?: { readonly readyReplicas?: number };
  }[];
}

const areReady = async (api: KubernetesApi): Promise<boolean> => {
  const { items } = await api.demand<Deployments>('GET', '/apis/apps/v1/deployments');
  const ready = items.filter(({ status }) => status?.readyReplicas === 1);
  const names = new Set(ready.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
  return deployments.every(name => names.has(name));
};

/** Brings up Kubernetes, Istio and the scene, from inside the node's network namespace. */
export const startIstioBed = async (say: (line: string) => void): Promise<void> => {
  const began = performance.now();
  const tell = (what: string): void => say(`${what} after ${((performance.now() - began) / 1000).toFixed(1)} s`);
  const api = await startKubernetes();
  tell('Kubernetes answers');
  await installIstio(api);
  await startIstiod(api);
  tell('Istio answers');
  startKubernetesControllers();
  await api.applyAll([{ apiVersion: 'v1', kind: 'Node', metadata: { name: node.name } }]);
  const places = { XDG_CACHE_HOME: dirname(cacheFolder()), ...bedEnvironment() };
  startOnNode('pod-runner', process.execPath, [inState('programs', 'pod-runner.mjs')], places, {
    makesNamespaces: true,
  });
  for (const objects of scene) await api.applyAll(objects);
  await until('all pods', () => areReady(api), { seconds: 180, everyMs: 200 });
  tell(`${deployments.length} pods are ready`);
};
