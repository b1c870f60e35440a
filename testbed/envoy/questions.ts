/** What to ask of an Envoy that stands before the services of a model: at every border that the model draws. */
import { METHODS } from 'node:http';
import type { Model } from '../../src/model/model.ts';
import type { Inquiry } from '../../src/verify/inquiry.ts';
import { Lookup } from '../../src/verify/lookup/lookup.ts';
import { type Ask, type Caller, type Request, worldOf } from '../../src/verify/request.ts';
import { requestsFor } from '../../src/verify/samples/requests.ts';
import type { Target } from '../../src/verify/samples/target.ts';
import { targetsIn } from '../../src/verify/samples/targets.ts';
import { simulate } from '../../src/verify/simulate.ts';
import { type Asked, distinct, plannedQuestions } from '../agreement/questions.ts';
import { waysOf } from '../probe/expectation.ts';
import { isLeftToChance } from '../probe/judge.ts';
import type { Question } from '../probe/question.ts';
import { workloadsIn } from '../trial/trial.ts';

/** Who sends to the proxy of clients; anything else is the id of a gateway. */
export const clients = 'clients';

/** A client of the proxy in no namespace of the model: a name without a namespace means nothing to it, as to the proxy. */
const client: Caller = {
  kind: 'workload',
  namespace: 'elsewhere',
  name: 'client',
  labels: {},
  serviceAccount: 'client',
  memberships: [{ mesh: 'envoy', mode: 'proxy', certainty: 'assumed', evidence: [] }],
};

const askOf = (model: Model, { caller, service, port, request }: Question): Ask => {
  const isService = model.inventory.services.some(({ id }) => id === service);
  const to = isService ? { service, port } : { host: service, port };
  return caller === clients
    ? { caller: client, to, request }
    : { caller: { kind: 'outside' }, to, via: caller, request };
};

/** A question with what the model says; questions that meet the same answers on the way are of one class. */
const asked = (model: Model, question: Question): Asked => {
  const inquiries: Inquiry[] = [];
  const predicted = simulate(worldOf(model), askOf(model, question), inquiries);
  const { caller, service, port, plan } = question;
  const met = inquiries.map(({ part, asks, holds, by }) => [part, asks, holds, typeof by === 'string' ? by : '']);
  const text = JSON.stringify(met, (_, value) => (typeof value === 'function' ? undefined : value));
  return { question, predicted, requestClass: `${caller} ${service} ${port} ${JSON.stringify(plan ?? {})} ${text}` };
};

/** What a plain client can send. */
const canBeSent = ({ protocol, token, sourceAddress, method, headers, path }: Request): boolean =>
  (protocol === 'http' || protocol === 'grpc') &&
  token === undefined &&
  sourceAddress === undefined &&
  METHODS.includes(method) &&
  method !== 'CONNECT' &&
  /^\/[\x21-\x7e]*$/.test(path) &&
  headers.every(([name, value]) => /^[a-z0-9-]+$/i.test(name) && /^[\x20-\x7e]*$/.test(value) && name !== 'host');

const spread = <T>(items: readonly T[], most: number): readonly T[] =>
  items.length <= most
    ? items
    : Array.from({ length: most }, (_, index) => items[Math.floor((index * items.length) / most)] as T);

const borderQuestions = (target: Target, model: Model, borders: number): readonly Question[] => {
  const { name, to, via = clients } = target;
  const { port } = to;
  if (port === undefined) return [];
  const service = model.inventory.services.find(({ id }) => id === name);
  // Whether a port speaks TLS is the listener's; with the other, there is no connection, and no answer to compare.
  const scheme = target.overTls ? 'https' : 'http';
  const requests = requestsFor(target)
    .filter(({ dialled, request }) => dialled === undefined && request.scheme === scheme && canBeSent(request))
    .map(({ request }) => ({ ...request, authority: request.authority ?? service?.hosts[0] ?? name }));
  return spread(requests, borders).map((request): Question => ({ caller: via, service: name, port, request }));
};

/** One request of each kind of chance is sent often; the others show that they end in one of the ways. */
const withTimes = (model: Model, all: readonly Asked[], often: number): readonly Asked[] => {
  const workloadsOf = workloadsIn(model);
  const sampled = new Set<string>();
  return all.map(one => {
    const { question, predicted } = one;
    if (!isLeftToChance(predicted.outcome, question, workloadsOf)) return one;
    const { mirrors, faults } = predicted.outcome;
    const chances = JSON.stringify([waysOf(predicted.outcome, question, workloadsOf), mirrors, faults]);
    const times = sampled.has(chances) || (faults?.delayMs ?? 0) > 1000 ? 1 : often;
    sampled.add(chances);
    return { ...one, question: { ...question, times } };
  });
};

export interface Limits {
  /** Border requests for one thing that can be dialled. */
  readonly borders: number;
  /** How often a request is sent whose fate is left to chance. */
  readonly often: number;
  readonly patienceMs: number;
}

/** Everything that is asked of one configuration: ports on which nothing listens are left out. */
export const questionsOf = (
  model: Model,
  listensOn: (caller: string, port: number) => boolean,
  { borders, often, patienceMs }: Limits,
): readonly Asked[] => {
  const put = (questions: readonly Question[]): readonly Asked[] =>
    distinct(questions)
      .filter(({ caller, port }) => listensOn(caller, port))
      .map(question => asked(model, question));
  const plain = put([...targetsIn([Lookup.of(model)])].flatMap(target => borderQuestions(target, model, borders)));
  // No proxy stands beside the application that would make an answer of a connection that it ends.
  const planned = plannedQuestions(plain, { borders, patienceMs }).filter(({ plan }) => !plan?.reset);
  return withTimes(model, [...plain, ...put(planned)], often);
};
