import { spawnSync } from 'node:child_process';
import { StoreError } from '../store-error.ts';

/** More than any repository of configuration holds. */
const maxBuffer = 2 ** 30;

/**
 * What git prints when it runs in a folder; undefined if it ends with an error. It only reads, and says things in English.
 * Throws StoreError where there is no git, or no repository.
 */
export const runGit = (folder: string, args: readonly string[], input = ''): Buffer | undefined => {
  const { error, status, stdout, stderr } = spawnSync('git', ['-C', folder, ...args], {
    input,
    maxBuffer,
    env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
  });
  if (error && 'code' in error && error.code === 'ENOENT')
    throw new StoreError(
      'unreadable',
      folder,
      'there is no `git` on the PATH; install it, or compare two folders',
      error,
    );
  if (error) throw new StoreError('unreadable', folder, `git did not answer: ${error.message}`, error);
  if (status === 0) return stdout;
  const said = stderr.toString('utf8').trim().split('\n')[0] ?? '';
  if (/not a git repository|cannot change to|dubious ownership/.test(said))
    throw new StoreError('notFound', folder, `\`${folder}\` is not read as a git repository: ${said}`);
  return undefined;
};
