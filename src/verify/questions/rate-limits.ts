import { Lookup } from '../lookup/lookup.ts';
import { plainWithout } from './plain.ts';
import type { Question } from './question.ts';
import { serversOf } from './servers.ts';

/** How many requests each server's proxy lets through. */
export const rateLimits: Question = {
  id: 'rate-limits',
  title: 'How much does a server let through?',
  ask: (model, others = []) => {
    const lookup = Lookup.of(model);
    const servers = serversOf(model, others, each => each.rateLimits.map(({ scope }) => scope));
    return Object.fromEntries(
      servers.map(([title, receiver]) => [
        title,
        lookup.rateLimits(receiver).map(limit => plainWithout(limit, 'id', 'scope')),
      ]),
    );
  },
};
