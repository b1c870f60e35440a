/**
 * A store could not do what it was asked for. The message is for the user: what could not be done, and what to do about it.
 * Whoever retries decides by `retryable`, never by the message.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  /** The file or folder as the user named it, or as it was found below what they named. */
  readonly path: string;
  readonly retryable: boolean;

  constructor(code: StoreErrorCode, path: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.path = path;
    this.retryable = code === 'busy';
  }
}

/** What a file or folder can be in the way with. */
export type FileErrorCode = 'notFound' | 'denied' | 'empty' | 'busy' | 'unreadable';

/**
 * `notFound`: no such file, folder or object. `denied`: not allowed to read or write it. `empty`: a folder without a file
 * of ours. `busy`: too much is open at the moment, or another process holds the store. `exists`: there is such an object
 * already. `conflict`: it is not the version or the object that the caller meant. `owned`: others own fields that would
 * change. `expired`: too long ago, list again. `invalid`: no object could be like that. `closed`: the store was closed.
 * `unreadable`: anything else, see `cause`.
 */
export type StoreErrorCode = FileErrorCode | 'exists' | 'conflict' | 'owned' | 'expired' | 'invalid' | 'closed';
