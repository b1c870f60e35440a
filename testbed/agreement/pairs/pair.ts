/** Two configurations that differ by one edit: what a comparison says of them is held against what a mesh does with both. */
import { readSnapshot } from '../../../src/engine/read.ts';
import type { Model } from '../../../src/model/model.ts';
import { Snapshot } from '../../../src/native/snapshot.ts';
import { compare } from '../../../src/verify/compare/compare.ts';
import type { Aspect, ServiceComparison, Verdict } from '../../../src/verify/compare/comparison.ts';
import { relation } from '../../../src/verify/compare/relation.ts';
import { worldOf } from '../../../src/verify/request.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import { native } from '../../kubernetes/native-object.ts';
import type { Question } from '../../probe/question.ts';
import { predict } from '../../trial/trial.ts';
import type { Slot } from '../configuration.ts';
import { asked, borderQuestions, canBeSent, distinct, type Limits, plannedQuestions } from '../questions.ts';

/** The name that both sides are written for, until each gets one of its own. */
export const standIn = (kind: Slot['kind']): Slot => ({ kind, name: `${kind}-1` });

/** What is said of one name, said of another. */
export const moved = <T>(value: T, from: string, to: string): T =>
  value === undefined
    ? value
    : JSON.parse(JSON.stringify(value).replaceAll(new RegExp(`(?<![\\w-])${from}(?!\\d)`, 'g'), to));

const keyOf = ({ kind, metadata }: KubernetesObject): string => `${kind}/${metadata.namespace}/${metadata.name}`;

/** An object whose name would not move with the rest: the two sides of a pair would write it over each other. */
export const leftBehind = (objects: readonly KubernetesObject[], slot: Slot): KubernetesObject | undefined =>
  objects.find(object => keyOf(moved(object, slot.name, `${slot.kind}-0`)) === keyOf(object));

export interface Pair {
  readonly id: string;
  /** The kind of edit that makes the second of the first. */
  readonly edit: string;
  readonly kind: Slot['kind'];
  /** Both for the name that stands in. */
  readonly before: readonly KubernetesObject[];
  readonly after: readonly KubernetesObject[];
}

/** A difference that a comparison has found, and requests that should show it: its witness, however it is answered. */
export interface Claim {
  readonly aspect: Aspect;
  readonly verdict: Verdict;
  /** Empty: nobody in the bed can send such a request. */
  readonly questions: readonly Question[];
}

/** What a comparison says of a pair, and requests by which it is tried beside those of its claims. */
export interface Said {
  readonly claims: readonly Claim[];
  readonly isUndecided: boolean;
  readonly samples: readonly Question[];
}

/** Where pairs are read, and who can send there. */
export interface Workbench {
  readonly adapter: string;
  readonly standing: readonly KubernetesObject[];
  readonly limits: Limits;
  readonly hostOf: (slot: Slot) => string;
  readonly callersOf: (slot: Slot) => readonly string[];
  readonly addressOf: (caller: string) => string;
}

/** Of the many names that configurations are tried on, a comparison needs one. */
const isElsewhere = ({ metadata }: KubernetesObject): boolean => /^(?:site|guard)-(?!1(?!\d))\d/.test(metadata.name);

const modelOf = async ({ adapter, standing }: Workbench, objects: readonly KubernetesObject[]): Promise<Model> => {
  const own = new Set(objects.map(keyOf));
  const there = standing.filter(object => !isElsewhere(object) && !own.has(keyOf(object)));
  return (await readSnapshot(new Snapshot([...there, ...objects].map(native), 'whole'), { only: [adapter] })).model;
};

/** Ports of services in the beds that both meshes have, whatever is spoken there. */
const portsOf = ({ bytesPort = 9000 }: Limits): readonly number[] => [80, bytesPort];

/** The witness from a caller of the bed to whom it shows the same. */
const sentWitness = (
  [a, b]: readonly [Model, Model],
  bench: Workbench,
  slot: Slot,
  { aspect, witness, port = 80 }: ServiceComparison,
): Question | undefined => {
  if (!witness) return undefined;
  const { client } = witness;
  const { sourceAddress: _, ...request } = witness.request;
  const { bytesPort = 9000 } = bench.limits;
  const isForBytes = port === bytesPort && port !== 80;
  if (!canBeSent(request) || (isForBytes && request.protocol !== 'tcp')) return undefined;
  const named = client.kind === 'workload' ? `${client.namespace}/${client.name}` : '';
  const callers = bench.callersOf(slot).toSorted((one, other) => Number(other === named) - Number(one === named));
  const sent =
    request.protocol === 'tcp' ? request : { ...request, authority: request.authority ?? bench.hostOf(slot) };
  return callers
    .map((caller): Question => {
      const request = { ...sent, sourceAddress: bench.addressOf(caller) };
      return { caller, service: `shop/${slot.name}`, port, request };
    })
    .find(question => relation(aspect, predict(a, question), predict(b, question)) !== 'equal');
};

/** Answers after which proxies are told to try again. */
const tried = (model: Model, question: Question): readonly Question[] =>
  (predict(model, question).outcome.retries?.on ?? []).flatMap(condition => {
    const [, status] = /^status:(\d+)/.exec(condition) ?? [];
    return status === undefined ? [] : [{ ...question, plan: { status: Number(status) } }];
  });

const withPlans = (models: readonly Model[], question: Question, limits: Limits): readonly Question[] =>
  question.request.protocol === 'tcp'
    ? [question]
    : distinct([
        question,
        ...models.flatMap(model => [...plannedQuestions([asked(model, question)], limits), ...tried(model, question)]),
      ]);

/** Requests of both sides' borders that are put to a pair beside its witnesses. */
const sampled = 8;

/** `change`: what is done to both models before they are compared. */
export const saidOf = async (
  bench: Workbench,
  { kind, before, after }: Pair,
  change: (model: Model) => Model = model => model,
): Promise<Said> => {
  const slot = standIn(kind);
  const service = `shop/${slot.name}`;
  const models = [await modelOf(bench, before), await modelOf(bench, after)] as const;
  const { services } = compare(worldOf(change(models[0])), worldOf(change(models[1])));
  const own = services.filter(one => one.service === service && portsOf(bench.limits).includes(one.port ?? 80));
  const claims = own
    .filter(({ verdict }) => verdict !== 'equal' && verdict !== 'undecided')
    .map((found): Claim => {
      const question = sentWitness(models, bench, slot, found);
      const questions = question ? withPlans(models, question, bench.limits) : [];
      return { aspect: found.aspect, verdict: found.verdict, questions };
    });
  const limits = { ...bench.limits, borders: sampled };
  const borders = distinct(
    models.flatMap(model => borderQuestions(model, service, bench.hostOf(slot), bench.callersOf(slot), limits)),
  );
  const plans = models.flatMap(model =>
    plannedQuestions(
      borders.map(question => asked(model, question)),
      limits,
    ),
  );
  const samples = distinct([...borders, ...plans]);
  return { claims, isUndecided: own.some(({ verdict }) => verdict === 'undecided'), samples };
};
