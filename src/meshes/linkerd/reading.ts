import type { ReadObject } from '../../adapter/adapter.ts';
import type { Field, Unread } from '../../base/field.ts';
import { type Finding, findingOf } from '../../base/finding.ts';
import type { Source } from '../../base/source.ts';
import type { ServiceDirectory } from '../../model/directory.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { Mesh } from '../../model/mesh.ts';
import type { Opaque } from '../../model/model.ts';
import type { NativeObject, Snapshot } from '../../native/snapshot.ts';
import type { ControlPlane } from './control-plane.ts';
import { type LinkerdCode, linkerdFindings } from './findings.ts';

/** What every reader of one Linkerd works with. Readers add findings and opaque parts; everything else they return. */
export interface Reading {
  readonly snapshot: Snapshot;
  readonly inventory: Inventory;
  readonly directory: ServiceDirectory;
  readonly mesh: Mesh;
  readonly plane: ControlPlane;
  /** No other mesh and no gateway is in the input: what Linkerd passes over, nobody acts on. */
  readonly isAlone: boolean;
  readonly findings: Finding[];
  readonly opaque: Opaque[];
  readonly objects: ReadObject[];
}

/** The objects of a kind, older first; each is noted as read with `spec` as its configuration. */
export const objectsOf = (reading: Reading, group: string, kind: string): readonly NativeObject[] => {
  const objects = reading.snapshot.of(group, kind);
  for (const object of objects) reading.objects.push({ object, body: ['spec'] });
  return objects;
};

/** Adds a finding of this adapter's table. */
export const report = (
  reading: Reading,
  code: LinkerdCode,
  at: Source | NativeObject['ref'],
  message: string,
  hint?: string,
): void => {
  reading.findings.push(findingOf(linkerdFindings, code, at, message, hint));
};

/** An annotation of an object, as the field it stands in. */
export const annotationOf = (reading: Reading, object: NativeObject, key: string): Field | undefined =>
  reading.snapshot.field(object).find('metadata', 'annotations')?.at(key);

/** Annotations that act as configuration and that nobody can read are accounted for beside the object's body. */
export const leaveAnnotation = (reading: Reading, object: NativeObject, field: Field, reason: string): void => {
  report(reading, 'LINKERD005', field, `\`${field.name}: ${String(field.value)}\`: ${reason}`);
  const unread: Unread = { source: field, reason };
  const at = reading.objects.findIndex(read => read.object === object);
  const known = reading.objects[at] ?? { object, body: [] };
  const noted: ReadObject = { ...known, unread: [...(known.unread ?? []), unread] };
  if (at < 0) reading.objects.push(noted);
  else reading.objects[at] = noted;
};
