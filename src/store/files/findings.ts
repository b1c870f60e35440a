import type { FindingKinds } from '../../base/finding.ts';

/** What is wrong with the text of files. Each leaves the other documents, and the other files, as they are. */
export const fileFindings = {
  FILE001: {
    severity: 'error',
    title: 'the text is neither YAML nor JSON',
    hint: 'correct the line; nothing of this document was read',
  },
  FILE002: {
    severity: 'error',
    title: 'a template that is not rendered',
    hint: 'render it first (`helm template`, `kustomize build`) and read the result; nothing of this document was read',
  },
  FILE003: {
    severity: 'error',
    title: 'a Kubernetes object without its identity',
    hint: 'an object needs apiVersion, kind and metadata.name; it was not read',
  },
  FILE004: {
    severity: 'error',
    title: 'a key is written twice in one mapping',
    hint: 'remove the one you do not mean, kubectl takes the last without a word; nothing of this document was read',
  },
  FILE005: {
    severity: 'error',
    title: 'a document that nests too deeply, or whose aliases unfold to more than a cluster would take',
    hint: 'write the values out, or split the document; nothing of it was read',
  },
  FILE006: {
    severity: 'warning',
    title: 'a name that the cluster makes up',
    hint: 'generateName has no fixed name, so nothing can refer to the object',
  },
  FILE007: {
    severity: 'error',
    title: 'the file is not UTF-8',
    hint: 'save it as UTF-8; nothing of this file was read',
  },
  FILE008: {
    severity: 'info',
    title: 'YAML that is no Kubernetes object',
    hint: 'values, patches and configuration files of other tools are not read',
  },
  FILE009: {
    severity: 'error',
    title: 'a tab as indentation',
    hint: 'use spaces; nothing of this document was read',
  },
  FILE010: {
    severity: 'error',
    title: 'a value that no Kubernetes object can hold',
    hint: 'correct the value; nothing of this document was read',
  },
  FILE011: {
    severity: 'warning',
    title: 'a number that is not kept exactly',
    hint: 'if every digit counts, check this number in the output',
  },
  FILE012: {
    severity: 'warning',
    title: 'text that kubectl does not read',
    hint: 'start the next document with `---`; what stands between `...` and the next `---` was not read',
  },
  FILE013: {
    severity: 'info',
    title: 'a file without a document',
  },
  FILE015: {
    severity: 'error',
    title: 'the text is no HCL in which a config entry can be written',
    hint: 'correct the line; variables, calls and conditions are not worked out; nothing of this file was read',
  },
  FILE014: {
    severity: 'warning',
    title: 'text on the line of a document separator',
    hint: 'put it on the next line; kubectl refuses the whole file',
  },
} as const satisfies FindingKinds;
