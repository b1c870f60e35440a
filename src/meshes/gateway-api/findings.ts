import type { FindingKinds } from '../../base/finding.ts';
import { gatewayApiFindings } from '../../native/gateway-api/findings.ts';

/** The shared language's findings (0xx), and what only this adapter finds: 1xx reading, 2xx writing. */
export const adapterFindings = {
  ...gatewayApiFindings,
  GWAPI101: {
    severity: 'info',
    title: 'routes on Services and no mesh in the input; that some mesh honours them is assumed',
    hint: 'add objects that show which mesh it is, or name it with --from',
  },
  GWAPI102: {
    severity: 'info',
    title: 'an experimental kind that is reported and not acted on',
  },
  GWAPI201: {
    severity: 'warning',
    title: 'no GatewayClass is known; the written Gateways name one that may not exist',
    hint: 'set gatewayClassName to a class of the cluster',
  },
  GWAPI202: {
    severity: 'info',
    title: 'the order of two written matches is left to the implementation',
    hint: 'test it on the implementation in use',
  },
} as const satisfies FindingKinds;
