import type { Field } from '../../../base/field.ts';
import { proxyDefault, type Setting, written } from '../../../base/source.ts';
import type { Mirror } from '../../../model/capabilities/mirror.ts';
import type { FindBackend } from './destinations.ts';

/** Finds a part of a rule by name: its own, or its parent's. */
type Part = (key: string) => Field | undefined;

/** Where copies go. Without a percentage everything is copied, with zero nothing (observed, row 9.1). */
export const readMirrors = (part: Part, findBackend: FindBackend): Mirror[] => {
  const mirrors = (part('mirrors')?.items() ?? []).flatMap((field): Mirror[] => {
    const destination = field.at('destination');
    if (!destination) return [];
    return [{ backend: findBackend(destination), percent: percentOf(field.at('percentage')), source: field }];
  });
  const single = part('mirror');
  if (!single) return mirrors;
  return [...mirrors, { backend: findBackend(single), percent: singlePercent(part), source: single }];
};

const percentOf = (percentage: Field | undefined): Setting<number> => {
  percentage?.isEmptyObject();
  const value = percentage?.at('value');
  return percentage ? written(value?.asNumber() ?? 0, value ?? percentage) : proxyDefault(100);
};

/** The newer field counts before the deprecated whole number, which has two spellings. */
const singlePercent = (part: Part): Setting<number> => {
  const percentage = part('mirrorPercentage');
  const whole = part('mirrorPercent') ?? part('mirror_percent');
  const number = percentage ? undefined : whole?.asNumber();
  return number === undefined ? percentOf(percentage) : written(number, whole);
};
