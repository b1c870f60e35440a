/** Every row of what was observed of a real mesh is a test, or it is said why not. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { rowTests } from '../tools/gen/observed.ts';
import { observedRecords, rowsOf } from '../tools/gen/observed-rows.ts';
import { sharedFolder } from '../tools/gen/shared.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

describe.each(observedRecords.map(record => [record.mesh, record] as const))('%s', (mesh, record) => {
  const { sections, untested } = record;
  const rows = sections.flatMap(rowsOf);
  const tests = rowTests(root, record);

  it('every row is named by a test, or has a reason why not', () => {
    expect(rows.filter(row => !tests.has(row) && !untested[row])).toEqual([]);
  });

  it('no test and no reason names a row that is not there', () => {
    expect([...tests.keys(), ...Object.keys(untested)].filter(row => !rows.includes(row))).toEqual([]);
  });

  it('no row has both a test and a reason why it has none', () => {
    expect(Object.keys(untested).filter(row => tests.has(row))).toEqual([]);
  });

  it('the rows are those of the record', ({ skip }) => {
    const folder = sharedFolder(root, 'reference');
    if (!folder && process.env.CI) throw new Error('the record of what was observed is not beside the project');
    if (!folder) return skip('there is no record at ../shared/reference');
    const file = readFileSync(join(folder, `observed-${mesh}.md`), 'utf8');
    const recorded = [...file.matchAll(/^\| (\d+b?\.\d+b?) \|/gm)].map(([, row]) => row ?? '');
    expect(recorded.filter(row => !rows.includes(row))).toEqual([]);
    expect(rows.filter(row => !recorded.includes(row))).toEqual([]);
  });
});
