import type { Source } from '../../base/source.ts';
import type { CapabilityId } from '../../model/capability.ts';
import type { Disposition, Loss, Verdict } from '../disposition.ts';

/** A thing under construction: the readonly model type, still open. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** One leaf: its place, who judges it, and where what is left of it goes. */
export interface Part<D> {
  readonly capability: CapabilityId;
  readonly leaf: string;
  readonly source: Source | undefined;
  /** Without it, the whole that it belongs to goes. */
  readonly essential: boolean;
  /** Nobody wrote it. */
  readonly byDefault: boolean;
  readonly judge: () => Judged<D>;
}

interface Judged<D> {
  readonly result: Disposition['result'];
  readonly loss?: Loss;
  /** Puts what is left into the draft; nothing if refused. */
  readonly put: (draft: D) => void;
}

/** Makes a part from a value, the question to the judge, and the place for the answer. */
export const part = <D, T>(spec: {
  readonly capability: CapabilityId;
  readonly leaf: string;
  readonly value: T;
  readonly source?: Source | undefined;
  readonly essential?: boolean;
  readonly byDefault?: boolean;
  readonly ask: (value: T) => Verdict<T>;
  readonly put: (draft: D, value: T) => void;
}): Part<D> => ({
  capability: spec.capability,
  leaf: spec.leaf,
  source: spec.source,
  essential: spec.essential ?? false,
  byDefault: spec.byDefault ?? false,
  judge: () => {
    const verdict = spec.ask(spec.value);
    if (verdict === 'applied') return { result: 'applied', put: draft => spec.put(draft, spec.value) };
    const { result, loss } = verdict;
    if (result === 'refused') return { result, loss, put: () => {} };
    return { result, loss, put: draft => spec.put(draft, verdict.value) };
  },
});

/** A part for a value that may be absent. */
export const optional = <D, T>(value: T | undefined, make: (value: T) => Part<D>): Part<D>[] =>
  value === undefined ? [] : [make(value)];

/**
 * Whether all settings in a value are what proxies do when nobody says anything; mesh-wide configuration is something
 * that somebody said.
 */
export const isByDefault = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return true;
  if ('origin' in value) return value.origin === 'proxyDefault';
  return Object.entries(value).every(([key, inner]) => key === 'source' || isByDefault(inner));
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
): Part<D>[] => {
  const byDefault = isByDefault(value);
  return Object.entries(value ?? {}).flatMap(([field, setting]) => {
    if (field === 'source' || setting === undefined) return [];
    return [
      part<D, { readonly field: string; readonly value: unknown }>({
        capability: spec.capability(field),
        leaf: `${spec.leaf}.${field}`,
        value: { field, value: setting },
        byDefault: spec.isByDefault?.(field, setting) ?? byDefault,
        source: (setting as { readonly source?: Source }).source ?? (value as { readonly source?: Source }).source,
        ask: one => spec.ask(one) as Verdict<{ readonly field: string; readonly value: unknown }>,
        put: (draft, left) => spec.put(draft, field, left.value),
      }),
    ];
  });
};

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
    const judged = parts.map(one => one.judge());
    const fatal = judged.find((answer, index) => answer.result === 'refused' && parts[index]?.essential)?.loss;
    for (const [index, one] of parts.entries()) {
      const { result, loss, put } = judged[index]!;
      if (!fatal) put(draft);
      if (fatal && result !== 'refused') this.noteGone(subject, one, fatal);
      else this.note(subject, one, result, loss);
    }
    return fatal;
  }

  /** What goes with something that somebody wrote is lost by that, also where nobody wrote it. */
  private noteGone(subject: string, one: Part<never>, loss: Loss): void {
    this.note(subject, { ...one, byDefault: false }, 'refused', goesWith(loss));
  }

  private note(subject: string, one: Part<never>, result: Disposition['result'], loss: Loss | undefined): void {
    const { capability, leaf, source, byDefault } = one;
    this.dispositions.push({
      capability,
      subject,
      leaf,
      result,
      ...(byDefault ? { byDefault } : {}),
      ...(loss ? { loss } : {}),
      ...(source ? { source } : {}),
    });
  }
}

/** What a refused part takes with it is refused for the same reason. */
const goesWith = (loss: Loss): Loss =>
  loss.message.endsWith(suffix) ? loss : { ...loss, message: `${loss.message}${suffix}` };

const suffix = ' (this goes with it)';
