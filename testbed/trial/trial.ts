/** Puts questions to a mesh and to the model of it, and compares the answers. */
import type { Model } from '../../src/model/model.ts';
import type { Explanation } from '../../src/verify/outcome.ts';
import { type Ask, type Caller, worldOf } from '../../src/verify/request.ts';
import { simulate } from '../../src/verify/simulate.ts';
import type { WorkloadsOf } from '../probe/expectation.ts';
import { differencesOf, isLeftToChance } from '../probe/judge.ts';
import type { Observed, Question } from '../probe/question.ts';

/** A mesh that questions can be put to. */
export interface Mesh {
  put(questions: readonly Question[]): Promise<readonly (readonly Observed[])[]>;
}

export interface Verdict {
  readonly question: Question;
  readonly predicted: Explanation;
  readonly observed: readonly Observed[];
  /** Empty: model and mesh agree. */
  readonly differences: readonly string[];
}

/** How often a request is sent whose fate is left to chance. */
const manyTimes = 300;

export const callerIn = ({ inventory, meshes }: Model, id: string): Caller => {
  const workload = inventory.workloads.find(candidate => candidate.id === id);
  const [from = '', ofFrom = ''] = id.split('/');
  const mesh = meshes.find(({ joined = [] }) => joined.some(one => one.name === from));
  if (!workload && mesh) return { kind: 'joined', mesh: mesh.id, from, name: ofFrom };
  if (!workload) return { kind: 'outside' };
  const { namespace, name, labels, serviceAccount, memberships } = workload;
  return { kind: 'workload', namespace, name, labels, serviceAccount, memberships };
};

export const askOf = (model: Model, { caller, service, port, via, request }: Question): Ask =>
  via === undefined
    ? { caller: callerIn(model, caller), to: { service, port }, request }
    : { caller: { kind: 'outside' }, to: { host: hostAsked(request) ?? service, port }, via, request };

const hostAsked = ({ authority }: Question['request']): string | undefined => authority?.replace(/:[0-9]+$/, '');

export const predict = (model: Model, question: Question): Explanation =>
  simulate(worldOf(model), askOf(model, question));

/** Endpoints as the model writes them: a namespace with labels in braces. */
export const workloadsIn = ({ inventory }: Model): WorkloadsOf => {
  const known = new Map<string, readonly string[]>();
  return endpoints => {
    const away = ofPeer(endpoints);
    const found = away
      ? [away]
      : (known.get(endpoints) ?? inventory.workloads.filter(isAmong(endpoints)).map(({ id }) => id));
    known.set(endpoints, found);
    return found;
  };
};

/** A service of a peer of Consul, of whose workloads nothing is known but that they are there. */
const ofPeer = (endpoints: string): string | undefined => {
  const [, service, peer] = /^([^.{]+)\.virtual\.([^.]+)\.consul$/.exec(endpoints) ?? [];
  return peer === undefined ? undefined : `${peer}/${service}`;
};

const isAmong = (endpoints: string): ((workload: Model['inventory']['workloads'][number]) => boolean) => {
  const [, where = '', written = ''] = /^([^{]*)\{(.*)\}$/.exec(endpoints) ?? [];
  const wanted = written.split(',').map(pair => pair.split('=') as [string, string]);
  return ({ namespace, labels }) => namespace === where && wanted.every(([name, value]) => labels[name] === value);
};

interface Predicted {
  readonly question: Question;
  readonly predicted: Explanation;
}

/**
 * Sends and judges. What differs is sent again, once if nothing else is said: a mesh may have been slow, and a model stays
 * wrong.
 */
export const tryAsked = async (
  mesh: Mesh,
  model: Model,
  all: readonly Predicted[],
  again = 1,
): Promise<readonly Verdict[]> => {
  const workloadsOf = workloadsIn(model);
  const judge = async (some: readonly Predicted[]): Promise<readonly Verdict[]> => {
    const observed = await mesh.put(some.map(({ question }) => question));
    return some.map(({ question, predicted }, index) => {
      const seen = observed[index] ?? [];
      const differences = differencesOf(predicted.outcome, question, seen, workloadsOf);
      return { question, predicted, observed: seen, differences };
    });
  };
  const verdicts = [...(await judge(all))];
  for (let round = 0; round < again; round += 1) {
    const doubtful = [...verdicts.keys()].filter(index => (verdicts[index]?.differences.length ?? 0) > 0);
    if (doubtful.length === 0) break;
    const judged = await judge(doubtful.flatMap(index => all[index] ?? []));
    for (const [position, index] of doubtful.entries()) {
      const next = judged[position];
      if (next) verdicts[index] = next;
    }
  }
  return verdicts;
};

/** Predicts, sends and judges; what is left to chance is sent many times. */
export const tryOut = (
  mesh: Mesh,
  model: Model,
  questions: readonly Question[],
  again = 1,
): Promise<readonly Verdict[]> => {
  const workloadsOf = workloadsIn(model);
  const prepared = questions.map(question => {
    const predicted = predict(model, question);
    const byChance = isLeftToChance(predicted.outcome, question, workloadsOf);
    return { predicted, question: byChance ? { ...question, times: question.times ?? manyTimes } : question };
  });
  return tryAsked(mesh, model, prepared, again);
};
