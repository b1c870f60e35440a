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

/** In namespaces that are gone when the command is. */
const alone = ['--net', '--mount', 'sh', '-c'];

const trials = [
  { what: 'network namespaces', command: 'true' },
  { what: 'bridges', command: 'ip link add br0 type bridge' },
  { what: 'virtual links', command: 'ip link add v0 type veth peer name v1' },
  { what: 'names for network namespaces', command: 'mount -t tmpfs none /run && ip netns add tried' },
  { what: 'rules that redirect traffic', command: 'iptables -t nat -A OUTPUT -p tcp -j REDIRECT --to-ports 1' },
] as const;

/** Why the bed cannot run here; empty if it can. */
export const cannotRun = (): readonly string[] => {
  if (process.platform !== 'linux') return ['network namespaces need Linux'];
  const reasons = missing(forRunning);
  if (process.getuid?.() !== 0) return [...reasons, 'network namespaces need root'];
  if (reasons.length > 0) return reasons;
  // Each needs what stands before it.
  const failed = trials.find(({ command }) => spawnSync('unshare', [...alone, command]).status !== 0);
  if (!failed) return [];
  const { stderr } = spawnSync('unshare', [...alone, failed.command], { encoding: 'utf8' });
  return [`${failed.what} are refused: ${(stderr ?? '').trim() || 'no unshare'}`];
};
