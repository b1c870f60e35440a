import { byKey } from '../../../base/order.ts';
import type { Source } from '../../../base/source.ts';
import type { ServiceExposure } from '../../../model/capabilities/visibility.ts';
import type { Service } from '../../../model/inventory.ts';
import type { Reading } from '../reading.ts';
import { entryOf } from './entry-of.ts';

/** Where a Service says who may know it. */
export const exportAnnotation = 'networking.istio.io/exportTo';

/**
 * Services that only some namespaces know: `exportTo` of a ServiceEntry, the annotation of the same name on a Service
 * (observed, row 16.5), or else what MeshConfig says of all services.
 */
export const readExposures = (reading: Reading): ServiceExposure[] =>
  reading.directory
    .services()
    .filter(({ evidence }) => evidence === 'object')
    .flatMap(service => exposureOf(service, reading))
    .sort(byKey(({ service }) => service));

const exposureOf = (service: Service, reading: Reading): ServiceExposure[] => {
  const { exportTo, source } = writtenOn(service, reading);
  const names = exportTo ?? reading.config.defaultServiceExportTo;
  if (names.length === 0 || names.includes('*')) return [];
  return [{ service: service.id, namespaces: exportedTo(names, service.namespace), ...(source ? { source } : {}) }];
};

/** The namespaces that a list with `.` and `~` means, in order. */
export const exportedTo = (names: readonly string[], own: string): string[] => {
  const bare = names.map(name => name.trim()).filter(name => name !== '' && name !== '~');
  return [...new Set(bare.map(name => (name === '.' ? own : name)))].sort();
};

const writtenOn = (service: Service, { snapshot }: Reading): { exportTo?: readonly string[]; source?: Source } => {
  const { source, annotations } = service;
  const entry = entryOf(service, snapshot);
  if (entry) {
    const exportTo = entry.texts('exportTo');
    return exportTo ? { exportTo, source: entry.at('exportTo') ?? entry } : {};
  }
  const text = annotations[exportAnnotation];
  if (text === undefined) return {};
  const exportTo = text.split(',').map(name => name.trim());
  return {
    exportTo,
    ...(source ? { source: { object: source.object, path: `metadata.annotations["${exportAnnotation}"]` } } : {}),
  };
};
