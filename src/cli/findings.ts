import type { FindingKinds } from '../base/finding.ts';

/** What is found when objects are taken up into a store. */
export const cliFindings = {
  APPLY001: {
    severity: 'error',
    title: 'an object that is not valid, and is not taken up',
    hint: 'correct it and apply it again; until then everything that was written stays as it is',
  },
  APPLY002: {
    severity: 'error',
    title: 'fields that somebody else owns',
    hint: 'leave them out, or take them over with --force-conflicts',
  },
  APPLY003: {
    severity: 'error',
    title: 'an object that a store cannot hold',
    hint: 'correct it and apply it again',
  },
  APPLY004: {
    severity: 'warning',
    title: 'an object that a plan wrote, and that is not taken up from a file',
    hint: 'leave it out: it follows from the policies; or remove its label `supergloo.dev/owner` to make it yours',
  },
} as const satisfies FindingKinds;
