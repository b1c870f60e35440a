import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Which process something belongs to, in words that another process can check. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, as the kernel counts; the next process with its number has another one. Empty if nobody tells. */
  readonly started: string;
  readonly host: string;
  /** The run of the machine, and the part of it in which process numbers mean the same; empty if nobody tells. */
  readonly boot: string;
  readonly namespace: string;
}

const orEmpty = (read: () => string): string => {
  try {
    return read().trim();
  } catch {
    return '';
  }
};

/** The 22nd field of `stat`, counted behind the name of the program, which may hold anything. Linux has it. */
const startOf = (pid: number | 'self'): string =>
  orEmpty(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  });

let own: ProcessIdentity | undefined;

export const ownIdentity = (): ProcessIdentity => {
  own ??= {
    pid: process.pid,
    started: startOf('self'),
    host: hostname(),
    boot: orEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    namespace: orEmpty(() => readlinkSync('/proc/self/ns/pid')),
  };
  return own;
};

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
};

/** Whether a process runs. `unknown` if it cannot be seen from here: it is of another machine, or of another container. */
export const lifeOf = (other: ProcessIdentity): 'running' | 'ended' | 'unknown' => {
  const here = ownIdentity();
  if (other.host !== here.host) return 'unknown';
  if (other.boot !== here.boot) return 'ended';
  if (other.namespace !== here.namespace) return 'unknown';
  if (!exists(other.pid)) return 'ended';
  return other.started === '' || startOf(other.pid) === other.started ? 'running' : 'ended';
};
