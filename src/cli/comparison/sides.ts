import type { ObjectRef } from '../../base/source.ts';
import type { Moved, Side } from '../../engine/compare.ts';
import { readSide } from '../../engine/compare.ts';
import { readRevision, readWorkingTree } from '../../store/git/revision.ts';
import { UserError } from '../exit.ts';
import { type Loaded, load, loadedFrom } from '../source.ts';

/** One of the two configurations under the name that the user gave it. */
export interface NamedSide extends Side, Pick<Loaded, 'locate' | 'files'> {
  readonly name: string;
  /** What `-f` takes to read it; absent for standard input. */
  readonly path?: string;
  /** Whether that reads it only while its revision is checked out. */
  readonly isRevision?: true;
}

/** Why there is nothing to compare on one side: what was found first in its files, with the place. */
const nothingIn = ({ name, findings }: Pick<NamedSide, 'name' | 'findings'>): UserError => {
  const first = findings.find(({ severity }) => severity === 'error') ?? findings[0];
  const at = first?.place ? `${first.place.file}:${first.place.line}: ` : '';
  const why = first ? ` (${at}${first.code} ${first.message})` : '';
  return new UserError(
    `there is no Kubernetes object in ${name}${why}; both sides need something to compare`,
    'failed',
  );
};

/** Two configurations: two paths, or two revisions of a folder, of which the second may be the working tree. */
export const readSides = async (
  paths: readonly string[],
  revisions: readonly string[],
): Promise<readonly [NamedSide, NamedSide]> => {
  const [a, b] = revisions.length > 0 ? revisionsOf(paths, revisions) : await pathsOf(paths);
  for (const side of [a, b]) if (side.snapshot.objects.length === 0) throw nothingIn(side);
  return [
    { ...a, ...(await readSide(a)) },
    { ...b, ...(await readSide(b)) },
  ];
};

type NamedLoad = Loaded & Pick<NamedSide, 'name' | 'path' | 'isRevision'>;

const pathsOf = async (paths: readonly string[]): Promise<readonly [NamedLoad, NamedLoad]> => {
  const [a, b, ...rest] = paths;
  if (a === undefined || b === undefined || rest.length > 0)
    throw new UserError('name two files or folders to compare, or revisions with --rev');
  if (a === '-' && b === '-') throw new UserError('only one side can be standard input');
  const named = async (path: string): Promise<NamedLoad> =>
    path === '-' ? { ...(await load([path])), name: 'standard input' } : { ...(await load([path])), name: path, path };
  return [await named(a), await named(b)];
};

const revisionsOf = (paths: readonly string[], revisions: readonly string[]): readonly [NamedLoad, NamedLoad] => {
  const [folder = '.', ...more] = paths;
  const [before = '', after, ...rest] = revisions;
  if (more.length > 0) throw new UserError('with --rev, name at most one folder');
  if (rest.length > 0) throw new UserError('name one or two revisions with --rev');
  const revision = (name: string): NamedLoad => ({
    ...loadedFrom(() => readRevision(folder, name)),
    name,
    path: folder,
    isRevision: true,
  });
  const workingTree = (): NamedLoad => ({
    ...loadedFrom(() => readWorkingTree(folder)),
    name: 'the working tree',
    path: folder,
  });
  return [revision(before), after === undefined ? workingTree() : revision(after)];
};

/**
 * The second side while only some have moved to it. What is written on either may decide there, and no command can ask
 * about both at once.
 */
export const midway = ([a, b]: readonly [NamedSide, NamedSide], moved: Moved): NamedSide => {
  const ofA = new Set<ObjectRef>(a.snapshot.objects.map(({ ref }) => ref));
  const { path: _path, ...rest } = b;
  return {
    ...rest,
    name: `${b.name} at ${moved} only`,
    locate: source => (ofA.has(source.object) ? a : b).locate(source),
  };
};
