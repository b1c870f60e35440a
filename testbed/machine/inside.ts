import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { namespacePath } from './namespaces.ts';

const isInside = (namespace: string): boolean =>
  existsSync(namespacePath(namespace)) && statSync('/proc/self/ns/net').ino === statSync(namespacePath(namespace)).ino;

/**
 * Goes on inside a network namespace: runs a tool of this project there, with what it prints and the code it ends with
 * (that of a shell, if a signal has ended it).
 * Undefined: we are inside already.
 */
export const goInside = (namespace: string, root: string, tool: readonly string[]): Promise<number> | undefined => {
  if (isInside(namespace)) return undefined;
  const run = join(root, 'tools', 'run.mjs');
  const child = spawn('nsenter', [`--net=${namespacePath(namespace)}`, process.execPath, run, ...tool], {
    stdio: 'inherit',
  });
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code, signal) => done(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
};
