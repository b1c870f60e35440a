import { Lookup } from '../lookup/lookup.ts';
import { plain } from './plain.ts';
import type { Question } from './question.ts';
import { serversOf } from './servers.ts';

/** Whose tokens each server verifies, where it finds them and what it makes of them. */
export const tokenIssuers: Question = {
  id: 'token-issuers',
  title: 'Whose tokens does a server verify?',
  ask: (model, others = []) => {
    const lookup = Lookup.of(model);
    const servers = serversOf(model, others, each => each.requestAuthentication.map(({ scope }) => scope));
    return Object.fromEntries(
      servers.map(([title, receiver]) => [
        title,
        lookup.requestAuthentication(receiver).flatMap(({ issuers }) => issuers.map(plain)),
      ]),
    );
  },
};
