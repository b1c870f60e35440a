/**
 * `npm run corpus [DIR]`: reads, checks and converts a corpus of real configuration, folder by folder, prints what
 * became of it, and writes docs/reference/corpus.md. Fails if anything crashed.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { corpusPage } from './corpus/page.ts';
import { survey } from './corpus/survey.ts';
import { sharedFolder } from './gen/shared.ts';

export const main = async (root: string, args: readonly string[]): Promise<number> => {
  const folder = args[0] ?? sharedFolder(root, 'corpus');
  if (folder === undefined || !existsSync(folder)) {
    console.log(`no corpus at ${folder ?? '../shared/corpus'}; name a folder of configuration: npm run corpus DIR`);
    return 0;
  }
  const result = await survey(folder);
  const page = corpusPage(result);
  console.log(page);
  console.log('Kinds that no adapter reads, most frequent first:');
  const unknown = [...result.unknown].sort(([, a], [, b]) => b - a).slice(0, 40);
  for (const [kind, count] of unknown) console.log(`  ${String(count).padStart(6)}  ${kind}`);
  for (const { folder: where, step, error } of result.crashes) console.error(`CRASH ${where}, ${step}: ${error}`);
  const docs = join(root, 'docs', 'reference');
  mkdirSync(docs, { recursive: true });
  writeFileSync(join(docs, 'corpus.md'), page);
  return result.crashes.length === 0 ? 0 : 1;
};
