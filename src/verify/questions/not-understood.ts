import { Lookup } from '../lookup/lookup.ts';
import type { Question } from './question.ts';
import { serversOf } from './servers.ts';

/** What acts on the traffic of each workload and is not understood. */
export const notUnderstood: Question = {
  id: 'not-understood',
  title: 'What acts on traffic and is not understood?',
  ask: (model, others = []) => {
    const lookup = Lookup.of(model);
    return Object.fromEntries(
      serversOf(model, others, () => []).map(([title, receiver]) => [
        title,
        lookup
          .opaqueAt(receiver)
          .map(({ what }) => what)
          .sort(),
      ]),
    );
  },
};
