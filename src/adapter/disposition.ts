import type { Source } from '../base/source.ts';
import type { CapabilityId } from '../model/capability.ts';

/** What became of one leaf of what the user wanted. */
export interface Disposition {
  readonly capability: CapabilityId;
  /** The frontend, policy or mesh it belongs to. */
  readonly subject: string;
  /** The place inside the subject, e.g. `reviews/http[0] timeout.request`. */
  readonly leaf: string;
  readonly result: 'applied' | 'approximated' | 'refused';
  /** Nobody wrote it: the source mesh does so by itself, and no setting that somebody wrote is concerned. */
  readonly byDefault?: true;
  /** For approximated and refused. */
  readonly loss?: Loss;
  readonly source?: Source;
}

export interface Loss {
  /** What `--accept` takes: `<capability>-…`, the same for the same kind of loss in every mesh. */
  readonly code: string;
  /** `security`: access or encryption is weaker than before. `behaviour`: anything else that differs. */
  readonly severity: 'behaviour' | 'security';
  /** What is different afterwards, in words for people. */
  readonly message: string;
  /** What the user can do instead. */
  readonly workaround?: string;
  /** `none`: nothing changes, because no request gets that far (shadowed, unreachable). */
  readonly effect: 'differs' | 'none';
}

/** What a writer says of one leaf. */
export type Verdict<T> =
  | 'applied'
  | { readonly result: 'approximated'; readonly value: T; readonly loss: Loss }
  | { readonly result: 'refused'; readonly loss: Loss };

export const refused = (
  code: string,
  message: string,
  options: { severity?: Loss['severity']; workaround?: string; effect?: Loss['effect'] } = {},
): { readonly result: 'refused'; readonly loss: Loss } => ({
  result: 'refused',
  loss: {
    code,
    severity: options.severity ?? 'behaviour',
    message,
    effect: options.effect ?? 'differs',
    ...(options.workaround ? { workaround: options.workaround } : {}),
  },
});

export const approximated = <T>(
  value: T,
  code: string,
  message: string,
  options: { severity?: Loss['severity']; workaround?: string; effect?: Loss['effect'] } = {},
): { readonly result: 'approximated'; readonly value: T; readonly loss: Loss } => ({
  result: 'approximated',
  value,
  loss: refused(code, message, options).loss,
});

/** A verdict about a part as one about the whole. */
export const within = <P, W>(verdict: Verdict<P>, whole: (part: P) => W): Verdict<W> => {
  if (verdict === 'applied' || verdict.result === 'refused') return verdict;
  return { ...verdict, value: whole(verdict.value) };
};
