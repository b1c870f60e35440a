/** What was seen of pairs of configurations, held against what a comparison says of them now. */

import { byText, groupBy } from '../../src/base/order.ts';
import type { Model } from '../../src/model/model.ts';
import { type JudgedClaim, judgePair, type SideOfPair } from '../agreement/pairs/judge-pair.ts';
import { moved, type Pair, saidOf, standIn, type Workbench } from '../agreement/pairs/pair.ts';
import { observedIn, questionIn } from './recording.ts';
import { type Recorded, waveOf } from './replay.ts';
import { predict, workloadsIn } from './trial.ts';

export interface ReplayedPair {
  readonly id: string;
  readonly mesh: string;
  /** What becomes of everything that a comparison says, of models that are changed before it sees them. */
  readonly judge: (change?: (model: Model) => Model) => Promise<readonly JudgedClaim[]>;
}

type Configuration = Recorded['configurations'][number];

const ownName = (caller: string): string => caller.split('/')[1] ?? caller;

const benchOf = ({ mesh, head }: Recorded): Workbench => ({
  adapter: mesh,
  standing: head.standing,
  limits: head.limits,
  hostOf: ({ name }) => `${name}.shop.svc.cluster.local`,
  callersOf: ({ kind }) =>
    Object.keys(head.addresses)
      .filter(caller => kind === 'guard' || ownName(caller) !== 'plain')
      .toSorted((a, b) => byText(ownName(a), ownName(b))),
  addressOf: caller => head.addresses[caller] ?? '',
});

const sideOf = (model: Model, { on, probes }: Configuration, addresses: Recorded['head']['addresses']): SideOfPair => ({
  name: on,
  answers: probes.map(probe => {
    const question = questionIn(probe, addresses);
    return { question, outcome: predict(model, question).outcome, observed: observedIn(probe, question) };
  }),
});

/** All pairs of a record, both sides with the models of their waves. */
export const pairsIn = async (record: Recorded): Promise<readonly ReplayedPair[]> => {
  const sides = record.configurations.filter(({ pair }) => pair !== undefined);
  const models = new Map<number, Model>();
  for (const { wave } of sides) if (!models.has(wave)) models.set(wave, (await waveOf(record, wave)).model);
  const bench = benchOf(record);
  return [...groupBy(sides, ({ pair }) => pair?.id ?? '')].flatMap(([id, both]): ReplayedPair[] => {
    const [before, after] = (['before', 'after'] as const).map(side => both.find(({ pair }) => pair?.side === side));
    if (!before || !after) return [];
    const kind = before.on.startsWith('guard') ? 'guard' : 'site';
    const objectsOf = ({ objects, on }: Configuration) => moved(objects, on, standIn(kind).name);
    const pair: Pair = { id, edit: '', kind, before: objectsOf(before), after: objectsOf(after) };
    const seen = [before, after].map(one =>
      sideOf(models.get(one.wave) as Model, one, record.head.addresses),
    ) as unknown as readonly [SideOfPair, SideOfPair];
    const workloadsOf = workloadsIn(models.get(before.wave) as Model);
    return [
      {
        id,
        mesh: record.mesh,
        judge: async change => judgePair(pair, await saidOf(bench, pair, change), seen, workloadsOf),
      },
    ];
  });
};
