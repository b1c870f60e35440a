/** Configurations by hand, one idea each: what was once observed of Consul, and what stands at its side. */
import { requestOf } from '../../../src/verify/request.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import type { Question } from '../../probe/question.ts';
import type { Configuration, Slot } from '../configuration.ts';

export type ConsulConfiguration = Configuration<KubernetesObject>;

const entry = (kind: string, name: string, spec: object): KubernetesObject => ({
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

export type Ask = Partial<Question['request']> & Partial<Pick<Question, 'caller' | 'plan' | 'times'>>;

export const hostOf = (service: string): string => `${service}.shop.svc.cluster.local`;

export const ask = ({ name }: Slot, { caller = 'shop/client', plan, times, ...request }: Ask): Question => ({
  caller,
  service: `shop/${name}`,
  port: 80,
  request: requestOf({ authority: hostOf(name), ...request }),
  ...(plan ? { plan } : {}),
  ...(times === undefined ? {} : { times }),
});

export interface Case {
  readonly name: string;
  readonly write: (service: string) => readonly KubernetesObject[];
  readonly asks?: readonly Ask[];
}

const family =
  (kind: Slot['kind']) =>
  (name: string, cases: readonly Case[], asks: readonly Ask[] = []): readonly ConsulConfiguration[] =>
    cases.map(one => ({
      id: `${name}: ${one.name}`,
      family: name,
      kind,
      objects: slot => one.write(slot.name),
      questions: slot => [...asks, ...(one.asks ?? [])].map(each => ask(slot, each)),
    }));

export const routing = family('site');
export const guarding = family('guard');

export const each = <T>(
  values: readonly T[],
  write: (value: T, service: string) => readonly KubernetesObject[],
): readonly Case[] =>
  values.map(value => ({
    name: typeof value === 'string' ? value : JSON.stringify(value),
    write: service => write(value, service),
  }));

export const paths = (...all: readonly string[]): readonly Ask[] => all.map(path => ({ path }));
