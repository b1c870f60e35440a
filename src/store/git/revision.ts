import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { byText } from '../../base/order.ts';
import { isManifestPath, readBytes } from '../files/find.ts';
import { type FilesRead, parseFiles } from '../files/parse-files.ts';
import { StoreError } from '../store-error.ts';
import { runGit } from './run-git.ts';

/** A file of a revision: its path from the top of the repository, and the id of its content. */
interface Entry {
  readonly path: string;
  readonly id: string;
}

const records = (listing: Buffer | undefined): string[] => listing?.toString('utf8').split('\0').slice(0, -1) ?? [];

/** `100644 blob 3b18e5…\tshop/routes.yaml`; only what is a file by itself, since links and submodules lead elsewhere. */
const record = /^100\d{3} blob (?<id>[0-9a-f]+)\t(?<path>[\s\S]+)$/;

const entriesOf = (folder: string, tree: string): Entry[] =>
  records(runGit(folder, ['ls-tree', '-r', '-z', '--full-name', tree])).flatMap(line => {
    const { id, path } = record.exec(line)?.groups ?? {};
    return id !== undefined && path !== undefined && isManifestPath(path) ? [{ id, path }] : [];
  });

const newline = '\n'.charCodeAt(0);

/** `git cat-file --batch` answers each id with `<id> blob <size>`, the bytes, and an end of line. */
function* contents(folder: string, entries: readonly Entry[]): Generator<[string, Uint8Array]> {
  const answer = runGit(folder, ['cat-file', '--batch'], entries.map(({ id }) => `${id}\n`).join(''));
  let at = 0;
  for (const { id, path } of entries) {
    const end = answer?.indexOf(newline, at) ?? -1;
    const size = / blob (\d+)$/.exec(answer?.toString('latin1', at, end) ?? '')?.[1];
    if (!answer || size === undefined)
      throw new StoreError(
        'unreadable',
        path,
        `\`${path}\`: its content ${id} is not in this repository; fetch it first`,
      );
    const start = end + 1;
    at = start + Number(size) + 1;
    yield [path, answer.subarray(start, at - 1)];
  }
}

/**
 * The manifests that a revision holds in a folder of a git repository and below, under their paths from the top of the
 * repository. The working tree is not touched. Throws StoreError if git, the repository or the revision is not there.
 */
export const readRevision = (folder: string, revision: string): FilesRead => {
  const tree = revision.startsWith('-')
    ? undefined
    : runGit(folder, ['rev-parse', '--verify', '--quiet', `${revision}^{tree}`])
        ?.toString('utf8')
        .trim();
  if (!tree) {
    const problem = `no revision \`${revision}\` in the repository at \`${folder}\`; a shallow copy may lack it: git fetch`;
    throw new StoreError('notFound', folder, problem);
  }
  return parseFiles(contents(folder, entriesOf(folder, tree)));
};

/**
 * The same of the working tree: what git follows, and what is new and not ignored, as it is on the disk now. Throws
 * StoreError also where the repository has no working tree.
 */
export const readWorkingTree = (folder: string): FilesRead => {
  const top = runGit(folder, ['rev-parse', '--show-toplevel'])?.toString('utf8').trimEnd();
  if (!top)
    throw new StoreError(
      'notFound',
      folder,
      `\`${folder}\` has no working tree; name two revisions, \`--rev A --rev B\``,
    );
  const listed = runGit(folder, ['ls-files', '-z', '--full-name', '--cached', '--others', '--exclude-standard']);
  const paths = [...new Set(records(listed))].filter(isManifestPath).sort(byText);
  const present = paths.filter(path => lstatSync(join(top, path), { throwIfNoEntry: false })?.isFile());
  return parseFiles(present.map(path => [path, readBytes(join(top, path))] as const));
};
