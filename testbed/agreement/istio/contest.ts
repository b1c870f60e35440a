import { changing } from '../../../test/compare/changing.ts';
import { harmless } from '../../../test/compare/harmless.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import { hasWaypoint, isAboutDestinations } from '../../machine/places.ts';
import type { Contest } from '../contest.ts';
import { pairFamilies, workbenchOf } from '../pairs/families.ts';
import type { Limits } from '../questions.ts';
import { type Home, randomFamilies } from '../random.ts';
import { actionFamilies } from './actions.ts';
import { istioArena } from './arena.ts';
import { callFamilies } from './calls.ts';
import { connectionFamilies } from './connections.ts';
import { corpusFamilies } from './corpus.ts';
import { gatewayApiFamilies } from './gateway-api.ts';
import { gatewayFamilies } from './gateways.ts';
import { guardFamilies } from './guards.ts';
import { matchFamilies } from './matches.ts';
import { settingsAtRandom, settingsFamilies } from './settings.ts';
import { togetherFamilies } from './together.ts';
import { tokenFamilies } from './tokens.ts';
import { randomAtWaypoint, treatedAtWaypoint, waypointFamilies } from './waypoints.ts';

const home: Home = {
  adapter: 'istio',
  versioned: ({ name }) => `shop/${name}`,
  other: 'shop/api',
  callers: [
    ['shop', 'client'],
    ['other', 'client2'],
  ],
  standing: [],
  // The gateway stands in the bed; what is written for it once more would be taken away with the configuration.
  keeps: ({ kind }) => kind !== 'Gateway',
};

const limits: Limits = { borders: 40, patienceMs: 3000, countsTries: true };

/** Weights are changed by so little that only many requests would show it. */
const edits = [...changing, ...harmless].filter(({ kind }) => kind !== 'change a weight');

/** What is tried where a waypoint stands before the services. */
const waypointContest: Contest<KubernetesObject> = {
  half: 'istio',
  title: 'Istio, waypoint',
  record: 'istio-waypoint',
  // Much of it is like what was seen of sidecars.
  records: { oneOf: 4, probes: 5 },
  parts: ['istio', 'envoy', 'kubernetes'],
  limits: { ...limits, borders: 20, countsTries: false },
  open: istioArena,
  configurations: async (arena, { count, seed }) => {
    await arena.use([]);
    // What is said of encryption is for pods, and nobody carries it out at those of this bed.
    const keeps: Home['keeps'] = object => home.keeps(object) && object.kind !== 'PeerAuthentication';
    const random = await randomFamilies(await arena.model(), { ...home, keeps }, { count: Math.ceil(count / 3), seed });
    return [...waypointFamilies, ...random.map(randomAtWaypoint)];
  },
};

/** In the same bed: how destinations are treated, which is read from the waypoint too, and what is no HTTP. */
const destinationsContest: Contest<KubernetesObject> = {
  ...waypointContest,
  title: 'Istio, waypoint: destinations and TLS',
  record: 'istio-waypoint-destinations',
  records: { oneOf: 2, probes: 5 },
  configurations: async (_, { count, seed }) => [
    ...treatedAtWaypoint,
    ...settingsAtRandom(Math.ceil(count / 3), seed).map(randomAtWaypoint),
  ],
};

const sidecarContest: Contest<KubernetesObject> = {
  half: 'istio',
  title: 'Istio',
  record: 'istio',
  parts: ['istio', 'envoy', 'kubernetes'],
  limits,
  open: istioArena,
  configurations: async (arena, sampling, root) => {
    await arena.use([]);
    const random = await randomFamilies(await arena.model(), home, sampling);
    const written = [
      ...matchFamilies,
      ...actionFamilies,
      ...gatewayApiFamilies,
      ...settingsFamilies,
      ...guardFamilies,
      ...tokenFamilies,
      ...gatewayFamilies,
      ...connectionFamilies,
      ...callFamilies,
      ...togetherFamilies,
    ];
    const pairs = await pairFamilies(workbenchOf(arena, 'istio', limits), edits, [...written, ...random], {
      perEdit: Math.ceil(sampling.count / 20),
      seed: sampling.seed,
    });
    return [...written, ...corpusFamilies(root), ...random, ...pairs];
  },
};

/** What the bed was started for. */
export const istioContest = isAboutDestinations()
  ? destinationsContest
  : hasWaypoint()
    ? waypointContest
    : sidecarContest;
