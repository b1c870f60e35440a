import type { Finding } from '../base/finding.ts';
import { findingOf } from '../base/finding.ts';
import { valueAt } from '../base/path.ts';
import { objectKey } from '../base/source.ts';
import { groupOf, type Snapshot } from '../native/snapshot.ts';
import { type CompareOptions, compare } from '../verify/compare/compare.ts';
import { type Comparison, worst } from '../verify/compare/comparison.ts';
import { type World, worldOf } from '../verify/request.ts';
import { engineFindings } from './findings.ts';
import { loadAdapters, type Read, readSnapshot } from './read.ts';
import { isGuard, unreadByObject, unreadText } from './unread-guards.ts';

/** One of two configurations: what was in its files, and what is wrong with their text. */
export interface SideInput {
  readonly snapshot: Snapshot;
  readonly findings: readonly Finding[];
  readonly textOf: (file: string) => string | undefined;
}

export interface Side extends SideInput {
  readonly read: Read;
}

/** Something of one side that the comparison does not know of, and that the other side does not have as well. */
export interface NotCompared {
  readonly side: 'a' | 'b';
  readonly finding: Finding;
  /** It may decide who gets in or where traffic goes: the verdict is not `equal` or `stricter`, but `undecided`. */
  readonly limits: boolean;
}

export interface ComparisonOfSides extends Comparison {
  readonly notCompared: readonly NotCompared[];
}

export const readSide = async (input: SideInput): Promise<Side> => ({
  ...input,
  read: await readSnapshot(input.snapshot),
});

/** Who has the second configuration already, while the others still have the first. */
export type Moved = 'clients' | 'servers';

export interface CompareSidesOptions extends CompareOptions {
  /** Absent: everyone has it. Gateways that callers enter are clients, waypoints belong to the servers. */
  readonly moved?: Moved;
}

const afterMove = (a: Side, b: Side, moved: Moved | undefined): World => ({
  client: (moved === 'servers' ? a : b).read.model,
  server: (moved === 'clients' ? a : b).read.model,
});

/** Lays both sides side by side. What could not be read on one of them, or not alike on both, leaves the verdict open. */
export const compareSides = async (a: Side, b: Side, options: CompareSidesOptions = {}): Promise<ComparisonOfSides> => {
  const { moved, ...asking } = options;
  const second = moved ? afterMove(a, b, moved) : worldOf(b.read.model);
  const comparison = compare(worldOf(a.read.model), second, asking);
  const [gapsA, gapsB] = await Promise.all([gapsOf(a), gapsOf(b)]);
  const notCompared = [...only('a', gapsA, gapsB), ...only('b', gapsB, gapsA)];
  const isOpen = notCompared.some(({ limits }) => limits);
  return { ...comparison, verdict: worst([comparison.verdict, isOpen ? 'undecided' : 'equal']), notCompared };
};

/** A part of a side that is not in its model. Two with the same text mean the same. */
interface Gap {
  readonly finding: Finding;
  readonly limits: boolean;
  /** Absent where nothing can be compared with it. */
  readonly text: string | undefined;
}

const only = (side: 'a' | 'b', own: readonly Gap[], other: readonly Gap[]): readonly NotCompared[] => {
  const shared = new Set(other.map(({ text }) => text));
  return own
    .filter(({ text }) => text === undefined || !shared.has(text))
    .map(({ finding, limits }) => ({ side, finding, limits }));
};

const gapsOf = async (side: Side): Promise<readonly Gap[]> => [
  ...brokenFiles(side),
  ...(await unreadFields(side)),
  ...unreadKinds(side),
];

/** Files, or documents in them, that could not be read: anything may stand there. */
const brokenFiles = ({ findings, textOf }: Side): readonly Gap[] =>
  findings
    .filter(({ severity }) => severity === 'error')
    .map(finding => ({ finding, limits: true, text: finding.place && textOf(finding.place.file) }));

/** Fields that nobody read, with what stands in them; whatever the object is called. */
const unreadFields = async ({ snapshot, read }: Side): Promise<readonly Gap[]> => {
  if (read.unread.length === 0) return [];
  const guards = isGuard(await loadAdapters());
  const bodies = new Map(snapshot.objects.map(({ ref, body }) => [objectKey(ref), body]));
  return unreadByObject(read.unread).map(fields => {
    const { source } = fields[0];
    const { object } = source;
    const body = bodies.get(objectKey(object));
    const values = fields.map(field => [field.source.path, valueAt(body, field.source.path)]);
    const message = `${unreadText(fields)}${guards(object) ? ', and may keep somebody out' : ''}`;
    return {
      finding: findingOf(engineFindings, 'ENGINE003', source, message),
      limits: true,
      text: JSON.stringify([groupOf(object), object.kind, object.namespace, values]),
    };
  });
};

/** Kinds of a mesh that was not detected act on traffic; kinds that nobody knows mostly do not. */
const unreadKinds = ({ snapshot, read }: Side): readonly Gap[] =>
  read.findings.flatMap(finding => {
    const { code, subject } = finding;
    if (!subject || (code !== 'ENGINE001' && code !== 'ENGINE002')) return [];
    const bodies = snapshot.of(groupOf(subject), subject.kind).map(({ body }) => JSON.stringify(body));
    return [{ finding, limits: code === 'ENGINE002', text: bodies.sort().join('\n') }];
  });
