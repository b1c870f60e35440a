import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { layers } from '../layers.mjs';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** One TypeScript project per layer, so that an import that the layer table does not allow does not compile. */
export const tsconfigFiles = (root: string): [string, string][] => {
  const present = layers(root).filter(layer => existsSync(join(root, 'src', layer.folder)));
  const has = new Set(present.map(layer => layer.folder));
  const files: [string, string][] = present.map(layer => {
    const folder = join('src', layer.folder);
    const up = (path: string) => relative(folder, path);
    return [
      join(folder, 'tsconfig.json'),
      json({
        extends: up('tsconfig.base.json'),
        compilerOptions: {
          rootDir: up('src'),
          outDir: up('.tsbuild/types'),
          tsBuildInfoFile: up(`.tsbuild/${layer.folder.replaceAll('/', '-')}.tsbuildinfo`),
          ...(layer.node ? { types: ['node'] } : {}),
        },
        include: ['**/*.ts'],
        exclude: ['**/*.test.ts'],
        references: layer.imports.filter(name => has.has(name)).map(name => ({ path: up(join('src', name)) })),
      }),
    ];
  });
  const references = present.map(layer => ({ path: `src/${layer.folder}` }));
  files.push(['tsconfig.json', json({ files: [], references: [...references, { path: './tsconfig.test.json' }] })]);
  files.push([
    'tsconfig.test.json',
    json({
      extends: './tsconfig.base.json',
      compilerOptions: {
        rootDir: '.',
        outDir: '.tsbuild/test',
        tsBuildInfoFile: '.tsbuild/test.tsbuildinfo',
        types: ['node'],
        allowJs: true,
        // Nothing runs what this project emits, and rewriting is refused across projects with different folders.
        rewriteRelativeImportExtensions: false,
        allowImportingTsExtensions: true,
      },
      include: ['src/**/*.test.ts', 'test/**/*.ts', 'tools/**/*.ts', 'testbed/**/*.ts', 'vitest.config.ts'],
      references,
    }),
  ]);
  return files;
};
