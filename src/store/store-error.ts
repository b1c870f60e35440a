/**
 * A store could not do its I/O. The message is for the user: what could not be done, and what to do about it.
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

/**
 * `notFound`: no such file or folder. `denied`: not allowed to read it. `empty`: a folder without a file of ours.
 * `busy`: too much is open at the moment. `unreadable`: anything else, see `cause`.
 */
export type StoreErrorCode = 'notFound' | 'denied' | 'empty' | 'busy' | 'unreadable';
