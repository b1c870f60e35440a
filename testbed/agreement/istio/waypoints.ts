/** Routes and policies at a waypoint: those of sidecars and their workloads, as far as they can be said of services. */
import { waypoint } from '../../istio/scene.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import type { Slot } from '../configuration.ts';
import { actionFamilies } from './actions.ts';
import { callFamilies } from './calls.ts';
import { connectionFamilies } from './connections.ts';
import { type Ask, ask, type IstioConfiguration } from './families.ts';
import { gatewayApiFamilies } from './gateway-api.ts';
import { guardFamilies } from './guards.ts';
import { matchFamilies } from './matches.ts';
import { tokenFamilies } from './tokens.ts';

/** Callers that the waypoint is passed by for: with a sidecar, and without any proxy. */
const passers: readonly Ask[] = ['legacy/old', 'bare/plain'].flatMap(caller => [
  { caller },
  { caller, path: '/admin' },
  { caller, path: '/foo' },
]);

const named = (all: readonly IstioConfiguration[], families: RegExp): readonly IstioConfiguration[] =>
  all.filter(({ family }) => families.test(family));

const atWaypoint = (one: IstioConfiguration, name = 'waypoint'): IstioConfiguration => ({
  ...one,
  id: `${name}: ${one.id}`,
  family: `${name}: ${one.family}`,
});

/** On its port for HTTP, and asked by those who do not pass the waypoint too. */
const ofHttp = (one: IstioConfiguration): IstioConfiguration => ({
  ...one,
  port: 80,
  questions: (slot: Slot) => [
    ...(one.questions?.(slot) ?? []).filter(({ port }) => port === 80 || port === 81),
    ...passers.map(passer => ask(slot, passer)),
  ],
});

type Target = (service: string) => object;

const service: Target = name => ({ group: '', kind: 'Service', name });
const gateway: Target = () => ({ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: waypoint.name });

const withSelector = new Set(['AuthorizationPolicy', 'RequestAuthentication']);

/** What is said of workloads, said of what a waypoint stands before, or of the waypoint itself. */
const attached = (object: KubernetesObject, target: object): KubernetesObject => {
  if (!withSelector.has(object.kind)) return object;
  const { selector: _, ...spec } = object.spec as Readonly<Record<string, unknown>>;
  return { ...object, spec: { targetRefs: [target], ...spec } };
};

const guarding =
  (target: Target) =>
  (one: IstioConfiguration): IstioConfiguration => ({
    ...one,
    kind: 'site',
    objects: slot => one.objects(slot).map(object => attached(object, target(slot.name))),
  });

const routed = [
  ...named(gatewayApiFamilies, /^HTTPRoute/),
  ...named(matchFamilies, /^(?:headers|methods, ports and callers|order of rules|hosts)$/),
  ...named(actionFamilies, /./),
];

const policies = /^(?:identities|operations|conditions|shapes of policies|several policies|routes before guards)$/;

export const waypointFamilies: readonly IstioConfiguration[] = [
  ...routed.map(ofHttp).map(one => atWaypoint(one)),
  ...named(guardFamilies, policies)
    .map(guarding(service))
    .map(ofHttp)
    .map(one => atWaypoint(one)),
  ...tokenFamilies
    .map(guarding(service))
    .map(ofHttp)
    .map(one => atWaypoint(one)),
  ...named(guardFamilies, /^shapes of policies$/)
    .map(guarding(gateway))
    .map(ofHttp)
    .map(one => ({ ...atWaypoint(one, 'all of a waypoint'), alone: true as const })),
  ...named(connectionFamilies, /^(?:routes of bytes|TCPRoute)$/).map(one => atWaypoint(one)),
  ...named(guardFamilies, /^policies on bytes$/)
    .map(guarding(service))
    .map(one => atWaypoint(one)),
  ...named(callFamilies, /^(?:calls|treatment of calls|GRPCRoute.*)$/).map(one => atWaypoint(one)),
  ...named(callFamilies, /^policies on calls$/)
    .map(guarding(service))
    .map(one => atWaypoint(one)),
];
