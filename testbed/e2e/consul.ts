import { ask, intentions, router, splitter } from '../agreement/consul/families.ts';
import { ConsulSession } from '../consul/session.ts';
import type { KubernetesObject } from '../kubernetes/api.ts';
import { tryOut } from '../trial/trial.ts';
import { patience, report, type Smoke } from './smoke.ts';

const site = (number: number) => ({ kind: 'site', name: `site-${number}` }) as const;
const guard = (number: number) => ({ kind: 'guard', name: `guard-${number}` }) as const;

/** Nobody has said anything about it: Consul waits for an answer so long. */
const usually = 'forwarded within 15000 ms';

const smokes: readonly Smoke<KubernetesObject>[] = [
  {
    name: 'split',
    configuration: [
      splitter('site-1', [
        { weight: 80, service: 'back', serviceSubset: 'v1' },
        { weight: 20, service: 'back', serviceSubset: 'v2' },
      ]),
    ],
    questions: [ask(site(1), {})],
    predicted: ['forwarded 80/20 within 15000 ms'],
  },
  {
    name: 'denial',
    configuration: [
      intentions('guard-1', [
        { name: 'client', action: 'allow' },
        { name: '*', action: 'deny' },
      ]),
    ],
    questions: [ask(guard(1), {}), ask(guard(1), { caller: 'shop/client2' })],
    predicted: [usually, 'denied 403 within 15000 ms'],
  },
  {
    name: 'plaintext',
    configuration: [],
    questions: [ask(guard(2), {}), ask(guard(2), { caller: 'shop/plain' })],
    predicted: [usually, 'reset'],
  },
  {
    name: 'timeout',
    configuration: [router('site-2', [{ destination: { service: 'back', requestTimeout: '1s' } }])],
    questions: [ask(site(2), { plan: { delayMs: 2500 } }), ask(site(2), { plan: { delayMs: 100 } })],
    predicted: ['forwarded within 1000 ms', 'forwarded within 1000 ms'],
  },
];

/** What Consul must be seen to do as predicted from the very entries that are applied. */
export const smokeConsul = async (say: (line: string) => void): Promise<boolean> => {
  const session = await ConsulSession.open();
  const refused = await session.use(smokes.flatMap(({ configuration }) => configuration));
  for (const { object, why } of refused) say(`  ${object.kind} ${object.metadata.name} was refused: ${why}`);
  const model = await session.model();
  const results: boolean[] = [];
  for (const smoke of smokes) results.push(report(smoke, await tryOut(session, model, smoke.questions, patience), say));
  await session.use([]);
  return refused.length === 0 && results.every(Boolean);
};
