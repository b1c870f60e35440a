import type { EntryField } from '../entry-field.ts';
import { type Reading, report } from '../reading.ts';
import type { Defaults } from './defaults.ts';

/**
 * `expose`: paths that a proxy leads to its application from a listener of their own, without mesh mTLS and past every
 * intention; meant for health checks and metrics (agent/xds/listeners.go, `makeExposedCheckListener`, 1.21; documented).
 */
export const noteExposed = (reading: Reading, { services, ofAll }: Defaults): void => {
  for (const [name, { spec }] of services) noteAt(reading, spec, `\`${name}\``);
  noteAt(reading, ofAll?.spec, 'every service');
};

const noteAt = (reading: Reading, spec: EntryField | undefined, where: string): void => {
  const expose = spec?.at('expose');
  if (!expose) return;
  const paths = expose.list('paths').flatMap(path => path.text('path') ?? []);
  if (expose.boolean('checks')) paths.push('its health checks');
  expose.field.leave('a listener beside the mesh is not told');
  if (paths.length > 0)
    report(reading, 'CONSUL213', expose, `anyone reaches ${paths.join(', ')} of ${where} in plaintext`);
};
