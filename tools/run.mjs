// Runs one of the TypeScript tools on Node versions that cannot run TypeScript: bundles it, then imports it.
//   node tools/run.mjs NAME [ARGUMENTS]
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'rolldown';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [name, ...rest] = process.argv.slice(2);
if (!name) {
  console.error('usage: node tools/run.mjs NAME [ARGUMENTS]');
  process.exit(2);
}
const out = join(root, '.tsbuild', 'tools');
mkdirSync(out, { recursive: true });
await build({
  input: { [name]: join(root, 'tools', `${name}.ts`) },
  platform: 'node',
  external: [/^node:/, 'rolldown', 'vitest', 'fast-check'],
  output: { dir: out, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
  logLevel: 'warn',
});
const tool = await import(pathToFileURL(join(out, `${name}.mjs`)).href);
process.exitCode = (await tool.main(root, rest)) ?? 0;
