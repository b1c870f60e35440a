/**
 * What the bed has started, written down before it is relied upon, so that it can be taken away by its record alone: also
 * when whoever started it was killed.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { inState } from './places.ts';

export type Entry =
  /** `start`: clock ticks between boot and the start of the process; a process with this id and another start is not ours. */
  | { readonly kind: 'process'; readonly what: string; readonly pid: number; readonly start: string }
  /** Written before the namespace is made. Every process in it is ours. */
  | { readonly kind: 'namespace'; readonly name: string };

const recordFile = (): string => inState('record.jsonl');

export const record = (entry: Entry): void => {
  mkdirSync(dirname(recordFile()), { recursive: true });
  appendFileSync(recordFile(), `${JSON.stringify(entry)}\n`);
};

/** A last line that was cut off names nothing that had been started. */
export const recorded = (): readonly Entry[] =>
  existsSync(recordFile())
    ? readFileSync(recordFile(), 'utf8')
        .split('\n')
        .flatMap(line => {
          try {
            return [JSON.parse(line) as Entry];
          } catch {
            return [];
          }
        })
    : [];

/** When a process started, as the kernel has it; undefined if there is none, or it has ended and nobody has asked how. */
export const startOf = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program stands in brackets and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return /[ZX]/.test(fields[0] ?? '') ? undefined : fields[19];
  } catch {
    return undefined;
  }
};

export const isRunning = (entry: Entry): boolean => entry.kind === 'process' && startOf(entry.pid) === entry.start;
