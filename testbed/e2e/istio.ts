import { requestOf } from '../../src/verify/request.ts';
import { IstioSession } from '../istio/session.ts';
import type { KubernetesObject } from '../kubernetes/api.ts';
import type { Question } from '../probe/question.ts';
import { tryOut } from '../trial/trial.ts';
import { patience, report, type Smoke } from './smoke.ts';

const hostOf = (service: string): string => `${service}.shop.svc.cluster.local`;

const object = (apiVersion: string, kind: string, name: string, spec: object): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { namespace: 'shop', name },
  spec,
});

const networking = 'networking.istio.io/v1';
const security = 'security.istio.io/v1';

const ask = (caller: string, service: string, more: Partial<Question> = {}): Question => ({
  caller,
  service: `shop/${service}`,
  port: 80,
  request: requestOf({ authority: hostOf(service), ...more.request }),
  ...(more.plan ? { plan: more.plan } : {}),
});

const subset = (service: string, name: string, weight: number): object => ({
  destination: { host: hostOf(service), subset: name },
  weight,
});

const routed = (service: string, route: object): KubernetesObject =>
  object(networking, 'VirtualService', service, { hosts: [hostOf(service)], http: [route] });

const smokes: readonly Smoke<KubernetesObject>[] = [
  {
    name: 'split',
    configuration: [
      object(networking, 'DestinationRule', 'site-1', {
        host: hostOf('site-1'),
        subsets: ['v1', 'v2'].map(version => ({ name: version, labels: { version } })),
      }),
      routed('site-1', { route: [subset('site-1', 'v1', 80), subset('site-1', 'v2', 20)] }),
    ],
    questions: [ask('shop/client', 'site-1')],
    predicted: ['forwarded 80/20'],
  },
  {
    name: 'denial',
    configuration: [
      object(security, 'AuthorizationPolicy', 'guard-1', {
        selector: { matchLabels: { app: 'guard-1' } },
        action: 'ALLOW',
        rules: [{ from: [{ source: { principals: ['cluster.local/ns/shop/sa/client'] } }] }],
      }),
    ],
    questions: [ask('shop/client', 'guard-1'), ask('other/client2', 'guard-1')],
    predicted: ['forwarded', 'denied 403'],
  },
  {
    name: 'strict',
    configuration: [
      object(security, 'PeerAuthentication', 'guard-2', {
        selector: { matchLabels: { app: 'guard-2' } },
        mtls: { mode: 'STRICT' },
      }),
    ],
    questions: [ask('shop/client', 'guard-2'), ask('bare/plain', 'guard-2'), ask('bare/plain', 'guard-3')],
    predicted: ['forwarded', 'reset', 'forwarded'],
  },
  {
    name: 'timeout',
    configuration: [routed('site-2', { timeout: '1s', route: [{ destination: { host: hostOf('site-2') } }] })],
    questions: [
      ask('shop/client', 'site-2', { plan: { delayMs: 2500 } }),
      ask('shop/client', 'site-2', { plan: { delayMs: 100 } }),
    ],
    predicted: ['forwarded within 1000 ms', 'forwarded within 1000 ms'],
  },
];

/** What Istio must be seen to do as predicted from the very configuration that is applied. */
export const smokeIstio = async (say: (line: string) => void): Promise<boolean> => {
  const session = await IstioSession.open();
  const refused = await session.use(smokes.flatMap(({ configuration }) => configuration));
  for (const {
    object: { kind, metadata },
    why,
  } of refused)
    say(`  ${kind} ${metadata.name} was refused: ${why}`);
  const model = await session.model();
  const results: boolean[] = [];
  for (const smoke of smokes) results.push(report(smoke, await tryOut(session, model, smoke.questions, patience), say));
  await session.use([]);
  return refused.length === 0 && results.every(Boolean);
};
