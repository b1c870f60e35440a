import type { FindingKinds } from '../../base/finding.ts';

/** What the writer says of the whole; 2xx, as in every adapter. What becomes of single leaves is in the ledger. */
export const adapterFindings = {
  ENVOY201: {
    severity: 'warning',
    title: 'a port on which the proxy does not listen',
    hint: 'let its clients dial it directly, or give the service a port that no other has',
  },
  ENVOY202: {
    severity: 'error',
    title: 'a bootstrap that is too large for a ConfigMap',
    hint: 'mount it as a file, or write the services of a few namespaces at a time',
  },
} as const satisfies FindingKinds;
