// Builds dist/: the command as one small file, and one lazy chunk for each thing that not every command needs.
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
await build({
  input: { cli: join(root, 'src', 'cli', 'main.ts') },
  platform: 'node',
  external: [/^node:/],
  transform: { define: { __VERSION__: JSON.stringify(version) } },
  output: {
    dir: dist,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    minify: true,
    // One file for what every command needs that reads anything: each file takes a millisecond to find and load.
    codeSplitting: {
      groups: [
        {
          name: 'reading',
          test: /src\/(?:engine\/read|store\/files\/store|adapter\/disposition|(?:base|model|native)\/.*)\.ts$/,
        },
      ],
    },
  },
  logLevel: 'warn',
});
chmodSync(join(dist, 'cli.js'), 0o755);
