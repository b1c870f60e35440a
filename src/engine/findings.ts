import type { FindingKinds } from '../base/finding.ts';

/** What reading as a whole finds. */
export const engineFindings = {
  ENGINE001: {
    severity: 'info',
    title: 'a kind that no adapter knows',
    hint: 'if it changes traffic, the answers here do not know of it',
  },
  ENGINE002: {
    severity: 'warning',
    title: 'objects of a mesh that was not read',
    hint: 'name the mesh with --from, or add objects that show that it is installed',
  },
  ENGINE003: {
    severity: 'warning',
    title: 'fields that are not read, and so not compared',
    hint: 'correct them, or see for yourself that both sides mean the same by them',
  },
  PLAN001: {
    severity: 'error',
    title: 'nothing to write for: no mesh is seen',
    hint: 'add the objects that show the mesh, or name one with `--mesh TYPE`',
  },
  PLAN002: {
    severity: 'warning',
    title: 'a wish for a mesh that is not there',
    hint: 'correct the name: of a Mesh object, or the type of a mesh that is seen',
  },
} as const satisfies FindingKinds;
