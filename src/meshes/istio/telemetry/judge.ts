import { approximated, refused } from '../../../adapter/disposition.ts';
import type { Judge } from '../../../adapter/judge.ts';

/** What a Telemetry can say. */
export const telemetryJudge: Pick<Judge, 'telemetry'> = {
  telemetry: statement => {
    const { scope, metrics } = statement;
    if (scope.services || scope.gateway !== undefined || scope.ports) {
      return refused('telemetry-scope', 'what proxies report is said by namespace and labels of their pods', {
        workaround: 'attach a Telemetry to the Gateway or Service with targetRefs',
      });
    }
    if (!metrics?.overrides) return 'applied';
    return approximated(
      { ...statement, metrics: { ...metrics, overrides: 0 } },
      'telemetry-metrics',
      `${metrics.overrides} overrides of metrics are not carried over`,
      { workaround: 'copy spec.metrics by hand' },
    );
  },
};
