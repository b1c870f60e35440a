import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { BedFailure } from '../failures.ts';
import { namespacePath } from './namespaces.ts';
import { record, startOf } from './record.ts';

export interface Program {
  /** For the record and for messages. */
  readonly what: string;
  readonly namespace: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly folder: string;
  /** Everything it prints. */
  readonly log: string;
  /** A numeric user and group; absent: root. */
  readonly user?: number;
  /** It makes namespaces itself, and these must be seen outside: it shares the machine's mounts, and its names of hosts. */
  readonly makesNamespaces?: boolean;
}

const asUser = (user: number | undefined): readonly string[] =>
  user === undefined ? [] : ['setpriv', '--reuid', `${user}`, '--regid', `${user}`, '--clear-groups'];

const entrance = ({ namespace, makesNamespaces }: Program): readonly string[] =>
  makesNamespaces ? ['nsenter', `--net=${namespacePath(namespace)}`] : ['ip', 'netns', 'exec', namespace];

/**
 * Starts a program in a namespace, where it stays when we are gone. The log belongs to its user because Envoy opens
 * `/dev/stdout` again by name.
 */
export const start = (program: Program): ChildProcess => {
  const { what, command, args, env = {}, folder, log, user } = program;
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, 'a');
  if (user !== undefined) chownSync(log, user, user);
  const [enter = '', ...into] = entrance(program);
  const child = spawn(enter, [...into, ...asUser(user), command, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: folder, ...env },
    stdio: ['ignore', output, output],
    detached: true,
  });
  closeSync(output);
  const began = child.pid === undefined ? undefined : startOf(child.pid);
  if (child.pid === undefined || began === undefined) throw new BedFailure(`${what} did not start`);
  record({ kind: 'process', what, pid: child.pid, start: began });
  child.unref();
  return child;
};
