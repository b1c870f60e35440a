import type { Telemetry } from '../../../model/capabilities/telemetry.ts';
import type { Reading } from '../reading.ts';
import type { Defaults } from './defaults.ts';

/**
 * What all proxies write down of the traffic they carry: `accessLogs` of the ProxyDefaults; nothing unless switched on.
 * Without a type they write to the standard output.
 */
export const readAccessLogs = (reading: Reading, { ofAll }: Defaults): readonly Telemetry[] => {
  const field = ofAll?.spec?.at('accessLogs');
  const enabled = field?.boolean('enabled');
  for (const key of ['jsonFormat', 'textFormat']) field?.leave(key, 'how a line of a log looks is not told');
  field?.leave('disableListenerLogs', 'connections that no listener takes are not told');
  if (!field || enabled === undefined) return [];
  const type = field.text('type') ?? 'stdout';
  const path = field.text('path');
  return [
    {
      id: 'access logs',
      scope: { mesh: reading.mesh.id },
      accessLog: { enabled, providers: [path === undefined ? type : `${type} ${path}`] },
      source: field,
    },
  ];
};
