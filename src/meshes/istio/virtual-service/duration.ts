import type { Field } from '../../../base/field.ts';
import { type Setting, written } from '../../../base/source.ts';
import { parseDurationMs } from '../../../base/units.ts';

/** A duration in milliseconds; one that cannot be read is left out, which is said. */
export const durationOf = (field: Field | undefined): Setting<number> | undefined => {
  const text = field?.asText();
  const ms = text === undefined ? undefined : parseDurationMs(text);
  if (field && text !== undefined && ms === undefined) field.leave('not a duration');
  return ms === undefined ? undefined : written(ms, field);
};
