/** The words in which facts are told, whoever tells them. */
import type { Fact } from '../../oracle.ts';

/** Endpoints by service and subset, with their part of a hundred. */
export interface EndShare {
  readonly name: string;
  readonly percent: number;
}

export const nameOf = (service: string, subset: string | undefined): string =>
  subset ? `${service} (${subset})` : service;

/** Shares of one name are one, and nothing is said of those that never get anything. */
export const endsText = (ends: readonly EndShare[]): string => {
  const all = new Map<string, number>();
  for (const { name, percent } of ends) all.set(name, (all.get(name) ?? 0) + percent);
  return [...all]
    .filter(([, percent]) => percent > 0)
    .map(([name, percent]) => `${percent.toFixed(2)} ${name}`)
    .sort()
    .join(', ');
};

export const milliseconds = (ms: number): string => `${ms} ms`;

/** A duration as Go or Envoy write it; undefined if there is none. */
export const durationMs = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  const parts = [...text.matchAll(/([\d.]+)(ms|s|m|h)/g)];
  return Math.round(parts.reduce((sum, [, value, unit = 's']) => sum + Number(value) * (units[unit] ?? 0), 0));
};

export const retriesText = (max: number, conditions: readonly string[]): string =>
  `${max} on ${[...conditions].sort().join(', ')}`;

export const fact = (about: string, place: string, said: string): Fact => ({ about, place, said });
