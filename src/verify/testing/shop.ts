/** Two versions of `shop/web`, callers of several kinds, and short ways to lay two models side by side. */

import type { Rule, WeightedBackend } from '../../model/frontend.ts';
import type { Model, ModelPart } from '../../model/model.ts';
import { type CompareOptions, compare } from '../compare/compare.ts';
import type { Aspect, Comparison, Witness } from '../compare/comparison.ts';
import { worldOf } from '../request.ts';
import { backendTo, bareWorkload, modelOf, service, table, workload } from './model-builder.ts';

const version = (name: string) =>
  workload(`shop/web-${name}`, { labels: { app: 'web', version: name }, serviceAccount: 'web' });

const inventory = {
  workloads: [
    version('v1'),
    version('v2'),
    workload('shop/client'),
    workload('other/batch'),
    bareWorkload('shop/plain'),
  ],
  services: [service('shop/web'), service('shop/api')],
};

/** The shop with some statements, and other services or gateways in place of its own. */
export const shop = (part: ModelPart = {}, more: Partial<Model['inventory']> = {}): Model =>
  modelOf({ ...inventory, ...more }, part);

export const laidOut = (a: Model, b: Model, options: CompareOptions = {}): Comparison =>
  compare(worldOf(a), worldOf(b), options);

/** Everything that is not equal, in words. */
export const differences = ({ services }: Comparison): string[] =>
  services.flatMap(({ service: name, aspect, verdict }) =>
    verdict === 'equal' ? [] : [`${name} ${aspect} ${verdict}`],
  );

export const witnessFor = (comparison: Comparison, aspect: Aspect): Witness | undefined =>
  comparison.services.find(entry => entry.aspect === aspect && entry.witness)?.witness;

/** A share for one version of `shop/web`. */
export const toVersion = (weight: number, name: string): WeightedBackend =>
  backendTo('shop/web', weight, { version: name });

/** One table before `shop/web`. */
export const routes = (...rules: readonly Rule[]): ModelPart => ({ frontends: [table('shop/web', rules)] });
