import type { FindingKinds } from '../../../base/finding.ts';

/** What Istio's own validation refuses: the schemas of its CRDs, its admission webhook, and `istioctl validate`. */
export const validationFindings = {
  ISTIO901: {
    severity: 'error',
    title: 'a field that Istio does not have',
    hint: 'look for a slip in the name or the indentation',
  },
  ISTIO902: { severity: 'error', title: 'a value of the wrong type' },
  ISTIO903: { severity: 'error', title: 'a value that is not one of those Istio takes' },
  ISTIO904: { severity: 'error', title: 'something that Istio demands is not there' },
  ISTIO905: { severity: 'error', title: 'settings that exclude each other' },
  ISTIO906: { severity: 'error', title: 'a number, length or duration outside its bounds' },
  ISTIO907: { severity: 'error', title: 'a text that is not of the form Istio demands' },
  ISTIO908: { severity: 'error', title: 'something is there twice that must be unique' },
  ISTIO909: { severity: 'error', title: 'a setting that Istio refuses where it stands' },
  ISTIO910: {
    severity: 'error',
    title: 'a version of the API that clusters do not serve',
    hint: 'write a version that they serve; the fields are the same',
  },
} as const satisfies FindingKinds;
