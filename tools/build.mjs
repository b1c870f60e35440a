// Builds dist/: the command as one small file, and one lazy chunk for each thing that not every command needs. What is
// built is CommonJS, which Node 20 finds and links about ten milliseconds sooner than as many ES modules.
import { chmodSync, copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { loadedWhenUsed } from './when-used.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
await build({
  input: { cli: join(root, 'src', 'cli', 'main.ts') },
  platform: 'node',
  external: [/^node:(?!child_process$)/],
  plugins: [
    // Expressions are met in one configuration of five, and commander starts programs only for commands that are programs.
    loadedWhenUsed({ re2js: ['RE2JS'], 'node:child_process': ['spawn', 'spawnSync'] }),
  ],
  transform: { define: { __VERSION__: JSON.stringify(version) } },
  output: {
    dir: dist,
    format: 'cjs',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    minify: true,
    // One file for what every command needs that reads anything: each file takes a millisecond to find and load.
    codeSplitting: {
      groups: [
        { name: 'exit', test: /src\/cli\/exit\.ts$/, priority: 1 },
        {
          name: 'reading',
          test: /src\/(?:engine\/read|store\/files\/store|adapter\/(?:disposition|re2)|cli\/(?:ask|print|source|text\/columns)|(?:base|model)\/.*|native\/(?:.*\/)?(?!write-)[^/]*)\.ts$/,
        },
      ],
    },
  },
  logLevel: 'warn',
});
// SQLite as WebAssembly looks for its code beside the chunk that it is in.
const sqlite = join(dirname(createRequire(import.meta.url).resolve('node-sqlite3-wasm')), 'node-sqlite3-wasm.wasm');
copyFileSync(sqlite, join(dist, 'chunks', 'node-sqlite3-wasm.wasm'));
writeFileSync(join(dist, 'package.json'), '{"type":"commonjs"}\n');
chmodSync(join(dist, 'cli.js'), 0o755);
// kubectl asks a program of this name what may follow `kubectl supergloo`.
const asked = "#!/usr/bin/env node\nprocess.argv.splice(2, 0, '__complete');\nrequire('./cli.js');\n";
writeFileSync(join(dist, 'kubectl-complete.js'), asked, { mode: 0o755 });
