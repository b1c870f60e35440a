import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

interface Need {
  readonly command: string;
  readonly from: string;
}

const forBuilding: readonly Need[] = [
  { command: 'go', from: 'the Go toolchain, 1.26 or newer' },
  { command: 'python3', from: 'Debian package python3' },
];

const forRunning: readonly Need[] = [
  { command: 'ip', from: 'Debian package iproute2' },
  { command: 'iptables', from: 'Debian package iptables' },
  { command: 'iptables-restore', from: 'Debian package iptables' },
  { command: 'nsenter', from: 'Debian package util-linux' },
  { command: 'setpriv', from: 'Debian package util-linux' },
];

const isThere = (command: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some(folder => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

const missing = (needs: readonly Need[]): string[] =>
  needs.filter(({ command }) => !isThere(command)).map(({ command, from }) => `\`${command}\` is missing: ${from}`);

/** Why the parts cannot be built here; empty if they can. */
export const cannotBuild = (): readonly string[] => {
  const reasons = missing(forBuilding);
  const hasPython = !reasons.some(reason => reason.includes('python3'));
  if (hasPython && spawnSync('python3', ['-m', 'pip', '--version']).status !== 0)
    reasons.push('`python3 -m pip` is missing: Debian package python3-pip');
  return reasons;
};

/** Why the bed cannot run here; empty if it can. */
export const cannotRun = (): readonly string[] => {
  if (process.platform !== 'linux') return ['network namespaces need Linux'];
  const reasons = missing(forRunning);
  if (process.getuid?.() !== 0) return [...reasons, 'network namespaces need root'];
  const tried = spawnSync('unshare', ['--net', 'true'], { encoding: 'utf8' });
  if (tried.status !== 0)
    reasons.push(`network namespaces are refused: ${(tried.stderr ?? '').trim() || 'no unshare'}`);
  return reasons;
};
