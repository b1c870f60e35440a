import type { Finding } from '../base/finding.ts';
import type { Place, Source } from '../base/source.ts';
import { Snapshot } from '../native/snapshot.ts';
import type { FilesRead } from '../store/files/parse-files.ts';
import { readFiles } from '../store/files/store.ts';
import { StoreError } from '../store/store-error.ts';
import { UserError } from './exit.ts';

/** Finds the line of a source; undefined for what came from no file. */
export type Locate = (source: Source) => Promise<Place | undefined>;

export interface Loaded {
  readonly snapshot: Snapshot;
  readonly findings: readonly Finding[];
  readonly locate: Locate;
  readonly textOf: (file: string) => string | undefined;
  readonly files: number;
}

/** Reads what `-f` names; `-` is standard input, unless its bytes are given. */
export const load = async (paths: readonly string[], given?: Uint8Array): Promise<Loaded> => {
  if (paths.length === 0) throw new UserError('name what to read with -f FILE, -f FOLDER or -f -');
  const stdin = given ?? (paths.includes('-') ? await readStdin() : undefined);
  return loadedFrom(() => readFiles(paths, stdin));
};

/** What a store gives; where it cannot read, the user is told. */
export const loadedFrom = (read: () => FilesRead): Loaded => {
  try {
    const { objects, ...rest } = read();
    return { snapshot: new Snapshot(objects, 'partial'), ...rest };
  } catch (error) {
    if (error instanceof StoreError) throw new UserError(error.message, 'failed');
    throw error;
  }
};

const readStdin = async (): Promise<Uint8Array> => {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};
