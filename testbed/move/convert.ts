import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { BedFailure } from '../failures.ts';
import type { KubernetesObject } from '../kubernetes/api.ts';
import { inState } from '../machine/places.ts';

export interface Converted {
  /** Word for word. */
  readonly printed: string;
  readonly objects: readonly KubernetesObject[];
  /** The ledger and what was found, word for word. */
  readonly told: string;
}

/** Runs `supergloo convert --from istio --to consul` on objects of a cluster. */
export const convertToConsul = (root: string, objects: readonly KubernetesObject[]): Converted => {
  const file = inState('istio.json');
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  const args = [join(root, 'dist', 'cli.js'), 'convert', '--from', 'istio', '--to', 'consul', '-f', file];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  writeFileSync(inState('consul.yaml'), stdout);
  if (stdout.trim() === '') throw new BedFailure(`nothing was converted: ${stderr}`);
  return {
    printed: stdout,
    told: stderr.replaceAll(file, 'istio.json'),
    objects: loadAll(stdout) as KubernetesObject[],
  };
};
