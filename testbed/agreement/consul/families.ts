/** Consul's entries in the words of Kubernetes, and the ways to try them. */
import type { KubernetesObject } from '../../kubernetes/api.ts';
import { askBy, familyBy } from '../cases.ts';
import type { Configuration } from '../configuration.ts';

export { type Ask, type Case, each, paths } from '../cases.ts';

export type ConsulConfiguration = Configuration<KubernetesObject>;

export const entry = (kind: string, name: string, spec: object): KubernetesObject => ({
  apiVersion: 'consul.hashicorp.com/v1alpha1',
  kind,
  metadata: { namespace: 'shop', name },
  spec,
});

export const router = (service: string, routes: readonly object[]): KubernetesObject =>
  entry('ServiceRouter', service, { routes });
export const splitter = (service: string, splits: readonly object[]): KubernetesObject =>
  entry('ServiceSplitter', service, { splits });
export const resolver = (service: string, spec: object): KubernetesObject => entry('ServiceResolver', service, spec);
export const defaults = (service: string, spec: object): KubernetesObject =>
  entry('ServiceDefaults', service, { protocol: 'http', ...spec });
export const intentions = (service: string, sources: readonly object[]): KubernetesObject =>
  entry('ServiceIntentions', service, { destination: { name: service }, sources });

export const hostOf = (service: string): string => `${service}.shop.svc.cluster.local`;

export const ask = askBy(hostOf);

const family = familyBy(ask);

export const routing = family('site');
export const guarding = family('guard');
