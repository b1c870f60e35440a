import type { Field } from '../../../base/field.ts';
import { proxyDefault, type Setting, written } from '../../../base/source.ts';
import type { Fault } from '../../../model/capabilities/fault.ts';
import { durationOf } from './duration.ts';

/** Delays and failures on purpose. Without a percentage nothing is injected (observed, row 8.1). */
export const readFault = (field: Field | undefined): Fault | undefined => {
  const delay = readDelay(field?.at('delay'));
  const abort = readAbort(field?.at('abort'));
  return delay || abort ? { ...(delay ? { delay } : {}), ...(abort ? { abort } : {}) } : undefined;
};

const readDelay = (field: Field | undefined): Fault['delay'] => {
  field?.at('exponentialDelay')?.leave('declared in the API and not implemented');
  const ms = durationOf(field?.at('fixedDelay'));
  if (!field || !ms) return undefined;
  return { ms: ms.value, percent: field.has('percentage') ? readPercentage(field) : readWhole(field), source: field };
};

/** Without a status of either kind there is no failure to inject. */
const readAbort = (field: Field | undefined): Fault['abort'] => {
  field?.at('http2Error')?.leave('declared in the API and not implemented');
  const status = field?.number('httpStatus');
  const grpcStatus = field?.text('grpcStatus');
  if (!field || (status === undefined && grpcStatus === undefined)) return undefined;
  return {
    ...(status === undefined ? {} : { status }),
    ...(grpcStatus === undefined ? {} : { grpcStatus }),
    percent: readPercentage(field),
    source: field,
  };
};

const readPercentage = (field: Field): Setting<number> => {
  const percentage = field.at('percentage');
  percentage?.isEmptyObject();
  const value = percentage?.at('value');
  return percentage ? written(value?.asNumber() ?? 0, value ?? percentage) : proxyDefault(0);
};

/** The deprecated whole number. */
const readWhole = (field: Field): Setting<number> => {
  const percent = field.at('percent');
  return percent ? written(percent.asNumber() ?? 0, percent) : proxyDefault(0);
};
