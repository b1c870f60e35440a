import { type Disposition, refused } from '../../adapter/disposition.ts';
import { objectTitle } from '../../base/source.ts';
import type { Idle } from '../../compile/effective.ts';
import type { CapabilityId } from '../../model/capability.ts';

/** What the fields of a TrafficPolicy are about. */
const capabilities: Readonly<Record<string, CapabilityId>> = {
  split: 'weighted-split',
  timeouts: 'timeout-request',
  retries: 'retry-count',
  fault: 'fault-abort',
  mirrors: 'mirror',
  cors: 'cors',
  requestHeaders: 'header-edits',
  responseHeaders: 'header-edits',
  outlierDetection: 'outlier-consecutive',
  connections: 'connection-limits',
  loadBalancing: 'load-balancing',
  locality: 'locality',
  rateLimit: 'rate-limit',
};

/** A field that decides nothing at one of its targets is in no model there, so that no writer is asked of it. */
export const idleDisposition = ({ field, target }: Idle): Disposition => ({
  capability: capabilities[field.name] ?? 'not-understood',
  subject: objectTitle(field.object),
  leaf: `${target} ${field.name}`,
  result: 'refused',
  loss: refused('field-idle', `nothing at ${target} goes by \`${field.name}\``, { effect: 'none' }).loss,
  source: field,
});
