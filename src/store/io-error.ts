import { StoreError, type StoreErrorCode } from './store-error.ts';

const codes: Readonly<Record<string, [StoreErrorCode, string]>> = {
  ENOENT: ['notFound', 'there is no such file or folder; check the path'],
  ENOTDIR: ['notFound', 'a part of the path is no folder; check the path'],
  EEXIST: ['exists', 'something of that name is there already; name another place, or remove it'],
  EACCES: ['denied', 'not allowed; change its permissions or run as a user who may'],
  EPERM: ['denied', 'not allowed; change its permissions or run as a user who may'],
  EROFS: ['denied', 'the file system is read-only; name another place'],
  ENOSPC: ['busy', 'the disk is full; make room and try again'],
  EDQUOT: ['busy', 'the quota is used up; make room and try again'],
  EMFILE: ['busy', 'too many files are open; close some programs or raise the limit with `ulimit -n`, then try again'],
  ENFILE: ['busy', 'too many files are open; close some programs, then try again'],
};

/** What the file system said, in words with a next step. `what` says what is the matter: `cannot be written`. */
export const ioError = (path: string, what: string, cause: unknown): StoreError => {
  const { code = '', message = String(cause) } = cause as Partial<NodeJS.ErrnoException>;
  const [storeCode, why] = codes[code] ?? ['unreadable', message];
  return new StoreError(storeCode, path, `\`${path}\` ${what}: ${why}`, cause);
};
