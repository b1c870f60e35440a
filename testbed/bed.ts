import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build/build.ts';
import { startConsulBed } from './consul/up.ts';
import { BedFailure, CannotRun } from './failures.ts';
import { startIstioBed } from './istio/up.ts';
import { node, nodeHosts } from './kubernetes/cluster.ts';
import { goInside } from './machine/inside.ts';
import { makeBridge, makeNamespace } from './machine/namespaces.ts';
import { cannotRun } from './machine/needs.ts';
import { inState } from './machine/places.ts';
import { isRunning, recorded } from './machine/record.ts';
import { takeDown } from './machine/take-down.ts';
import { bundlePrograms } from './programs/bundle.ts';
import type { Part } from './versions.ts';

export type Say = (line: string) => void;

/** The halves of the bed. Each comes up without the other; they share a network namespace and nothing else. */
export const halves = ['consul', 'istio'] as const;
export type Half = (typeof halves)[number];

const needs: Readonly<Record<Half, readonly Part[]>> = {
  consul: ['envoy', 'consul'],
  istio: ['envoy', 'etcd', 'istio', 'gatewayApi', 'kubernetes'],
};

const starts: Readonly<Record<Half, (say: Say) => Promise<void>>> = { consul: startConsulBed, istio: startIstioBed };

const readyMark = (half: Half): string => inState(`${half}-is-ready`);
const begunMark = (half: Half): string => inState(`${half}-was-begun`);

const isBroken = (half: Half): boolean => existsSync(begunMark(half)) && !isUp(half);

/** Whether a half is up and all that the bed has started is still running. */
export const isUp = (half: Half): boolean =>
  existsSync(readyMark(half)) && recorded().every(entry => entry.kind === 'namespace' || isRunning(entry));

/** The last line of every log. */
const lastWords = (): string => {
  const folder = inState('logs');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const lastOf = (name: string): string => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').at(-1) ?? '';
  return names.map(name => `  ${name}: ${lastOf(name).slice(0, 300)}`).join('\n');
};

/** Starts halves in the network namespace of the node; from inside it. */
export const startInside = async (wanted: readonly Half[], say: Say): Promise<void> => {
  for (const half of wanted) {
    writeFileSync(begunMark(half), '');
    await starts[half](say);
    writeFileSync(readyMark(half), '');
  }
};

/** Makes sure that halves of the bed are up: builds what is missing, clears away what is broken, starts the rest. */
export const bringUp = async (root: string, wanted: readonly Half[], say: Say): Promise<void> => {
  const reasons = cannotRun();
  if (reasons.length > 0) throw new CannotRun(reasons);
  await build([...new Set(wanted.flatMap(half => needs[half]))], say);
  if (!halves.some(isUp) || halves.some(isBroken)) {
    await takeDown();
    makeNamespace(node.namespace, { hosts: nodeHosts });
    makeBridge(node.namespace, `${node.address}/${node.network}`);
  }
  const missing = wanted.filter(half => !isUp(half));
  if (missing.length === 0) return say(`up: ${wanted.join(', ')}`);
  await bundlePrograms(root);
  const code = await goInside(node.namespace, root, ['testbed', 'start', ...missing]);
  if (code !== 0) throw new BedFailure(`the bed did not come up; its logs are in ${inState('logs')}\n${lastWords()}`);
};
