import type { Field } from '../../../base/field.ts';
import { proxyDefault, type Setting, written } from '../../../base/source.ts';
import { formatDuration } from '../../../base/units.ts';
import type { OutlierDetection } from '../../../model/capabilities/outlier-detection.ts';
import { durationOf } from '../virtual-service/duration.ts';

/**
 * Envoy's own values for what `outlierDetection` does not say (meshes.md A.1.3). Failures of a gateway and of the
 * connection count on their own only when told to.
 */
export const outlierDefaults = {
  consecutive5xx: 5,
  consecutiveLocalFailures: 5,
  intervalMs: 10_000,
  baseEjectionMs: 30_000,
  maxEjectionPercent: 10,
  minHealthPercent: 0,
} as const;

const numberOf = (field: Field | undefined): Setting<number> | undefined => {
  const value = field?.asNumber();
  return value === undefined ? undefined : written(value, field);
};

/** A percentage for which zero is the same as silence. */
const shareOf = (field: Field | undefined, silent: number): Setting<number> => {
  const share = numberOf(field);
  if (field && share?.value === 0) field.leave(`zero is the same as nothing: ${silent} percent`);
  return share && share.value > 0 ? share : proxyDefault(silent);
};

/** `outlierDetection`: off if absent; present, even empty, it is on with the proxy's values for what it leaves open. */
export const readOutlierDetection = (field: Field | undefined): OutlierDetection | undefined => {
  if (!field) return undefined;
  field.isEmptyObject();
  field.at('consecutiveErrors')?.leave('the old name of consecutiveGatewayErrors; the proxy is no longer told');
  const gatewayErrors = numberOf(field.at('consecutiveGatewayErrors'));
  const split = field.at('splitExternalLocalOriginErrors');
  const isSplit = split?.asBoolean() ?? false;
  const local = field.at('consecutiveLocalOriginFailures');
  if (!isSplit) local?.leave('counts only with splitExternalLocalOriginErrors');
  const codes = field.at('outlierDetectionHttpErrorCodes');
  const statuses = codes?.items().flatMap(code => code.asNumber() ?? code.asText() ?? []);
  return {
    consecutive5xx: numberOf(field.at('consecutive5xxErrors')) ?? proxyDefault(outlierDefaults.consecutive5xx),
    ...(gatewayErrors ? { consecutiveGatewayErrors: gatewayErrors } : {}),
    ...(isSplit
      ? { consecutiveLocalFailures: numberOf(local) ?? proxyDefault(outlierDefaults.consecutiveLocalFailures) }
      : {}),
    ...(split ? { splitLocalErrors: written(isSplit, split) } : {}),
    intervalMs: durationOf(field.at('interval')) ?? proxyDefault(outlierDefaults.intervalMs),
    baseEjectionMs: durationOf(field.at('baseEjectionTime')) ?? proxyDefault(outlierDefaults.baseEjectionMs),
    maxEjectionPercent: shareOf(field.at('maxEjectionPercent'), outlierDefaults.maxEjectionPercent),
    minHealthPercent: shareOf(field.at('minHealthPercent'), outlierDefaults.minHealthPercent),
    ...(statuses ? { errorStatuses: written(statuses.map(String), codes) } : {}),
    source: field,
  };
};

/** The settings that `outlierDetection` has a field for. */
export const writableOutlierSettings: ReadonlySet<string> = new Set([
  'consecutive5xx',
  'consecutiveGatewayErrors',
  'consecutiveLocalFailures',
  'splitLocalErrors',
  'intervalMs',
  'baseEjectionMs',
  'maxEjectionPercent',
  'minHealthPercent',
  'errorStatuses',
]);

/** The same as `outlierDetection`, in which everything that differs from the proxy's own values is said. */
export const emitOutlierDetection = (outlier: OutlierDetection): Record<string, unknown> => {
  const number = (key: string, setting: Setting<number> | undefined, silent?: number): Record<string, number> =>
    setting === undefined || (setting.origin === 'proxyDefault' && setting.value === silent)
      ? {}
      : { [key]: setting.value };
  const duration = (key: string, setting: Setting<number> | undefined, silent: number): Record<string, string> =>
    setting === undefined || (setting.origin === 'proxyDefault' && setting.value === silent)
      ? {}
      : { [key]: formatDuration(setting.value) };
  const { splitLocalErrors, errorStatuses } = outlier;
  return {
    // To count no 5xx at all has to be said: silence means five.
    ...number('consecutive5xxErrors', outlier.consecutive5xx ?? written(0), outlierDefaults.consecutive5xx),
    ...number('consecutiveGatewayErrors', outlier.consecutiveGatewayErrors),
    ...number(
      'consecutiveLocalOriginFailures',
      outlier.consecutiveLocalFailures,
      outlierDefaults.consecutiveLocalFailures,
    ),
    ...(splitLocalErrors ? { splitExternalLocalOriginErrors: splitLocalErrors.value } : {}),
    ...duration('interval', outlier.intervalMs, outlierDefaults.intervalMs),
    ...duration('baseEjectionTime', outlier.baseEjectionMs, outlierDefaults.baseEjectionMs),
    ...number('maxEjectionPercent', outlier.maxEjectionPercent, outlierDefaults.maxEjectionPercent),
    ...number('minHealthPercent', outlier.minHealthPercent, outlierDefaults.minHealthPercent),
    ...(errorStatuses ? { outlierDetectionHttpErrorCodes: errorStatuses.value.map(Number) } : {}),
  };
};
