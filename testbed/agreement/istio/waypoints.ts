/** Routes and policies at a waypoint: those of sidecars and their workloads, as far as they can be said of services. */

import { requestOf } from '../../../src/verify/request.ts';
import { rootNamespace } from '../../istio/install.ts';
import { authorizationPolicy, destinationRule, namespace as home, hostOf } from '../../istio/native.ts';
import { bytePort, tlsPort, waypoint } from '../../istio/scene.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import { node } from '../../kubernetes/cluster.ts';
import type { Question } from '../../probe/question.ts';
import type { Slot } from '../configuration.ts';
import { actionFamilies } from './actions.ts';
import { callFamilies } from './calls.ts';
import { connectionFamilies } from './connections.ts';
import { type Ask, ask, type Case, each, guarding, type IstioConfiguration, routing } from './families.ts';
import { gatewayApiFamilies } from './gateway-api.ts';
import { guardFamilies } from './guards.ts';
import { matchFamilies } from './matches.ts';
import { settingsFamilies } from './settings.ts';
import { byteCrowds, togetherFamilies } from './together.ts';
import { tokenFamilies } from './tokens.ts';

/** Callers that the waypoint is passed by for: with a sidecar, and without any proxy. */
const passers: readonly Ask[] = ['legacy/old', 'bare/plain'].flatMap(caller => [
  { caller },
  { caller, path: '/admin' },
  { caller, path: '/foo' },
]);

const named = (all: readonly IstioConfiguration[], families: RegExp): readonly IstioConfiguration[] =>
  all.filter(({ family }) => families.test(family));

/** Waypoints do not tell applications how many tries there were before. */
const countless = (questions: readonly Question[]): readonly Question[] =>
  questions.filter(({ plan }) => plan?.times === undefined);

const atWaypoint = (one: IstioConfiguration): IstioConfiguration => ({
  ...one,
  id: `waypoint: ${one.id}`,
  family: `waypoint: ${one.family}`,
  questions: slot => countless(one.questions?.(slot) ?? []),
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

const withSelector = new Set(['AuthorizationPolicy', 'RequestAuthentication']);

/** What is said of workloads, said of the service that a waypoint stands before. */
const attached = (object: KubernetesObject, name: string): KubernetesObject => {
  if (!withSelector.has(object.kind)) return object;
  const { selector: _, ...spec } = object.spec as Readonly<Record<string, unknown>>;
  return { ...object, spec: { targetRefs: [{ group: '', kind: 'Service', name }], ...spec } };
};

const ofService = (one: IstioConfiguration): IstioConfiguration => ({
  ...one,
  kind: 'site',
  objects: slot => one.objects(slot).map(object => attached(object, slot.name)),
});

const gatewayGroup = 'gateway.networking.k8s.io';
const own = { group: gatewayGroup, kind: 'Gateway', name: waypoint.name };
const every = { group: gatewayGroup, kind: 'GatewayClass', name: 'istio-waypoint' };

const client = 'cluster.local/ns/shop/sa/client';

/** Each lets one of the callers see the beacon, which the waypoint stands before as well. */
const wide: readonly object[] = [
  { rules: [{ from: [{ source: { principals: [client] } }] }] },
  { rules: [{ from: [{ source: { namespaces: ['other'] } }] }] },
  { action: 'DENY', rules: [{ from: [{ source: { principals: [client] } }] }] },
  { action: 'DENY', rules: [{ from: [{ source: { notNamespaces: ['shop'] } }] }] },
  { action: 'DENY', rules: [{ to: [{ operation: { paths: ['/admin'] } }] }] },
  { action: 'DENY', rules: [{ to: [{ operation: { methods: ['POST'] } }] }] },
];

const policyFor = (target: object, spec: object, namespace: string): KubernetesObject => ({
  apiVersion: 'security.istio.io/v1',
  kind: 'AuthorizationPolicy',
  metadata: { namespace, name: 'for-the-waypoint' },
  spec: { targetRefs: [target], ...spec },
});

const wideCases = (target: typeof every, namespace: string): readonly Case[] =>
  wide.map(spec => ({
    name: `${target.kind} in ${namespace} ${JSON.stringify(spec)}`,
    write: () => [policyFor(target, spec, namespace)],
  }));

/** Policies for the waypoint itself, and for all waypoints: one at a time, since they hold for every service. */
const ofAll = routing(
  'policies of a waypoint',
  [...wideCases(own, waypoint.namespace), ...wideCases(every, rootNamespace), ...wideCases(every, waypoint.namespace)],
  [{}, { caller: 'other/client2' }, { path: '/admin' }, { method: 'POST' }],
).map(one => ({ ...atWaypoint(ofHttp(one)), alone: true as const }));

const blocks = (list: string, block: string): readonly object[] =>
  ['ALLOW', 'DENY'].map(action => ({ action, rules: [{ from: [{ source: { [list]: [block] } }] }] }));

/** A waypoint knows what callers say of where they come from, and not where a tunnel comes from. */
const addresses = guarding(
  'addresses',
  each(
    [
      ...blocks('ipBlocks', '0.0.0.0/0'),
      ...blocks('notIpBlocks', '192.0.2.0/24'),
      ...blocks('remoteIpBlocks', `${node.address}/${node.network}`),
      ...blocks('notRemoteIpBlocks', '192.0.2.0/24'),
    ],
    (spec, app) => [authorizationPolicy(app, spec)],
  ),
  [{}, { headers: [['x-forwarded-for', '192.0.2.7']] }, { headers: [['x-forwarded-for', '192.0.2.7, 10.101.0.1']] }],
);

/** Where a rule about a destination stands, and for whom: a waypoint finds it as the sidecars of its namespace do. */
const inNamespace = (object: KubernetesObject, namespace: string): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, namespace },
});

const connections = (maxConnections: number): object => ({
  trafficPolicy: { connectionPool: { tcp: { maxConnections } } },
});

const elsewhere = routing(
  'whose settings',
  each<readonly (readonly [namespace: string, spec: object])[]>(
    [
      [['other', connections(3)]],
      [[rootNamespace, connections(4)]],
      [
        ['other', connections(3)],
        [rootNamespace, connections(4)],
        [home, connections(5)],
      ],
      [
        [home, { ...connections(5), exportTo: ['.'] }],
        [rootNamespace, connections(4)],
      ],
      [[home, { ...connections(5), exportTo: ['other'] }]],
      [['other', { ...connections(3), exportTo: ['*'] }]],
      [[home, { ...connections(5), workloadSelector: { matchLabels: { app: 'client' } } }]],
    ],
    (all, service) => all.map(([namespace, spec]) => inNamespace(destinationRule(service, spec), namespace)),
  ),
).map(one => ({ ...one, sendsNothing: true as const }));

/** The settings of bytes, which the same rule says. */
const ofBytes = routing(
  'settings of bytes',
  each(
    [
      { connectionPool: { tcp: { maxConnections: 5, connectTimeout: '2s', tcpKeepalive: { probes: 3 } } } },
      {
        connectionPool: { tcp: { maxConnections: 5 } },
        portLevelSettings: [{ port: { number: bytePort }, outlierDetection: {} }],
      },
      { outlierDetection: { consecutive5xxErrors: 3, maxEjectionPercent: 50 } },
      { loadBalancer: { simple: 'RANDOM' } },
      { loadBalancer: { consistentHash: { useSourceIp: true } } },
      { tls: { mode: 'DISABLE' } },
      { tls: { mode: 'SIMPLE', sni: 'names.example' } },
    ],
    (trafficPolicy, service) => [
      destinationRule(service, { trafficPolicy, subsets: [{ name: 'v1', labels: { version: 'v1' } }] }),
    ],
  ),
).map(one => ({ ...one, sendsNothing: true as const, readOn: bytePort }));

/** Servers are in no mesh here: whoever heeded the demand for mesh TLS would come to none of them. */
const meshTls = routing(
  'TLS of the mesh for destinations',
  each(['ISTIO_MUTUAL', 'DISABLE'], (mode, service) => [
    destinationRule(service, { trafficPolicy: { tls: { mode } } }),
  ]),
  [{}, { port: bytePort, protocol: 'tcp' }],
);

/** Those who go past the waypoint meet the limits at their own sidecars. */
const past = (one: IstioConfiguration): IstioConfiguration => ({
  ...one,
  id: `past ${one.id}`,
  family: `past ${one.family}`,
  together: slot =>
    (one.together?.(slot) ?? []).map(asked => ({ ...asked, question: { ...asked.question, caller: 'legacy/old' } })),
});

const together = [...togetherFamilies, ...byteCrowds];

const settled = [
  ...[...settingsFamilies, ...elsewhere, ...together, ...named(together, /^limits met$/).map(past)].map(ofHttp),
  ...ofBytes,
  ...meshTls,
];

const sealedOf = (sni: string, { name }: Slot, caller: string, port: number): Question => ({
  caller,
  service: `shop/${name}`,
  port,
  request: requestOf({ protocol: 'tls', scheme: 'https', sni }),
});

/** What comes where: bytes on the port of TLS, and what begins as TLS on that of bytes. */
const anything = (slot: Slot): readonly Question[] =>
  ['shop/client', 'other/client2', 'legacy/old'].flatMap(caller => [
    sealedOf(hostOf(slot.name), slot, caller, bytePort),
    sealedOf('other.example', slot, caller, tlsPort),
    ask(slot, { caller, port: bytePort, protocol: 'tcp' }),
    ask(slot, { caller, port: tlsPort, protocol: 'tcp' }),
  ]);

/** Of connections a waypoint asks no server name; sidecars do, for those who go past. */
const sealed = named(connectionFamilies, /^(?:routes by server name|TLSRoute)$/).map(one => ({
  ...one,
  questions: (slot: Slot) => [...(one.questions?.(slot) ?? []), ...anything(slot)],
}));

const sealedRules: readonly ((app: string) => object)[] = [
  app => ({ when: [{ key: 'connection.sni', values: [hostOf(app)] }] }),
  app => ({ when: [{ key: 'connection.sni', values: [`*.${app}.example`] }] }),
  app => ({ when: [{ key: 'connection.sni', notValues: [hostOf(app)] }] }),
  () => ({ from: [{ source: { principals: [client] } }] }),
  () => ({ to: [{ operation: { ports: [String(tlsPort)] } }] }),
  () => ({ to: [{ operation: { methods: ['GET'] } }] }),
];

/** Policies where it reads no requests, and knows the server name. */
const sealedPolicies = guarding(
  'policies on TLS',
  sealedRules.flatMap(rule =>
    ['ALLOW', 'DENY'].map(
      (action): Case => ({
        name: `${action} ${JSON.stringify(rule('app'))}`,
        write: app => [authorizationPolicy(app, { action, rules: [rule(app)] })],
      }),
    ),
  ),
).map(one => ({
  ...ofService(one),
  port: tlsPort,
  questions: (slot: Slot) =>
    ['shop/client', 'other/client2', 'legacy/old'].flatMap(caller => [
      ...[hostOf(slot.name), `a.${slot.name}.example`, 'other.example'].map(sni =>
        sealedOf(sni, slot, caller, tlsPort),
      ),
      ask(slot, { caller, port: tlsPort, protocol: 'tcp' }),
    ]),
}));

const routed = [...named(gatewayApiFamilies, /^HTTPRoute/), ...matchFamilies, ...actionFamilies];

const guarded = [
  ...named(
    guardFamilies,
    /^(?:identities|operations|conditions|shapes of policies|several policies|routes before guards)$/,
  ),
  ...addresses,
  ...tokenFamilies,
];

/** What is tried at a waypoint by hand. */
export const waypointFamilies: readonly IstioConfiguration[] = [
  ...[...routed, ...guarded.map(ofService)].map(ofHttp).map(atWaypoint),
  ...ofAll,
  ...named(connectionFamilies, /^(?:routes of bytes|TCPRoute)$/).map(atWaypoint),
  ...named(callFamilies, /^(?:calls|treatment of calls|GRPCRoute.*)$/).map(atWaypoint),
  ...[...named(guardFamilies, /^policies on bytes$/), ...named(callFamilies, /^policies on calls$/)]
    .map(ofService)
    .map(atWaypoint),
];

/** How a waypoint treats destinations, and connections of which it reads no requests. */
export const treatedAtWaypoint: readonly IstioConfiguration[] = [...settled, ...sealed, ...sealedPolicies].map(
  atWaypoint,
);

/** What was made at random for sidecars and their workloads, at a waypoint. */
export const randomAtWaypoint = (one: IstioConfiguration): IstioConfiguration =>
  atWaypoint(ofHttp(one.kind === 'guard' ? ofService(one) : one));
