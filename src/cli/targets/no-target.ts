import { InvariantError } from '../../base/finding.ts';
import type { Target } from './target.ts';

const nothing = async (): Promise<void> => {
  throw new InvariantError('there is nowhere to write to');
};

/** For plans that are only looked at. */
export const noTarget: Target = {
  objects: [],
  taken: [],
  state: {},
  isAdopted: () => false,
  adopting: step => step,
  obstacle: () => undefined,
  releases: async () => [],
  takeUp: nothing,
  carryOut: nothing,
  writeStatus: nothing,
};
