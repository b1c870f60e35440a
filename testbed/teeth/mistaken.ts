import type { CapabilityId } from '../../src/model/capability.ts';
import type { Model } from '../../src/model/model.ts';
import { plantedErrors } from './planted.ts';

/** A model with one error in it, and what it is wrong about. */
export interface Mistaken {
  readonly about: CapabilityId;
  readonly model: Model;
  /** The names whose tables are wrong; undefined: what is wrong is no table. */
  readonly names: ReadonlySet<string> | undefined;
}

/** The last word of who is listened for. */
const nameOf = ({ listens }: Model['frontends'][number]): string | undefined => {
  if (listens.kind === 'listener') return listens.listener;
  return listens.kind === 'service' ? listens.service.split('/').at(-1) : listens.hosts[0]?.split('.')[0];
};

const wrongNames = (right: Model, wrong: Model): ReadonlySet<string> | undefined => {
  if (right.frontends === wrong.frontends) return undefined;
  const [before, after] = [new Set(right.frontends), new Set(wrong.frontends)];
  const changed = [
    ...right.frontends.filter(one => !after.has(one)),
    ...wrong.frontends.filter(one => !before.has(one)),
  ];
  return new Set(changed.flatMap(one => nameOf(one) ?? []));
};

/** A model with each of the errors that make it another one. */
export const mistakenFrom = (model: Model): readonly Mistaken[] =>
  Object.entries(plantedErrors).flatMap(([about, planted]) => {
    if (!('plant' in planted)) return [];
    const wrong = planted.plant(model);
    return wrong === model ? [] : [{ about: about as CapabilityId, model: wrong, names: wrongNames(model, wrong) }];
  });
