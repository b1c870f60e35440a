import { type Manifest, ownershipLabel } from '../../../adapter/adapter.ts';
import { byKey } from '../../../base/order.ts';
import type { Telemetry } from '../../../model/capabilities/telemetry.ts';

const safeName = (id: string): string =>
  id
    .replace(/^[^/]*\//, '')
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, '-');

/** One Telemetry for each statement and namespace; without a namespace it stands in the root namespace. */
export const emitTelemetry = (statements: readonly Telemetry[], rootNamespace: string): Manifest[] =>
  statements
    .flatMap(statement =>
      (statement.scope.namespaces ?? [rootNamespace]).map(
        (namespace): Manifest => ({
          apiVersion: 'telemetry.istio.io/v1',
          kind: 'Telemetry',
          metadata: { name: safeName(statement.id), namespace, labels: ownershipLabel },
          spec: emitSpec(statement),
        }),
      ),
    )
    .sort(byKey(({ metadata }) => `${metadata.namespace}/${metadata.name}`));

const providers = (names: readonly string[] | undefined): Record<string, unknown> =>
  names ? { providers: names.map(name => ({ name })) } : {};

const emitSpec = ({ scope, accessLog, tracing, metrics }: Telemetry): Record<string, unknown> => ({
  ...(scope.labels ? { selector: { matchLabels: scope.labels } } : {}),
  ...(accessLog
    ? {
        accessLogging: [
          {
            ...providers(accessLog.providers),
            ...(accessLog.enabled ? {} : { disabled: true }),
            ...(accessLog.filter === undefined ? {} : { filter: { expression: accessLog.filter } }),
          },
        ],
      }
    : {}),
  ...(tracing
    ? {
        tracing: [
          {
            ...providers(tracing.providers),
            ...(tracing.enabled ? {} : { disableSpanReporting: true }),
            ...(tracing.samplingPercent === undefined ? {} : { randomSamplingPercentage: tracing.samplingPercent }),
            ...(tracing.tags
              ? {
                  customTags: Object.fromEntries(
                    Object.entries(tracing.tags).map(([name, value]) => [name, { literal: { value } }]),
                  ),
                }
              : {}),
          },
        ],
      }
    : {}),
  ...(metrics ? { metrics: [providers(metrics.providers)] } : {}),
});
