import type { Adapter, Manifest } from '../adapter/adapter.ts';
import type { Disposition } from '../adapter/disposition.ts';
import type { Finding } from '../base/finding.ts';
import type { Mesh } from '../model/mesh.ts';
import type { Model } from '../model/model.ts';
import type { Snapshot } from '../native/snapshot.ts';
import { loadAdapters, type Read, readSnapshot } from './read.ts';
import { unreadGuards } from './unread-guards.ts';

/** Native configuration of one mesh as that of another, with what became of every leaf. */
export interface Conversion {
  readonly read: Read;
  /** The mesh that it was written for. */
  readonly target: Mesh;
  readonly objects: readonly Manifest[];
  readonly dispositions: readonly Disposition[];
  readonly expected: Model;
  /** What the reader found. */
  readonly found: readonly Finding[];
  /** What the writer has to say about what it wrote. */
  readonly told: readonly Finding[];
}

export const convert = async (snapshot: Snapshot, from: string, to: string): Promise<Conversion> => {
  const read = await readSnapshot(snapshot, { only: [from] });
  const [[source], [target]] = (await Promise.all([loadAdapters([from]), loadAdapters([to])])) as [
    [Adapter],
    [Adapter],
  ];
  const [installed] = target.detect(snapshot, read.model.inventory);
  const mesh = installed ?? target.assume();
  const written = target.write(read.model, { mesh, snapshot });
  return {
    read,
    target: mesh,
    objects: written.objects,
    dispositions: [...written.dispositions, ...unreadGuards(read.unread, source)],
    expected: written.expected,
    found: read.findings,
    told: written.findings,
  };
};
