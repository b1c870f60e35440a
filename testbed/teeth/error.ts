import type { ModelChange } from './edits.ts';

/** A model that is wrong about one capability. */
export interface PlantedError {
  /** What is wrong with it. */
  readonly what: string;
  readonly plant: ModelChange;
}

/** Nothing that happens in a bed depends on it; `why`. */
export interface Untried {
  readonly untried: string;
}

export const error = (what: string, plant: ModelChange): PlantedError => ({ what, plant });
