import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Unread } from '../../src/base/field.ts';
import type { Finding } from '../../src/base/finding.ts';
import { groupBy } from '../../src/base/order.ts';
import { checkSnapshot } from '../../src/engine/check.ts';
import { convert } from '../../src/engine/convert.ts';
import { adapterIds, type Read, readSnapshot } from '../../src/engine/read.ts';
import { groupOf, Snapshot } from '../../src/native/snapshot.ts';
import { readFiles } from '../../src/store/files/store.ts';
import { StoreError } from '../../src/store/store-error.ts';
import { systemOf } from './systems.ts';

/** What became of the objects of one system. */
export interface Tally {
  readonly files: Set<string>;
  objects: number;
  fields: number;
  read: number;
  unread: number;
  refused: number;
}

/** An exception while working on a folder: a fault of ours. */
export interface Crash {
  readonly folder: string;
  readonly step: string;
  readonly error: string;
}

export interface Survey {
  readonly folders: number;
  readonly files: number;
  readonly systems: Map<string, Tally>;
  /** By `kind path` with list positions left out. */
  readonly unread: Map<string, { count: number; reason: string }>;
  /** Kinds that no adapter reads, as `group/kind`. */
  readonly unknown: Map<string, number>;
  /** Findings by code. */
  readonly findings: Map<string, number>;
  readonly crashes: Crash[];
  conversions: number;
}

/** Reads every file of a corpus alone, and reads, checks and converts every folder of it as one input. */
export const survey = async (corpus: string): Promise<Survey> => {
  const folders = readdirSync(corpus).filter(name => statSync(join(corpus, name)).isDirectory());
  const result = { ...emptySurvey(), folders: folders.length };
  let files = 0;
  for (const folder of folders.sort()) files += await surveyFolder(corpus, folder, result);
  return { ...result, files };
};

const emptySurvey = (): Survey => ({
  folders: 0,
  files: 0,
  systems: new Map(),
  unread: new Map(),
  unknown: new Map(),
  findings: new Map(),
  crashes: [],
  conversions: 0,
});

const surveyFolder = async (corpus: string, folder: string, into: Survey): Promise<number> => {
  /** Runs one step; an exception is noted as a crash. */
  const attempt = async <T>(step: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof StoreError && error.code === 'empty') return undefined;
      into.crashes.push({ folder, step, error: traceOf(error) });
      return undefined;
    }
  };
  const loaded = await attempt('files', async () => readFiles([join(corpus, folder)]));
  if (!loaded) return 0;
  // Fields are counted file by file: the same object stands in many files, as other examples of it.
  for (const [file, objects] of groupBy(loaded.objects, ({ ref }) => ref.file ?? '')) {
    const alone = new Snapshot(objects);
    const read = await attempt(`read ${file.slice(corpus.length + 1)}`, () => readSnapshot(alone));
    if (!read) continue;
    tallyObjects(alone, read, into);
    for (const unread of read.unread) countUnread(unread, into);
  }
  const snapshot = (): Snapshot => new Snapshot(loaded.objects);
  await attempt('discover', () => readSnapshot(snapshot()));
  const checked = await attempt('check', () => checkSnapshot(snapshot(), loaded.findings));
  for (const finding of checked?.findings ?? []) countFinding(finding, into);
  for (const from of adapterIds) {
    for (const to of adapterIds) {
      if (from === to) continue;
      into.conversions += 1;
      await attempt(`convert ${from} to ${to}`, () => convert(snapshot(), from, to));
    }
  }
  return loaded.files;
};

const traceOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 4).join(' | ') : String(error);

const tallyObjects = (snapshot: Snapshot, read: Read, into: Survey): void => {
  const accounts = new Map(read.objects.map(object => [object.object, object]));
  for (const object of snapshot.objects) {
    const { ref } = object;
    const tally = tallyOf(into, systemOf(groupOf(ref)));
    if (ref.file !== undefined) tally.files.add(ref.file);
    tally.objects += 1;
    const account = accounts.get(snapshot.superseded.get(object) ?? object);
    if (!account) {
      increase(into.unknown, `${groupOf(ref)}/${ref.kind}`);
      continue;
    }
    const { fields, unread } = snapshot.field(object).account(account.body);
    const isRefused = account.refused !== undefined || snapshot.superseded.has(object);
    tally.fields += fields;
    if (isRefused) tally.refused += fields;
    else {
      tally.unread += unread.length;
      tally.read += fields - unread.length;
    }
  }
};

const tallyOf = ({ systems }: Survey, name: string): Tally => {
  const known = systems.get(name);
  if (known) return known;
  const tally = { files: new Set<string>(), objects: 0, fields: 0, read: 0, unread: 0, refused: 0 };
  systems.set(name, tally);
  return tally;
};

const increase = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

const countUnread = ({ source, reason }: Unread, into: Survey): void => {
  const key = `${source.object.kind} ${source.path.replace(/\[\d+\]/g, '[]')}`;
  const known = into.unread.get(key);
  if (known) known.count += 1;
  else into.unread.set(key, { count: 1, reason });
};

const countFinding = ({ code }: Finding, into: Survey): void => increase(into.findings, code);
