import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CannotRun } from '../failures.ts';
import { cannotBuild } from '../machine/needs.ts';
import { cacheFolder, partFolder } from '../machine/places.ts';
import { type Part, versions } from '../versions.ts';
import { recipes, removeFolder } from './recipes.ts';

const isPart = (name: string): name is Part => name in versions;
/** All parts, those that are useful without the others first. */
export const allParts: readonly Part[] = Object.keys(recipes).filter(isPart);

/** The parts that have not been built in their pinned versions. */
export const missingParts = (parts: readonly Part[] = allParts): readonly Part[] =>
  parts.filter(part => !existsSync(partFolder(part)));

const readableByAll = (folder: string): void => {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    chmodSync(path, statSync(path).mode | 0o644);
  }
};

/**
 * Builds what is missing. A part appears in the cache when it is complete and not before, so a build that was
 * interrupted is simply made again; Go's own cache keeps most of the work.
 */
export const build = async (parts: readonly Part[], say: (line: string) => void): Promise<void> => {
  const missing = missingParts(parts);
  if (missing.length === 0) return;
  const reasons = cannotBuild();
  if (reasons.length > 0) throw new CannotRun(reasons);
  for (const part of missing) {
    const started = performance.now();
    say(`${part} ${versions[part]}: building`);
    const fresh = `${partFolder(part)}.partial-${process.pid}`;
    const workshop = join(cacheFolder(), `workshop-${part}-${process.pid}`);
    mkdirSync(fresh, { recursive: true });
    try {
      await recipes[part](fresh, workshop);
      readableByAll(fresh);
      removeFolder(partFolder(part));
      renameSync(fresh, partFolder(part));
    } finally {
      removeFolder(workshop);
      removeFolder(fresh);
    }
    say(`${part} ${versions[part]}: built in ${Math.round((performance.now() - started) / 1000)} s`);
  }
};
