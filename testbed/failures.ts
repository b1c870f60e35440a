/** The bed did not come up or stopped working; says nothing about what was to be tested in it. */
export class BedFailure extends Error {
  override readonly name = 'BedFailure';
}

/** This machine cannot run the bed, whatever is tried: each line says what is missing and where it comes from. */
export class CannotRun extends Error {
  override readonly name = 'CannotRun';
  readonly reasons: readonly string[];

  constructor(reasons: readonly string[]) {
    super(`this machine cannot run the test bed:\n${reasons.map(reason => `  ${reason}`).join('\n')}`);
    this.reasons = reasons;
  }
}
