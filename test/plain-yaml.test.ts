/** The reader of plain YAML and the parser for all of YAML agree on every document of the corpus that both read. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { findFiles } from '../src/store/files/find.ts';
import { splitDocuments } from '../src/store/files/split.ts';
import { readPlainBlock } from '../src/store/files/yaml/plain-block.ts';
import { readYaml } from '../src/store/files/yaml/read-yaml.ts';
import { sharedFolder } from '../tools/gen/shared.ts';

const corpus = sharedFolder(join(dirname(fileURLToPath(import.meta.url)), '..'), 'corpus');
if (!corpus) console.log('skipped: there is no corpus beside the project');
if (process.env.CI && !corpus) throw new Error('the corpus is absent');

it.runIf(corpus)('plain YAML of the corpus is read as YAML', { timeout: 60_000 }, () => {
  let [documents, plain] = [0, 0];
  for (const file of findFiles([corpus ?? ''])) {
    const text = readFileSync(file, 'utf8').replace(/\r\n?/g, '\n');
    for (const chunk of splitDocuments(text)) {
      documents += 1;
      const value = readPlainBlock(text, chunk);
      if (value === undefined) continue;
      plain += 1;
      const { value: parsed, inexact } = readYaml(text, chunk);
      expect({ file, value, inexact: [] }).toEqual({ file, value: parsed, inexact });
    }
  }
  // Real configuration is plain for the most part, or the reader is of no use.
  expect(plain / documents).toBeGreaterThan(0.6);
});
