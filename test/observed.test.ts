/** Every row of what was observed of a real Istio is a test, or it is said why not. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { rowTests } from '../tools/gen/observed.ts';
import { rowsOf, sections, untested } from '../tools/gen/observed-rows.ts';
import { sharedFolder } from '../tools/gen/shared.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const rows = sections.flatMap(rowsOf);
const tests = rowTests(root);

it('every row is named by a test, or has a reason why not', () => {
  expect(rows.filter(row => !tests.has(row) && !untested[row])).toEqual([]);
});

it('no test and no reason names a row that is not there', () => {
  expect([...tests.keys(), ...Object.keys(untested)].filter(row => !rows.includes(row))).toEqual([]);
});

it('the rows are those of the record', ({ skip }) => {
  const folder = sharedFolder(root, 'reference');
  if (!folder && process.env.CI) throw new Error('the record of what was observed is not beside the project');
  if (!folder) return skip('there is no record at ../shared/reference');
  const record = readFileSync(join(folder, 'observed-istio.md'), 'utf8');
  const recorded = [...record.matchAll(/^\| (\d+b?\.\d+b?) \|/gm)].map(([, row]) => row ?? '');
  expect(recorded.filter(row => !rows.includes(row))).toEqual([]);
  expect(rows.filter(row => !recorded.includes(row))).toEqual([]);
});
