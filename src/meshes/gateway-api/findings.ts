import type { FindingKinds } from '../../base/finding.ts';
import { gatewayApiFindings } from '../../native/gateway-api/findings.ts';

/** The shared language's findings (0xx), and what only this adapter finds: 1xx reading, 2xx writing, 9xx refused by the API. */
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
  GWAPI901: {
    severity: 'error',
    title: 'a value that the API refuses',
  },
  GWAPI902: {
    severity: 'error',
    title: 'settings that the API does not take together',
  },
  GWAPI903: {
    severity: 'error',
    title: 'something that the API demands is not there',
  },
  GWAPI904: {
    severity: 'error',
    title: 'something is there twice that the API takes once',
  },
} as const satisfies FindingKinds;
