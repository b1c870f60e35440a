import type { FindingKinds } from '../../base/finding.ts';

/** What is wrong with the text of files. Each leaves the rest of the file, and the other files, as they are. */
export const fileFindings = {
  FILE001: {
    severity: 'error',
    title: 'the text is no YAML',
    hint: 'correct the line; the other documents of the file were read',
  },
  FILE002: {
    severity: 'error',
    title: 'a template that is not rendered',
    hint: 'render it first (`helm template`, `kustomize build`) and read the result',
  },
  FILE003: {
    severity: 'error',
    title: 'a document that is no Kubernetes object',
    hint: 'an object needs apiVersion, kind and metadata.name',
  },
  FILE004: {
    severity: 'error',
    title: 'a key is written twice in one mapping',
    hint: 'remove one of them; readers disagree on which one counts',
  },
  FILE005: {
    severity: 'error',
    title: 'aliases that unfold to more than a cluster would take',
    hint: 'write the values out',
  },
  FILE006: {
    severity: 'warning',
    title: 'a name that the cluster makes up',
    hint: 'generateName has no fixed name, so nothing can refer to the object',
  },
  FILE007: {
    severity: 'warning',
    title: 'the file is not UTF-8',
    hint: 'save it as UTF-8',
  },
  FILE008: {
    severity: 'info',
    title: 'YAML that is no Kubernetes object',
    hint: 'values and configuration files of other tools are not read',
  },
} as const satisfies FindingKinds;
