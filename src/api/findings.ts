import type { FindingKinds } from '../base/finding.ts';

/** What is wrong with objects of `supergloo.dev`. */
export const apiFindings = {
  API001: {
    severity: 'error',
    title: 'a kind or version of `supergloo.dev` that there is not',
    hint: 'see docs/reference/api.md for the kinds; the object has no effect',
  },
  API002: {
    severity: 'error',
    title: 'a field that there is not',
    hint: 'correct its name or remove it; the object has no effect until then',
  },
  API003: {
    severity: 'error',
    title: 'a field that is needed is missing',
    hint: 'add it; the object has no effect until then',
  },
  API004: {
    severity: 'error',
    title: 'a value of the wrong type',
    hint: 'correct it; the object has no effect until then',
  },
  API005: {
    severity: 'error',
    title: 'a value that is not allowed here',
    hint: 'correct it; the object has no effect until then',
  },
  API006: {
    severity: 'error',
    title: 'fields that do not go together',
    hint: 'correct them; the object has no effect until then',
  },
  API007: {
    severity: 'warning',
    title: 'an object that is kept, and on which nothing acts yet',
    hint: 'see "Not finished" in the README',
  },
} as const satisfies FindingKinds;
