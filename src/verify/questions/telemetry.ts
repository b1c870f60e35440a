import { Lookup } from '../lookup/lookup.ts';
import { plainWithout } from './plain.ts';
import type { Question } from './question.ts';
import { serversOf } from './servers.ts';

/** What proxies report about the traffic of each workload; the first statement comes first. */
export const telemetry: Question = {
  id: 'telemetry',
  title: 'What do proxies report?',
  ask: (model, others = []) => {
    const lookup = Lookup.of(model);
    const servers = serversOf(model, others, each => each.telemetry.map(({ scope }) => scope));
    return Object.fromEntries(
      servers.map(([title, receiver]) => [
        title,
        lookup.telemetry(receiver).map(statement => plainWithout(statement, 'id', 'scope')),
      ]),
    );
  },
};
