/** Callers of a peer, who come in through a mesh gateway: who of them gets in, and where routes lead them. */
import { requestOf } from '../../../src/verify/request.ts';
import { namespace } from '../../consul/scene.ts';
import { byteFamilies } from './bytes.ts';
import { callFamilies } from './calls.ts';
import { chainFamilies } from './chains.ts';
import {
  type Ask,
  type Case,
  type ConsulConfiguration,
  defaults,
  each,
  guarding,
  intentions,
  paths,
} from './families.ts';
import { asks as permissionAsks, permissions } from './guards.ts';
import { allow, callers, client, deny, everyone, peer } from './peer-callers.ts';
import { reachFamilies, wayFamilies } from './peer-ways.ts';
import { routeFamilies } from './routes.ts';

const client2 = (rest: object): object => ({ name: 'client2', peer, ...rest });

/** Callers of the peer alone, beside those of the own cluster, and names that both have. */
const sources: readonly (readonly object[])[] = [
  [client(allow)],
  [client(deny)],
  [everyone(allow)],
  [everyone(deny)],
  [client(allow), everyone(deny)],
  [client(deny), everyone(allow)],
  [client(allow), client2(deny)],
  [client(deny), client2(allow), everyone(deny)],
  [{ name: 'client', ...deny }],
  [{ name: 'client', ...allow }],
  [{ name: '*', ...deny }],
  [{ name: '*', ...allow }],
  [{ name: '*', ...deny }, client(allow)],
  [{ name: '*', ...allow }, client(deny)],
  [{ name: '*', ...deny }, everyone(allow)],
  [{ name: '*', ...allow }, everyone(deny)],
  [{ name: 'client', ...deny }, client(allow)],
  [{ name: 'client', ...allow }, client(deny)],
  [{ name: 'client', ...allow }, { name: '*', ...deny }, client(deny), everyone(allow)],
  [{ name: 'client', ...deny }, { name: '*', ...allow }, client(allow), everyone(deny)],
  [{ name: 'client', peer: 'nobody', ...deny }],
  [{ name: '*', peer: 'nobody', ...deny }, client(allow)],
];
const simple = each(sources, (list, service) => [intentions(service, list)]);

const closed = { action: 'deny', http: { pathPrefix: '/' } };
const openAt = (pathPrefix: string): object => ({ action: 'allow', http: { pathPrefix } });
const closedAt = (pathPrefix: string): object => ({ action: 'deny', http: { pathPrefix } });

const mixed = each(
  [
    [client({ permissions: [openAt('/ok'), closed] }), client2(deny)],
    [client({ permissions: [openAt('/ok'), closed] }), everyone(deny)],
    [client({ permissions: [closedAt('/admin')] }), everyone({ permissions: [closedAt('/ok')] })],
    [client(deny), everyone({ permissions: [closedAt('/admin')] })],
    [client(allow), everyone({ permissions: [closedAt('/admin')] })],
    [client({ permissions: [openAt('/admin')] }), everyone({ permissions: [closedAt('/admin')] })],
    [client({ permissions: [closedAt('/admin')] }), { name: 'client', permissions: [closedAt('/ok')] }],
    [{ name: '*', permissions: [closedAt('/admin')] }],
    [{ name: '*', permissions: [openAt('/ok'), closed] }, everyone({ permissions: [openAt('/admin'), closed] })],
    [{ name: '*', ...deny }, everyone({ permissions: [openAt('/ok'), closed] })],
  ],
  (list, service) => [intentions(service, list)],
);

const everywhere = [
  ...callers,
  ...callers.flatMap(({ caller }) => paths('/ok', '/admin', '/admin/x').map(one => ({ ...one, caller }))),
];

/** What is said of all services beside what is said of one: nothing else is tried beside it. */
const ofAll: readonly Case[] = each(
  [
    [[everyone(deny)], []],
    [[client(deny)], []],
    [[client(deny)], [everyone(allow)]],
    [[client(allow)], [everyone(deny)]],
    [[everyone(deny)], [client(allow)]],
    [[everyone(allow)], [client(deny)]],
    [[{ name: '*', ...deny }], []],
    [[{ name: '*', ...deny }], [client(allow)]],
    [[client(deny)], [{ name: '*', ...allow }]],
  ] as const,
  ([all, own], service) => [intentions('*', all), ...(own.length > 0 ? [intentions(service, own)] : [])],
);

const alone = (all: readonly ConsulConfiguration[]): readonly ConsulConfiguration[] =>
  all.map(one => ({ ...one, alone: true }));

const ofPeer = each(permissions, (list, service) => [intentions(service, [client({ permissions: list })])]);
const ofEveryone = each(
  permissions.filter((_, index) => index % 3 === 0),
  (list, service) => [intentions(service, [everyone({ permissions: list })])],
).map(one => ({ ...one, name: `everyone ${one.name}` }));
const fromThere: readonly Ask[] = permissionAsks.map(one => ({ ...one, caller: `${peer}/client` }));

/** The same configurations, asked by a caller of the peer in place of one that is near. */
const comingIn = (all: readonly ConsulConfiguration[]): readonly ConsulConfiguration[] =>
  all.map(one => ({
    ...one,
    id: `from a peer: ${one.id}`,
    family: `from a peer: ${one.family}`,
    questions: slot =>
      (one.questions?.(slot) ?? []).map(question => ({
        ...question,
        caller: question.caller.replace(`${namespace}/`, `${peer}/`),
      })),
  }));

const some = (all: readonly ConsulConfiguration[], nth: number): readonly ConsulConfiguration[] =>
  all.filter((_, index) => index % nth === 0);

const isRouted = ({ kind, alone: isAlone }: ConsulConfiguration): boolean => kind === 'site' && !isAlone;

/** What waits as long as callers of the peer do is not asked for: their own proxies give up as well. */
const short = (one: ConsulConfiguration): boolean => !one.id.includes('16 s');

const bytes = each(
  [
    [],
    [client(deny)],
    [everyone(deny)],
    [client(allow)],
    [everyone(allow)],
    [client(deny), everyone(allow)],
    [client(allow), everyone(deny)],
    [{ name: '*', ...deny }],
    [{ name: 'client', ...deny }, client(allow)],
  ],
  (list, service) => [defaults(service, { protocol: 'tcp' }), ...(list.length > 0 ? [intentions(service, list)] : [])],
);
const ofBytes: readonly ConsulConfiguration[] = bytes.map(one => ({
  id: `bytes from a peer: ${one.name}`,
  family: 'bytes from a peer',
  kind: 'guard',
  ofBytes: true,
  objects: slot => one.write(slot.name),
  questions: ({ name }) =>
    callers.map(({ caller }) => ({
      caller,
      service: `${namespace}/${name}`,
      port: 80,
      request: requestOf({ protocol: 'tcp' }),
    })),
}));

const guarded: readonly ConsulConfiguration[] = [
  ...guarding('intentions for callers of a peer', simple, callers),
  ...guarding('permissions of several callers of a peer', mixed, everywhere),
  ...guarding('permissions for callers of a peer', [...ofPeer, ...ofEveryone], fromThere),
  ...ofBytes,
  ...alone(guarding('intentions for all services', ofAll, callers)),
];

/** Where everyone is let in by default. */
export const peerFamilies: readonly ConsulConfiguration[] = [
  ...guarded,
  ...comingIn(some(routeFamilies.filter(short), 4)),
  ...comingIn(some(chainFamilies, 2)),
  ...comingIn(some(byteFamilies.filter(isRouted), 2)),
  ...comingIn(some(callFamilies.filter(isRouted), 3)),
  ...wayFamilies,
  ...reachFamilies,
];

/** Where nobody is. */
export const closedPeerFamilies: readonly ConsulConfiguration[] = [...guarded, ...reachFamilies];
