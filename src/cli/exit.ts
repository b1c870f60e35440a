/** The same everywhere; see docs/reference/cli.md. */
export const exitCodes = {
  /** Done, and nothing that was written is lost; see docs/decisions/0004-what-nobody-wrote.md. */
  done: 0,
  /** Could not do it, or nothing could be read. */
  failed: 1,
  /** The command line is not right. */
  usage: 2,
  /** Done, with losses of behaviour that was written, or objects that could not be read. */
  differs: 3,
  /** Refused: access or encryption would get weaker. */
  weaker: 4,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Something the user has to change: on the command line (`usage`), or in the files named there (`failed`). */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly exitCode: ExitCode;
  /** The code under which it is published. */
  readonly code: 'CLI001' | 'CLI002';

  constructor(message: string, kind: 'usage' | 'failed' = 'usage') {
    super(message);
    this.exitCode = exitCodes[kind];
    this.code = kind === 'usage' ? 'CLI001' : 'CLI002';
  }
}
