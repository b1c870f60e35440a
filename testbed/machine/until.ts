import { setTimeout as pause } from 'node:timers/promises';
import { BedFailure } from '../failures.ts';

export interface Patience {
  readonly seconds?: number;
  readonly everyMs?: number;
}

/** Asks again until there is an answer. What throws has no answer yet; when patience ends, what it threw last is told. */
export const until = async <T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  { seconds = 60, everyMs = 50 }: Patience = {},
): Promise<T> => {
  const end = performance.now() + seconds * 1000;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) {
      const why = last instanceof Error ? `: ${last.message}` : '';
      throw new BedFailure(`waited ${seconds} s for ${what}${why}`);
    }
    await pause(everyMs);
  }
};
