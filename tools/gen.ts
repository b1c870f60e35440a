/**
 * Writes everything that is generated: `npm run gen`. With `--check` it writes nothing and fails if a file is stale;
 * test/architecture.test.ts runs it that way.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { apiFiles } from './gen/api.ts';
import { fieldFiles } from './gen/fields.ts';
import { istioShapesFile } from './gen/istio-shapes.ts';
import { observedPage } from './gen/observed.ts';
import { observedRecords } from './gen/observed-rows.ts';
import { referenceFiles } from './gen/reference.ts';
import { registryFile, registryPath } from './gen/registry.ts';
import { tsconfigFiles } from './gen/tsconfig.ts';

/** Every generated file by its path from the root, as far as what it is made from is here. */
export const generated = async (root: string): Promise<Map<string, string>> =>
  new Map([
    ...tsconfigFiles(root),
    ...registryFile(root),
    ...(fieldFiles(root) ?? []),
    ...istioShapesFile(),
    ...apiFiles(),
    ...(await referenceFiles()),
    ...observedRecords.map(record => observedPage(root, record)),
  ]);

export const staleFiles = async (root: string): Promise<string[]> =>
  [...(await generated(root))]
    .filter(([path, text]) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== text)
    .map(([path]) => path);

export const main = async (root: string, args: readonly string[]): Promise<number> => {
  const stale = await staleFiles(root);
  if (!fieldFiles(root)) console.log('testdata/fields stays as it is: there are no CRDs at ../shared/crds');
  if (args.includes('--check')) {
    for (const path of stale) console.error(`stale: ${path} (run npm run gen)`);
    return stale.length > 0 ? 1 : 0;
  }
  const files = await generated(root);
  for (const path of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), files.get(path) ?? '');
    console.log(`wrote ${path}`);
  }
  if (stale.includes(registryPath)) console.log('there is another list of adapters: run it again for their pages');
  return 0;
};
