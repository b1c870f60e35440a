import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ioError } from '../../store/io-error.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import { databaseName, hiddenFolder, openStore, type StorePlace } from '../stores/store-place.ts';

export interface InitOptions {
  readonly files?: boolean;
}

/** `supergloo init`: a store in a folder. One that is there stays as it is. */
export const initCommand = async (folder: string, { files }: InitOptions): Promise<ExitCode> => {
  const database = join(folder, hiddenFolder, databaseName);
  const place: StorePlace =
    files && !existsSync(database) ? { kind: 'files', path: folder } : { kind: 'embedded', path: database };
  if (place.kind === 'embedded') {
    try {
      mkdirSync(join(folder, hiddenFolder), { recursive: true });
      writeFileSync(join(folder, hiddenFolder, '.gitignore'), '*\n');
    } catch (cause) {
      throw ioError(folder, 'cannot be made a store', cause);
    }
  }
  const wasThere = existsSync(place.kind === 'embedded' ? database : join(folder, hiddenFolder));
  await (await openStore(place)).close();
  const what = place.kind === 'embedded' ? `store \`${database}\`` : `store of the files in \`${folder}\``;
  process.stdout.write(`${what}: ${wasThere ? 'is there already' : 'made'}\n`);
  if (!wasThere) process.stderr.write('next: supergloo apply -f FOLDER, from here or any folder below\n');
  return exitCodes.done;
};
