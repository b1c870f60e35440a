import type { ReadObject } from '../../adapter/adapter.ts';
import type { Finding } from '../../base/finding.ts';
import { findingOf } from '../../base/finding.ts';
import { objectKey, type Source } from '../../base/source.ts';
import type { ServiceDirectory } from '../../model/directory.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { Mesh } from '../../model/mesh.ts';
import type { NativeObject, Snapshot } from '../../native/snapshot.ts';
import { olderFirst } from './age.ts';
import { istioFindings } from './findings.ts';
import type { MeshConfig } from './mesh-config.ts';

/** What every reader of one Istio mesh works with. Readers add findings; everything else they return. */
export interface Reading {
  readonly snapshot: Snapshot;
  readonly inventory: Inventory;
  readonly directory: ServiceDirectory;
  readonly mesh: Mesh;
  readonly config: MeshConfig;
  readonly findings: Finding[];
  /** What was found already: places are read for several proxies, and said once. */
  readonly reported: Set<string>;
  readonly objects: ReadObject[];
}

/** The objects of a kind, older first; each is noted as read with `spec` as its configuration. */
export const objectsOf = (reading: Reading, group: string, kind: string): readonly NativeObject[] => {
  const objects = reading.snapshot.of(group, kind).toSorted(olderFirst);
  for (const object of objects) reading.objects.push({ object, body: ['spec'] });
  return objects;
};

/** Adds a finding of this adapter's table. */
export const report = (
  reading: Reading,
  code: keyof typeof istioFindings & string,
  at: Source | NativeObject['ref'],
  message: string,
  hint?: string,
): void => {
  const finding = findingOf(istioFindings, code, at, message, hint);
  const key = `${code} ${finding.subject ? objectKey(finding.subject) : ''} ${finding.path ?? ''} ${message}`;
  if (reading.reported.has(key)) return;
  reading.reported.add(key);
  reading.findings.push(finding);
};
