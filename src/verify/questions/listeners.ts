import { plain, plainWithout } from './plain.ts';
import type { Question } from './question.ts';

/** What each gateway listens for: ports, hosts, TLS, and which pods run it. */
export const listeners: Question = {
  id: 'listeners',
  title: 'What does a gateway listen for?',
  ask: ({ inventory }) =>
    Object.fromEntries(
      inventory.gateways.map(gateway => [
        gateway.id,
        {
          ...(plainWithout(gateway, 'id', 'namespace', 'name', 'listeners') as object),
          listeners: gateway.listeners.map(plain),
        },
      ]),
    ),
};
