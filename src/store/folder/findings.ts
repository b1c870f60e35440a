import type { FindingKinds } from '../../base/finding.ts';

/** What is wrong with a folder that is a store. What was there before stays as it was. */
export const folderFindings = {
  FOLDER001: {
    severity: 'error',
    title: 'an object that stands in a folder twice',
    hint: 'remove one of the two; until then only the one that is named counts',
  },
  FOLDER002: {
    severity: 'error',
    title: 'an object that may stand in a file that cannot be read',
    hint: 'correct the file; until then the object counts as it was last, and cannot be changed',
  },
  FOLDER003: {
    severity: 'error',
    title: 'an object that a store cannot hold',
    hint: 'correct it; until then it counts as it was last, or not at all',
  },
} as const satisfies FindingKinds;
