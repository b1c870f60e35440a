/** What to ask of a configuration: at the borders that the model draws, and what an application's behaviour brings out. */
import { METHODS } from 'node:http';
import type { Model } from '../../src/model/model.ts';
import type { Inquiry } from '../../src/verify/inquiry.ts';
import { Lookup } from '../../src/verify/lookup/lookup.ts';
import type { Explanation } from '../../src/verify/outcome.ts';
import { type Request, requestOf, worldOf } from '../../src/verify/request.ts';
import { requestsFor } from '../../src/verify/samples/requests.ts';
import type { Target } from '../../src/verify/samples/target.ts';
import { targetsIn } from '../../src/verify/samples/targets.ts';
import { simulate } from '../../src/verify/simulate.ts';
import type { Question } from '../probe/question.ts';
import type { Plan } from '../probe/wire.ts';
import { askOf } from '../trial/trial.ts';

/** What a question is about, and as what. */
export interface Asked {
  readonly question: Question;
  readonly predicted: Explanation;
  /** Equal for questions of one configuration that the model takes to be treated alike. */
  readonly requestClass: string;
}

export interface Limits {
  /** Border requests of one configuration from one caller. */
  readonly borders: number;
  /** Deadlines above this are not waited for. */
  readonly patienceMs: number;
  /** Whether proxies tell applications how many tries there were before (`x-envoy-attempt-count`); absent: they do. */
  readonly countsTries?: boolean;
  /** The port of services of bytes; absent: 9000. */
  readonly bytesPort?: number;
}

const answers = (inquiries: readonly Inquiry[]): string =>
  JSON.stringify(
    inquiries.map(({ part, asks, holds, by }) => [part, asks, holds, typeof by === 'string' ? by : '']),
    (_, value) => (typeof value === 'function' ? undefined : value),
  );

/** A question with what the model says to it. Who listens to what is asked hears no decisions. */
export const asked = (model: Model, question: Question): Asked => {
  const inquiries: Inquiry[] = [];
  const ask = askOf(model, question);
  simulate(worldOf(model), ask, inquiries);
  const predicted = simulate(worldOf(model), ask);
  const { caller, port, plan } = question;
  return { question, predicted, requestClass: `${caller} ${port} ${JSON.stringify(plan ?? {})} ${answers(inquiries)}` };
};

const isRepeated = (headers: Request['headers'], wanted: string): boolean =>
  headers.filter(([name]) => name === wanted).length > 1;

/** Proxies make a request id of their own, and of several user agents one; nobody sends several types. */
const isKept = (headers: Request['headers']): boolean =>
  headers.every(([name]) => name !== 'x-request-id') &&
  !isRepeated(headers, 'user-agent') &&
  !isRepeated(headers, 'content-type');

/** What the bed's applications can really send. */
export const canBeSent = ({ protocol, scheme, token, sourceAddress, sni, method, headers, path }: Request): boolean =>
  (protocol === 'tls' || (scheme === 'http' && sni === undefined)) &&
  token === undefined &&
  sourceAddress === undefined &&
  METHODS.includes(method) &&
  isKept(headers) &&
  method !== 'CONNECT' &&
  /^\/[\x21-\x7e]*$/.test(path) &&
  headers.every(([name, value]) => /^[a-z0-9-]+$/i.test(name) && /^[\x20-\x7e]*$/.test(value) && name !== 'host');

const spread = <T>(items: readonly T[], most: number): readonly T[] =>
  items.length <= most
    ? items
    : Array.from({ length: most }, (_, index) => items[Math.floor((index * items.length) / most)] as T);

const targets = new WeakMap<Model, readonly Target[]>();

const targetOf = (model: Model, service: string, port: number): Target | undefined => {
  const known = targets.get(model) ?? [...targetsIn([Lookup.of(model)])].filter(({ via }) => via === undefined);
  targets.set(model, known);
  const own = known.filter(({ name }) => name === service);
  return own.find(({ to }) => to.port === port) ?? own.at(-1);
};

/** The same without what bytes do not have. */
const asSent = (request: Request, host: string): Request => {
  const { protocol, sni = host } = request;
  if (protocol === 'tcp') return requestOf({ protocol });
  if (protocol === 'tls') return requestOf({ protocol, scheme: 'https', sni });
  return { ...request, authority: request.authority ?? host };
};

/** Requests at the borders of everything that decides about a service, on one port, or on those for HTTP and for bytes. */
export const borderQuestions = (
  model: Model,
  service: string,
  host: string,
  callers: readonly string[],
  { borders, bytesPort = 9000 }: Limits,
  only?: number,
): readonly Question[] => {
  const target = targetOf(model, service, only ?? bytesPort);
  if (!target) return [];
  const requests = requestsFor(target)
    .filter(({ dialled, request }) => dialled === undefined && canBeSent(request))
    .map(({ request }) => request);
  return callers.flatMap((caller, index) =>
    spread(requests, index === 0 ? borders : Math.ceil(borders / 4)).map(request => ({
      caller,
      service,
      port: only ?? (request.protocol === 'tcp' ? bytesPort : 80),
      request: asSent(request, host),
    })),
  );
};

/** A listener of a gateway, and who comes in there. */
export interface Gate {
  readonly caller: string;
  /** The id of the gateway. */
  readonly via: string;
  readonly port: number;
  /** For requests that name no host. */
  readonly host: string;
}

/** Requests at the borders of everything that decides about what comes in by one listener. */
export const gateQuestions = (
  model: Model,
  { caller, via, port, host }: Gate,
  { borders }: Limits,
): readonly Question[] =>
  [...targetsIn([Lookup.of(model)])]
    .filter(target => target.via === via && target.to.port === port)
    .flatMap(target => {
      const requests = requestsFor(target)
        .filter(({ dialled, request }) => dialled === undefined && canBeSent(request))
        .map(({ request }) => request);
      return spread(requests, borders).map(
        (request): Question => ({
          caller,
          service: target.name,
          via,
          port,
          request: { ...request, authority: request.authority ?? ('host' in target.to ? target.to.host : host) },
        }),
      );
    });

/** The same for the one host that is asked for there; `service` is what stands behind it. */
export const entranceQuestions = (
  model: Model,
  service: string,
  { via, host, port, caller }: Gate,
  { borders }: Limits,
): readonly Question[] => {
  const target = [...targetsIn([Lookup.of(model)])].find(one => one.via === via && one.name.includes(host));
  if (!target) return [];
  const requests = requestsFor(target)
    .filter(({ dialled, request }) => dialled === undefined && canBeSent(request))
    .map(({ request }) => ({ ...request, authority: request.authority ?? host }));
  return spread(requests, borders).map(request => ({ caller, service, port, via, request }));
};

const firstOf = <T>(items: readonly T[], key: (item: T) => string): readonly T[] => [
  ...new Map(items.toReversed().map(item => [key(item), item])).values(),
];

const reaches = ({ predicted: { outcome } }: Asked): boolean =>
  outcome.decision === 'forwarded' && outcome.backends.length > 0;

/** The statuses of calls for which proxies may try again, and one for which they never do. */
const failedCalls: readonly Plan[] = [...[14, 1, 4, 8, 13, 5].map(grpc => ({ grpc })), { grpc: 14, times: 1 }];

const failures: readonly Plan[] = [
  { status: 503 },
  { status: 500 },
  { status: 429 },
  { status: 503, times: 1 },
  { reset: true },
];

const delays = (timeoutMs: number | undefined, patienceMs: number): readonly Plan[] => {
  if (timeoutMs === undefined) return [{ delayMs: 900 }];
  if (timeoutMs > patienceMs) return [];
  return [{ delayMs: timeoutMs + 500 }, { delayMs: Math.floor(timeoutMs / 3) }];
};

const plansFor = ({ request }: Question): readonly Plan[] => (request.protocol === 'grpc' ? failedCalls : failures);

const planned = (question: Question, plan: Plan): Question => ({ ...question, plan });

/** The same requests, answered by applications that fail or are slow, or with headers that rules change. */
export const plannedQuestions = (
  all: readonly Asked[],
  { patienceMs, countsTries = true }: Limits,
): readonly Question[] => {
  const isHttp = ({ question: { request } }: Asked): boolean =>
    request.protocol === 'http' || request.protocol === 'grpc';
  const http = all.filter(one => reaches(one) && isHttp(one));
  const failing = firstOf(http, ({ predicted: { outcome } }) => JSON.stringify([outcome.retries]));
  const slow = firstOf(http, ({ predicted: { outcome } }) =>
    JSON.stringify([outcome.timeoutMs, outcome.perTryTimeoutMs]),
  );
  const edited = firstOf(http, ({ predicted: { outcome } }) =>
    JSON.stringify([
      outcome.requestHeaders,
      outcome.responseHeaders,
      outcome.backends.map(({ requestHeaders, responseHeaders }) => [requestHeaders, responseHeaders]),
    ]),
  );
  return [
    ...failing.flatMap(({ question, predicted }) =>
      plansFor(question)
        .filter(({ times }, index) => (predicted.outcome.retries ? countsTries || !times : index === 0))
        .map(plan => planned(question, plan)),
    ),
    ...slow.flatMap(({ question, predicted: { outcome } }) =>
      delays(deadlineOf(outcome), patienceMs).map(plan => planned(question, plan)),
    ),
    ...edited.flatMap(withEditedHeaders),
  ];
};

const deadlineOf = ({ timeoutMs, perTryTimeoutMs }: Explanation['outcome']): number | undefined => {
  const all = [timeoutMs, perTryTimeoutMs].filter(ms => ms !== undefined);
  return all.length > 0 ? Math.min(...all) : undefined;
};

/** With each header that is set, added to or removed already there, in both directions. */
const withEditedHeaders = ({ question, predicted: { outcome } }: Asked): readonly Question[] => {
  const namesIn = (pick: 'requestHeaders' | 'responseHeaders'): readonly string[] => {
    const edits = [outcome[pick], ...outcome.backends.map(backend => backend[pick])].flatMap(edit => edit ?? []);
    return [
      ...new Set(
        edits.flatMap(({ set = {}, add = {}, remove = [] }) => [...Object.keys(set), ...Object.keys(add), ...remove]),
      ),
    ].filter(name => /^x-/.test(name));
  };
  const there = new Set(question.request.headers.map(([name]) => name));
  const sent = namesIn('requestHeaders').filter(name => !there.has(name));
  const answered = namesIn('responseHeaders');
  if (sent.length + answered.length === 0) return [];
  const request = {
    ...question.request,
    headers: [...question.request.headers, ...sent.map(name => [name, 'mine'] as const)],
  };
  const plan =
    answered.length === 0 ? {} : { plan: { headers: Object.fromEntries(answered.map(name => [name, 'theirs'])) } };
  return [{ ...question, request, ...plan }];
};

const sentAs = ({ caller, service, port, via, request, plan }: Question): string =>
  JSON.stringify([caller, service, port, via, request, plan]);

/**
 * Nobody in the bed translates the virtual address of a Service to one of its pods, as kube-proxy would: what a proxy
 * passes on to the address that was dialled ends there.
 */
export const needsTranslation = ({ predicted: { hops, outcome } }: Asked): boolean =>
  outcome.decision !== 'unroutable' &&
  hops.some(({ decisions }) => decisions.some(({ capability }) => capability === 'egress-default'));

/** Each question once. */
export const distinct = (questions: readonly Question[]): readonly Question[] =>
  firstOf(questions, sentAs).toReversed();
