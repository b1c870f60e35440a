import type { Source } from '../../base/source.ts';
import type { CapabilityId } from '../../model/capability.ts';
import type { Disposition, Loss, Verdict } from '../disposition.ts';

/** A thing under construction: the readonly model type, still open. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** One leaf: its place, who judges it, and where what is left of it goes. */
export interface Part<D, T = unknown> {
  readonly capability: CapabilityId;
  readonly leaf: string;
  readonly value: T;
  readonly source?: Source | undefined;
  /** Without it, the whole that it belongs to goes. */
  readonly essential?: boolean;
  /** Nobody wrote it. */
  readonly byDefault?: boolean;
  ask(value: T): Verdict<T>;
  /** Puts what is left into the draft; not called for what is refused. */
  put(draft: D, value: T): void;
}

/** A part, once its question and its place are known to be for its kind of value. */
export const part = <D, T>(one: Part<D, T>): Part<D> => one;

const none: readonly never[] = [];

/** A part for a value that may be absent. */
export const optional = <D, T>(value: T | undefined, make: (value: T) => Part<D>): readonly Part<D>[] =>
  value === undefined ? none : [make(value)];

/**
 * Whether all settings in a value are what proxies do when nobody says anything; mesh-wide configuration is something
 * that somebody said.
 */
export const isByDefault = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return true;
  if ('origin' in value) return value.origin === 'proxyDefault';
  for (const [key, inner] of Object.entries(value)) if (key !== 'source' && !isByDefault(inner)) return false;
  return true;
};

/**
 * A flat settings object, one part per field. `put` receives the fields that are left, under their names; the object's
 * own `source` is not a leaf. By default is only what belongs to an object of defaults: the proxy's own conditions of
 * retries that somebody wrote are part of what was written.
 */
export const fieldParts = <D, T extends object>(
  value: T | undefined,
  spec: {
    readonly leaf: string;
    readonly capability: (field: string) => CapabilityId;
    readonly ask: (field: { readonly field: string; readonly value: unknown }) => Verdict<{ readonly value: unknown }>;
    readonly put: (draft: D, field: string, value: unknown) => void;
    readonly isByDefault?: (field: string, setting: unknown) => boolean;
  },
): readonly Part<D>[] => {
  if (value === undefined) return none;
  const byDefault = isByDefault(value);
  const { source } = value as { readonly source?: Source };
  const parts: Part<D>[] = [];
  for (const [field, setting] of Object.entries(value)) {
    if (field === 'source' || setting === undefined) continue;
    parts.push(
      part<D, { readonly field: string; readonly value: unknown }>({
        capability: spec.capability(field),
        leaf: `${spec.leaf}.${field}`,
        value: { field, value: setting },
        byDefault: spec.isByDefault?.(field, setting) ?? byDefault,
        source: (setting as { readonly source?: Source }).source ?? source,
        ask: one => spec.ask(one) as Verdict<{ readonly field: string; readonly value: unknown }>,
        put: (draft, left) => spec.put(draft, field, left.value),
      }),
    );
  }
  return parts;
};

/**
 * Settings under construction, with one more field. Where an object is spread first and then gets a key that it did not
 * have, V8 11.3 (Node 20) makes a shape for each such object, which costs a microsecond and slows down all who read it.
 */
export const withField = <T extends object>(settings: T | undefined, field: string, value: unknown): T =>
  Object.assign({}, settings, { [field]: value }) as T;

/** The dispositions as they come: one for each part that was asked about. */
export class Ledger {
  readonly dispositions: Disposition[] = [];

  /**
   * Judges the parts of one whole and fills the draft with what is left. If an essential part is refused, or the whole
   * is `gone` already, every part is refused, and the reason is returned.
   */
  settle<D>(subject: string, draft: D, parts: readonly Part<D>[], gone?: Loss): Loss | undefined {
    if (gone) {
      for (const one of parts) this.noteGone(subject, one, gone);
      return gone;
    }
    const verdicts = parts.map(one => one.ask(one.value));
    const fatal = fatalLoss(parts, verdicts);
    parts.forEach((one, index) => {
      const verdict = verdicts[index]!;
      if (!fatal) this.carryOut(subject, draft, one, verdict);
      else if (lossOfRefused(verdict)) this.note(subject, one, 'refused', lossOfRefused(verdict));
      else this.noteGone(subject, one, fatal);
    });
    return fatal;
  }

  private carryOut<D>(subject: string, draft: D, one: Part<D>, verdict: Verdict<unknown>): void {
    if (verdict === 'applied') {
      one.put(draft, one.value);
      this.note(subject, one, 'applied', undefined);
      return;
    }
    if (verdict.result === 'approximated') one.put(draft, verdict.value);
    this.note(subject, one, verdict.result, verdict.loss);
  }

  /** What goes with something that somebody wrote is lost by that, also where nobody wrote it. */
  private noteGone(subject: string, one: Part<never>, loss: Loss): void {
    this.note(subject, { ...one, byDefault: false }, 'refused', goesWith(loss));
  }

  private note(subject: string, one: Part<never>, result: Disposition['result'], loss: Loss | undefined): void {
    const { capability, leaf, source, byDefault } = one;
    const disposition: Draft<Disposition> = { capability, subject, leaf, result };
    if (byDefault) disposition.byDefault = true;
    if (loss) disposition.loss = loss;
    if (source) disposition.source = source;
    this.dispositions.push(disposition);
  }
}

const lossOfRefused = (verdict: Verdict<unknown>): Loss | undefined =>
  verdict !== 'applied' && verdict.result === 'refused' ? verdict.loss : undefined;

/** Why the whole goes, if an essential part of it does. */
const fatalLoss = <D>(parts: readonly Part<D>[], verdicts: readonly Verdict<unknown>[]): Loss | undefined => {
  const fatal = verdicts.find((verdict, index) => parts[index]?.essential && lossOfRefused(verdict));
  return fatal && lossOfRefused(fatal);
};

/** What a refused part takes with it is refused for the same reason. */
const goesWith = (loss: Loss): Loss =>
  loss.message.endsWith(suffix) ? loss : { ...loss, message: `${loss.message}${suffix}` };

const suffix = ' (this goes with it)';
