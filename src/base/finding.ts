import type { ObjectRef, Place, Source } from './source.ts';

export type Severity = 'error' | 'warning' | 'info';

/**
 * Something a user should know about their configuration: a problem, a trap, a thing that could not be read.
 * Findings are data; only our own bugs throw.
 */
export interface Finding {
  /** Stable and never reused, e.g. `ISTIO012`; each layer or mesh folder owns one prefix. */
  readonly code: string;
  readonly severity: Severity;
  /** One lower-case clause: what was expected, what was found. User values in backticks. */
  readonly message: string;
  readonly subject?: ObjectRef;
  readonly path?: string;
  readonly source?: Source;
  /** For a problem of the text itself, where no object could be read that a source could point into. */
  readonly place?: Place;
  /** The next step. */
  readonly hint?: string;
}

/** What a finding code means. Each folder keeps its own table; `npm run gen` writes them to docs/reference/findings.md. */
export interface FindingKind {
  readonly severity: Severity;
  readonly title: string;
  readonly hint?: string;
}

export type FindingKinds = Readonly<Record<string, FindingKind>>;

/** Makes a finding of one of the kinds in a table. */
export const findingOf = <K extends FindingKinds>(
  kinds: K,
  code: keyof K & string,
  at: Source | ObjectRef | Place | undefined,
  message: string,
  hint?: string,
): Finding => {
  const kind = kinds[code];
  if (!kind) throw new InvariantError(`no finding kind ${code}`);
  const nextStep = hint ?? kind.hint;
  const source = at && 'object' in at ? at : at && 'kind' in at ? { object: at, path: '' } : undefined;
  return {
    code,
    severity: kind.severity,
    message,
    ...(source ? { subject: source.object, ...(source.path ? { path: source.path } : {}), source } : {}),
    ...(at && 'line' in at ? { place: at } : {}),
    ...(nextStep ? { hint: nextStep } : {}),
  };
};

/** A fault of ours, never of the user's input. It is caught only at the edge of the process. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** For switches that must be total. */
export const assertNever = (value: never): never => {
  throw new InvariantError(`unexpected ${JSON.stringify(value)}`);
};
