import type { Labels } from '../../../model/scope.ts';
import type { EntryField } from '../entry-field.ts';
import { type Reading, report } from '../reading.ts';
import type { ConsulServices } from '../services.ts';
import { metaAnnotation } from '../sidecar.ts';

/** A selector of go-bexpr for one key of the metadata of instances, and its value. */
const comparison =
  /^\s*Service\.Meta(?:\.([A-Za-z_][\w-]*)|\["([^"\]]+)"\])\s*==\s*(?:"([^"]*)"|`([^`]*)`|([^\s"`()]+))\s*$/;

/** The metadata that a filter asks for; undefined for any other filter. */
export const metadataIn = (filter: string): Labels | undefined => {
  const metadata: Record<string, string> = {};
  for (const part of filter.split(/\s+and\s+/)) {
    const [, plain, quoted, ...values] = comparison.exec(part) ?? [];
    const key = plain ?? quoted;
    const value = values.find(text => text !== undefined);
    if (key === undefined || value === undefined) return undefined;
    metadata[key] = value;
  }
  return metadata;
};

const isPlainKey = /^[A-Za-z_]\w*$/;

/** The filter that asks for all of some metadata. */
export const filterFor = (metadata: Labels): string =>
  Object.keys(metadata)
    .sort()
    .map(key => `Service.Meta${isPlainKey.test(key) ? `.${key}` : `["${key}"]`} == ${JSON.stringify(metadata[key])}`)
    .join(' and ');

/**
 * The pods that a subset means, by labels. Metadata of instances comes from annotations of pods
 * (`service-meta-version: v2`); where the same pods carry a label that says the same, that is what other meshes know them
 * by. Where no pod is known, the label is taken to be there.
 */
export const labelsOfSubset = (
  reading: Pick<Reading, 'findings'> & { readonly services: ConsulServices },
  service: string,
  subset: EntryField,
): Labels | undefined => {
  const filter = subset.rawText('filter') ?? '';
  if (filter.trim() === '') return {};
  const metadata = metadataIn(filter);
  if (!metadata) {
    subset.leave('filter', 'only equality of `Service.Meta` is understood');
    return undefined;
  }
  const instances = reading.services.instances(service);
  const isMeant = (key: string, value: string): boolean =>
    instances.every(
      ({ labels, annotations }) => (labels[key] === value) === (annotations[metaAnnotation(key)] === value),
    );
  const strange = Object.entries(metadata).find(([key, value]) => instances.length > 0 && !isMeant(key, value));
  if (strange) {
    const [key, value] = strange;
    report(
      reading,
      'CONSUL107',
      subset,
      `no label of pods says what metadata \`${key}: ${value}\` of \`${service}\` says`,
    );
    return undefined;
  }
  return metadata;
};
