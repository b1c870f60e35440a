/** The generated pages under docs/reference leave nothing out; that they are fresh is tested with the architecture. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { referenceFiles } from '../tools/gen/reference.ts';
import { sourceFiles } from './support/architecture/source-file.ts';

const pages = new Map(await referenceFiles());
const page = (name: string): string => pages.get(`docs/reference/${name}.md`) ?? '';

/** Every finding code of the source with the file that defines it. */
const defined = sourceFiles(join(import.meta.dirname, '..'), 'src')
  .filter(({ path }) => path.endsWith('findings.ts'))
  .flatMap(({ path, text }) => [...text.matchAll(/^ {2}([A-Z]+\d{3}): \{/gm)].map(([, code = '']) => ({ path, code })));

it('a finding code has one meaning', () => {
  const paths = new Map<string, string[]>();
  for (const { path, code } of defined) paths.set(code, [...(paths.get(code) ?? []), path]);
  expect(defined.length).toBeGreaterThan(20);
  expect([...paths].filter(([, places]) => places.length > 1)).toEqual([]);
});

it('the page of findings holds every code', () => {
  const missing = defined.filter(({ code }) => !page('findings').includes(`| \`${code}\` |`));
  expect(missing).toEqual([]);
});

it('the page of commands holds every command and every exit code', () => {
  for (const name of ['discover', 'check', 'explain', 'convert', 'compare', 'version']) {
    expect(page('cli')).toContain(`Usage: supergloo ${name} [options]`);
  }
  for (const code of [0, 1, 2, 3, 4]) expect(page('cli')).toContain(`| ${code} | `);
});

it('the page of capabilities says of each mesh what it cannot do, and where that is written', () => {
  const rows = page('capabilities').split('\n');
  expect(rows.filter(row => /^\| `[a-z-]+` \| (?:partial|none) \|/.test(row)).length).toBeGreaterThan(0);
  expect(rows.filter(row => /\| (?:partial|none) \| *\|/.test(row) || /\|\s+\|$/.test(row))).toEqual([]);
});
