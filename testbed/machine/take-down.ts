import { readdirSync, readlinkSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { BedFailure } from '../failures.ts';
import { processesIn, removeNamespace } from './namespaces.ts';
import { stateFolder } from './places.ts';
import { type Entry, isRunning, recorded } from './record.ts';
import { until } from './until.ts';

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
};

/** A process that holds much memory takes its time to end on a busy machine. */
const mostRounds = 750;

/** Processes whose working folder lies in a folder. */
const processesAt = (folder: string): readonly number[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(`${folder}/`);
      } catch {
        return false;
      }
    });

/** Ends some of the processes that the record names, and waits until they are gone. */
export const endProcesses = async (isMeant: (entry: Entry & { kind: 'process' }) => boolean): Promise<void> => {
  const meant = recorded().filter(entry => entry.kind === 'process' && isMeant(entry));
  await until('processes to end', () => {
    const left = meant.flatMap(entry => (entry.kind === 'process' && isRunning(entry) ? [entry.pid] : []));
    for (const pid of left) kill(pid);
    return left.length === 0;
  });
};

/**
 * Takes away what the record names and nothing else: processes by id and time of start, namespaces by name with whatever
 * runs in them. It works on half a bed, twice, and after whoever made the bed was killed.
 */
export const takeDown = async (): Promise<{ processes: number; namespaces: number }> => {
  const entries = recorded();
  const names = [...new Set(entries.flatMap(entry => (entry.kind === 'namespace' ? [entry.name] : [])))];
  const gone = new Set<number>();
  // A process may be starting another one while it is looked at.
  for (let round = 0; round < mostRounds; round += 1) {
    const ours = entries.flatMap(entry => (entry.kind === 'process' && isRunning(entry) ? [entry.pid] : []));
    const left = [...new Set([...ours, ...names.flatMap(processesIn)])].filter(pid => pid !== process.pid);
    if (left.length === 0) break;
    if (round === mostRounds - 1) throw new BedFailure(`processes that do not end: ${left.join(', ')}`);
    for (const pid of left) {
      gone.add(pid);
      kill(pid);
    }
    await pause(40);
  }
  for (const name of names) removeNamespace(name);
  const left = processesAt(stateFolder());
  if (left.length > 0)
    throw new BedFailure(`processes that no record names still work in ${stateFolder()}: ${left.join(', ')}`);
  rmSync(stateFolder(), { recursive: true, force: true });
  return { processes: gone.size, namespaces: names.length };
};
