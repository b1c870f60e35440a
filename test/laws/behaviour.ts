import type { Model } from '../../src/model/model.ts';

/** A difference between the answers of two models, in words; undefined if there is none. */
export const tellApart = (a: Model, b: Model): string | undefined => (bare(a) === bare(b) ? undefined : 'the model');

const bare = (model: Model): string =>
  JSON.stringify(model, (key, value) => (key === 'source' || key === 'origin' ? undefined : value));
