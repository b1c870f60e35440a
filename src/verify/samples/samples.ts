import type { Model } from '../../model/model.ts';
import type { ClientScope } from '../../model/scope.ts';
import { coversSender } from '../lookup/coverage.ts';
import { Lookup } from '../lookup/lookup.ts';
import type { Ask, Caller, Destination } from '../request.ts';
import { callersFor } from './callers.ts';
import { requestsFor, type SampleRequest } from './requests.ts';
import type { Target } from './target.ts';
import { targetsIn } from './targets.ts';

export interface SampleOptions {
  /** Questions about one target at most. */
  readonly perTarget?: number;
}

/** Questions about one thing that can be dialled. */
export interface TargetSamples {
  readonly target: Pick<Target, 'name' | 'to' | 'via'>;
  readonly asks: readonly Ask[];
  /** Questions at borders that the limit left out. */
  readonly left: number;
}

const defaultLimit = 4000;

const destinationOf = ({ to }: Target, { dialled }: SampleRequest): Destination =>
  dialled === undefined ? to : { host: dialled, ...(to.port === undefined ? {} : { port: to.port }) };

const isIn = ({ namespaces, labels }: ClientScope, caller: Caller): boolean =>
  caller.kind === 'workload' &&
  coversSender({ ...(namespaces ? { namespaces } : {}), ...(labels ? { labels } : {}) }, caller);

/** Somebody from each scope; where nobody is, the first caller. */
const askersOf = (scopes: readonly ClientScope[], callers: readonly Caller[]): Set<Caller> =>
  new Set(scopes.flatMap(scope => callers.find(caller => isIn(scope, caller)) ?? callers[0] ?? []));

const samplesOf = (target: Target, lookups: readonly Lookup[], limit: number): TargetSamples => {
  const callers = callersFor(target.mentions, lookups, target.home);
  const via = target.via === undefined ? {} : { via: target.via };
  const asks: Ask[] = [];
  const requests = requestsFor(target);
  let left = target.mentions.left * requests.length;
  for (const sample of requests) {
    const to = destinationOf(target, sample);
    for (const caller of sample.askers ? askersOf(sample.askers, callers) : callers) {
      if (asks.length < limit) asks.push({ caller, to, ...via, request: sample.request });
      else left += 1;
    }
  }
  return { target: { name: target.name, to: target.to, ...via }, asks, left };
};

/**
 * The questions that can tell models apart, target by target: at the border of every condition that any of them names,
 * from every class of callers that any of them distinguishes. The same models in the same order give the same questions.
 */
export const samples = function* (models: readonly Model[], options: SampleOptions = {}): Generator<TargetSamples> {
  const lookups = [...new Set(models)].map(Lookup.of);
  for (const target of targetsIn(lookups)) yield samplesOf(target, lookups, options.perTarget ?? defaultLimit);
};
