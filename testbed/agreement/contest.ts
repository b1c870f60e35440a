import type { Half } from '../bed.ts';
import type { Part } from '../versions.ts';
import type { Configuration } from './configuration.ts';
import type { Limits } from './questions.ts';
import type { Sampling } from './random.ts';
import type { Arena } from './run.ts';

/** A mesh with the configurations that are tried in it. */
export interface Contest<Native> {
  readonly half: Half;
  readonly title: string;
  /** The record of what was seen, `testdata/agreement/NAME.jsonl`. */
  readonly record: string;
  /** One of so many configurations of a family is recorded, with so many probes; absent: all, with as many as there are kinds. */
  readonly records?: { readonly oneOf: number; readonly probes: number };
  readonly parts: readonly Part[];
  readonly limits: Limits;
  readonly open: () => Promise<Arena<Native>>;
  /** By hand, and so many at random; the same for the same seed. */
  readonly configurations: (
    arena: Arena<Native>,
    random: Sampling,
    root: string,
  ) => Promise<readonly Configuration<Native>[]>;
}
