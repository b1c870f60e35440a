import type { KubernetesObject } from '../../kubernetes/api.ts';
import type { Contest } from '../contest.ts';
import { type Home, randomFamilies } from '../random.ts';
import { actionFamilies } from './actions.ts';
import { istioArena } from './arena.ts';
import { corpusFamilies } from './corpus.ts';
import { gatewayApiFamilies } from './gateway-api.ts';
import { gatewayFamilies } from './gateways.ts';
import { guardFamilies } from './guards.ts';
import { matchFamilies } from './matches.ts';
import { settingsFamilies } from './settings.ts';
import { tokenFamilies } from './tokens.ts';

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

export const istioContest: Contest<KubernetesObject> = {
  half: 'istio',
  title: 'Istio',
  record: 'istio',
  parts: ['istio', 'envoy', 'kubernetes'],
  limits: { borders: 40, patienceMs: 3000, countsTries: true },
  open: istioArena,
  configurations: async (arena, sampling, root) => {
    await arena.use([]);
    const random = await randomFamilies(await arena.model(), home, sampling);
    return [
      ...matchFamilies,
      ...actionFamilies,
      ...gatewayApiFamilies,
      ...settingsFamilies,
      ...guardFamilies,
      ...tokenFamilies,
      ...gatewayFamilies,
      ...corpusFamilies(root),
      ...random,
    ];
  },
};
