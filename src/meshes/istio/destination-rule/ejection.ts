import type { DestinationTarget } from '../../../model/capabilities/destination.ts';
import type { OutlierDetection } from '../../../model/capabilities/outlier-detection.ts';
import { narrow } from '../../../model/frontend.ts';
import { type Reading, report } from '../reading.ts';

/**
 * A share of the endpoints that is smaller than one endpoint lets nobody be taken out: with the silent 10 percent and
 * fewer than ten endpoints outlier detection does nothing (observed, row 12.1).
 */
export const reportEjection = (reading: Reading, outlier: OutlierDetection, target: DestinationTarget): void => {
  const percent = outlier.maxEjectionPercent;
  const { source } = outlier;
  if (!percent || !source || percent.value >= 100) return;
  const needed = Math.ceil(100 / percent.value);
  const count = endpointCount(reading, target);
  // Where nobody knows how many there are, only the silent value is worth a word.
  if (count === undefined ? percent.origin === 'written' : count >= needed) return;
  const said =
    percent.origin === 'written' ? `${percent.value} percent` : `silence, which means ${percent.value} percent,`;
  const known = count === undefined ? '' : `; there are ${count}`;
  report(
    reading,
    'ISTIO101',
    percent.source ?? source,
    `${said} of the endpoints may be taken out, so with fewer than ${needed} of them none ever is${known}`,
  );
};

/** How many endpoints run behind a target, where pods were seen. */
const endpointCount = ({ directory }: Reading, { service, subset }: DestinationTarget): number | undefined => {
  const endpoints = service === undefined ? undefined : directory.find(service)?.endpoints;
  if (!endpoints) return undefined;
  const pods = directory.workloadsOf(narrow(endpoints, subset)).map(workload => workload.pods?.length);
  if (pods.length === 0 || pods.includes(undefined)) return undefined;
  return pods.reduce<number>((sum, count) => sum + (count ?? 0), 0);
};
