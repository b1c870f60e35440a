/** What people have written, put before the services of the bed: their words, with other names. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { authorizationPolicy, destinationRule, hostOf, versions, virtualService } from '../../istio/native.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import { type Case, guarding, type IstioConfiguration, routing } from './families.ts';

type Body = Readonly<Record<string, unknown>>;

const isBody = (value: unknown): value is Body => typeof value === 'object' && value !== null && !Array.isArray(value);

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => /\.ya?ml$/.test(path))
    .sort();

/** The objects of a kind in all files that are plain YAML. */
const objectsIn = (folder: string, kinds: readonly string[]): readonly KubernetesObject[] =>
  filesIn(folder).flatMap(path => {
    const text = readFileSync(join(folder, path), 'utf8');
    if (!kinds.some(kind => text.includes(`kind: ${kind}`))) return [];
    try {
      return (loadAll(text) as unknown[]).filter(
        (one): one is KubernetesObject =>
          isBody(one) &&
          kinds.includes(String(one.kind)) &&
          /istio\.io/.test(String(one.apiVersion)) &&
          isBody(one.spec),
      );
    } catch {
      return [];
    }
  });

/** A copy with every object in it changed, the innermost first. */
const inEach = (value: unknown, change: (body: Body) => Body): unknown => {
  if (Array.isArray(value)) return value.map(one => inEach(one, change));
  if (!isBody(value)) return value;
  return change(Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inEach(one, change)])));
};

/** Whatever is sent to goes by a name of the bed: the first to the service itself, others to `api`; subsets are versions. */
const sentInBed = (service: string): ((spec: unknown) => unknown) => {
  const hosts = new Map<string, string>();
  const subsets = new Map<string, string>();
  const hostFor = (host: string): string => {
    hosts.set(host, hosts.get(host) ?? (hosts.size === 0 ? service : 'api'));
    return hosts.get(host) ?? service;
  };
  const versionFor = (subset: string): string => {
    subsets.set(subset, subsets.get(subset) ?? (subsets.size % 2 === 0 ? 'v1' : 'v2'));
    return subsets.get(subset) ?? 'v1';
  };
  return spec =>
    inEach(spec, body => {
      if (typeof body.host !== 'string') return body;
      const to = hostFor(body.host);
      const subset = typeof body.subset === 'string' && to === service ? { subset: versionFor(body.subset) } : {};
      return { host: hostOf(to), ...subset };
    });
};

const withoutEntrances = (body: Body): Body => {
  const { gateways: _, ...rest } = body;
  return rest;
};

/** Delegates lead elsewhere, and request ids are made by proxies. */
const canBeRouted = ({ spec }: KubernetesObject): boolean =>
  isBody(spec) &&
  Array.isArray(spec.http) &&
  !/"delegate"|@request\.auth|x-request-id|fixedDelay":"\d{2,}s/.test(JSON.stringify(spec));

const routesOf = (objects: readonly KubernetesObject[]): readonly Case[] =>
  objects.filter(canBeRouted).map(object => ({
    name: nameOf(object),
    write: service => {
      const http = inEach((object.spec as Body).http, withoutEntrances);
      return [versions(service), virtualService(service, sentInBed(service)(http) as readonly object[])];
    },
  }));

const settingsOf = (objects: readonly KubernetesObject[]): readonly Case[] =>
  objects
    .filter(
      ({ spec }) =>
        isBody(spec) && isBody(spec.trafficPolicy) && !/"tls"|PASSTHROUGH|portLevel/.test(JSON.stringify(spec)),
    )
    .map(object => ({
      name: nameOf(object),
      write: service => [destinationRule(service, { trafficPolicy: (object.spec as Body).trafficPolicy })],
    }));

const policiesOf = (objects: readonly KubernetesObject[]): readonly Case[] =>
  objects
    .filter(({ spec }) => !/CUSTOM|"provider"|targetRef/.test(JSON.stringify(spec)))
    .map(object => ({
      name: nameOf(object),
      write: app => {
        const { selector: _, ...spec } = object.spec as Body;
        return [authorizationPolicy(app, spec)];
      },
    }));

const nameOf = ({ kind, metadata }: KubernetesObject): string => `${kind} ${metadata?.name ?? ''}`;

/** Different ones, spread over all there are, under names of their own. */
const some = (objects: readonly KubernetesObject[], most: number): readonly KubernetesObject[] => {
  const different = [...new Map(objects.map(object => [JSON.stringify(object.spec), object])).values()];
  const step = Math.max(1, different.length / most);
  return Array.from(
    { length: Math.min(most, different.length) },
    (_, index) => different[Math.floor(index * step)],
  ).flatMap(object => object ?? []);
};

const numbered = (cases: readonly Case[]): readonly Case[] =>
  cases.map((one, index) => ({ ...one, name: `${index} ${one.name}` }));

/** None where the corpus is not beside the project. */
export const corpusFamilies = (root: string): readonly IstioConfiguration[] => {
  const folder = join(process.env.SUPERGLOO_SHARED ?? join(root, '..', 'shared'), 'corpus');
  if (!existsSync(folder)) return [];
  const all = objectsIn(folder, ['VirtualService', 'DestinationRule', 'AuthorizationPolicy']);
  const of = (kind: string): readonly KubernetesObject[] => all.filter(object => object.kind === kind);
  return [
    ...routing('corpus: routes', numbered(routesOf(some(of('VirtualService').filter(canBeRouted), 60)))),
    // Limits that people have set hold back what is sent at once, so that these are only read.
    ...routing('corpus: settings', numbered(settingsOf(some(of('DestinationRule'), 60)))).map(one => ({
      ...one,
      sendsNothing: true as const,
    })),
    ...guarding('corpus: policies', numbered(policiesOf(some(of('AuthorizationPolicy'), 36)))),
  ];
};
