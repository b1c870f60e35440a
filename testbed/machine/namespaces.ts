/** Network namespaces of the bed, and the links between them. Nothing is added to the machine's own network. */
import { existsSync, mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { record } from './record.ts';
import { run } from './run.ts';

/** Where `ip netns exec` finds the files that stand in place of those in `/etc`. */
const etcOf = (name: string): string => join('/etc/netns', name);

export const namespacePath = (name: string): string => join('/run/netns', name);

export interface Names {
  readonly hosts: string;
  readonly resolver?: string;
}

/** Makes a namespace with a loopback and with its own idea of what names mean. */
export const makeNamespace = (name: string, { hosts, resolver = '' }: Names): void => {
  record({ kind: 'namespace', name });
  run('ip', ['netns', 'add', name]);
  run('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
  mkdirSync(etcOf(name), { recursive: true });
  writeFileSync(join(etcOf(name), 'hosts'), hosts);
  writeFileSync(join(etcOf(name), 'resolv.conf'), resolver);
};

/** Makes the bridge that all pods hang on, with an address that the node is reached at. */
export const makeBridge = (namespace: string, address: string): void => {
  run('ip', ['-n', namespace, 'link', 'add', 'br0', 'type', 'bridge']);
  run('ip', ['-n', namespace, 'addr', 'add', address, 'dev', 'br0']);
  run('ip', ['-n', namespace, 'link', 'set', 'br0', 'up']);
};

/** Connects a namespace with the bridge of another; `link` names the end at the bridge. */
export const connectTo = (bridgeIn: string, name: string, link: string, address: string, gateway: string): void => {
  run('ip', ['-n', bridgeIn, 'link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name]);
  run('ip', ['-n', bridgeIn, 'link', 'set', link, 'master', 'br0', 'up']);
  run('ip', ['-n', name, 'addr', 'add', address, 'dev', 'eth0']);
  run('ip', ['-n', name, 'link', 'set', 'eth0', 'up']);
  run('ip', ['-n', name, 'route', 'add', 'default', 'via', gateway]);
};

export const processesIn = (name: string): readonly number[] =>
  existsSync(namespacePath(name)) ? run('ip', ['netns', 'pids', name]).split('\n').filter(Boolean).map(Number) : [];

/** Links go with the namespace at either end. */
export const removeNamespace = (name: string): void => {
  if (existsSync(namespacePath(name))) run('ip', ['netns', 'delete', name]);
  rmSync(etcOf(name), { recursive: true, force: true });
  try {
    rmdirSync('/etc/netns');
  } catch {
    // Others have their names there, or it is gone.
  }
};
