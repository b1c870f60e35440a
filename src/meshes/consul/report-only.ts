import { entriesOf, type Reading, report } from './reading.ts';

const reasons: Readonly<Record<string, string>> = {
  ControlPlaneRequestLimit: 'it limits requests to the servers, not traffic',
  GatewayClassConfig: 'how gateways are deployed is not told',
};

/** Objects that are accounted for, field by field, and not understood. */
export const reportOnly = (reading: Reading): void => {
  for (const [kind, reason] of Object.entries(reasons)) {
    for (const { object, spec } of entriesOf(reading, kind)) {
      spec?.field.leave(reason);
      report(reading, 'CONSUL005', object.ref, `${kind}: ${reason}`);
    }
  }
};
