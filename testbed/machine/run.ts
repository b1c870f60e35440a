import { spawnSync } from 'node:child_process';
import { BedFailure } from '../failures.ts';

/** What a short command prints; one that fails is a failure of the bed and told with its own words. */
export const run = (
  command: string,
  args: readonly string[],
  options: { input?: string; seconds?: number } = {},
): string => {
  const { input, seconds = 60 } = options;
  const done = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: seconds * 1000,
    ...(input === undefined ? {} : { input }),
  });
  if (done.error || done.status !== 0) {
    const why = done.error?.message ?? done.stderr.trim();
    throw new BedFailure(`${[command, ...args].join(' ').slice(0, 200)}: ${why}`);
  }
  return done.stdout;
};
