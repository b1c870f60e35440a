import type { KubernetesObject } from '../../kubernetes/api.ts';
import type { Contest } from '../contest.ts';
import { actionFamilies } from './actions.ts';
import { istioArena } from './arena.ts';
import { gatewayApiFamilies } from './gateway-api.ts';
import { guardFamilies } from './guards.ts';
import { matchFamilies } from './matches.ts';
import { randomFamilies } from './random.ts';

export const istioContest: Contest<KubernetesObject> = {
  half: 'istio',
  title: 'Istio',
  parts: ['istio', 'envoy', 'kubernetes'],
  open: istioArena,
  configurations: async (arena, { count, seed }) => {
    await arena.use([]);
    const random = await randomFamilies(await arena.model(), count, seed);
    return [...matchFamilies, ...actionFamilies, ...gatewayApiFamilies, ...guardFamilies, ...random];
  },
};
