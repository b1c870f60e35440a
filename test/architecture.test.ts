/**
 * What the compiler cannot check of the structure that ARCHITECTURE.md describes. Every rule is shown to fail on a
 * planted violation, by the function that looks at the real files.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { staleFiles } from '../tools/gen.ts';
import { type Layer, layers as layersOf } from '../tools/layers.mjs';
import { importViolations, meshNameViolations, purityViolations } from './support/architecture/layers.ts';
import {
  adapterViolations,
  aliasViolations,
  type Configuration,
  documentedRows,
  installScripts,
  type Lock,
  layerRows,
  lengthViolations,
  silencedChecks,
  unraisedFindings,
} from './support/architecture/project.ts';
import { sourceFiles } from './support/architecture/source-file.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const layers = layersOf(root);
const sources = sourceFiles(root, 'src');
const everything = [...sources, ...sourceFiles(root, 'test', 'testbed', 'tools')];
const json = <T>(path: string): T => JSON.parse(readFileSync(join(root, path), 'utf8')) as T;

/** A layer to plant violations in, with what it may import. */
const layer = (folder: string, imports: string[] = [], packages: string[] = [], node = false): Layer => ({
  folder,
  imports,
  packages,
  node,
});
const planted = [
  layer('base'),
  layer('model', ['base'], ['re2js']),
  layer('cli', ['model'], [], true),
  layer('meshes/a'),
];
const file = (path: string, text: string) => ({ path, text });

describe('a layer imports only what stands in its row', () => {
  it('holds', () => {
    expect(importViolations(sources, layers)).toEqual([]);
  });

  it.each([
    ["import { a } from '../base/a.ts';", []],
    ["import { a } from './capabilities/a.ts';", []],
    ["import { RE2JS } from 're2js';", []],
    ["// import { a } from '../cli/a.ts';", []],
    ['const text = "from \'../cli/a.ts\'";', []],
    ["import { a } from '../cli/a.ts';", ['model may not import cli (../cli/a.ts)']],
    ["import type { A } from '../cli/a.ts';", ['model may not import cli (../cli/a.ts)']],
    ["import { type A } from '../cli/a.ts';", ['model may not import cli (../cli/a.ts)']],
    ["export * from '../cli/a.ts';", ['model may not import cli (../cli/a.ts)']],
    ["export { a } from '../cli/a.ts';", ['model may not import cli (../cli/a.ts)']],
    ["const a = await import('../cli/a.ts');", ['model may not import cli (../cli/a.ts)']],
    ["type A = import('../cli/a.ts').A;", ['model may not import cli (../cli/a.ts)']],
    ["import a = require('../cli/a.ts');", ['model may not import cli (../cli/a.ts)']],
    ["import { a } from '../meshes/a/adapter.ts';", ['model may not import meshes/a (../meshes/a/adapter.ts)']],
    ["import { a } from '../../tools/gen.ts';", ['../../tools/gen.ts is in no layer']],
    ["import { a } from '../base/a.js';", ['../base/a.js must end in .ts']],
    ["import { a } from '../../dist/types/base/a.d.ts';", ['../../dist/types/base/a.d.ts is in no layer']],
    ["import { a } from '#base/a.ts';", ['model may not import package #base/a.ts']],
    ["import { a } from 'supergloo';", ['model may not import package supergloo']],
    ["import { a } from 'lodash/fp';", ['model may not import package lodash/fp']],
    ["import { a } from '@scope/re2js';", ['model may not import package @scope/re2js']],
    ["import { a } from 'fs';", ['model may not import package fs']],
    ["import { a } from 'node:fs';", ['model is pure and imports node:fs']],
    ['const a = await import(name);', ['an import whose name is computed']],
  ])('%s', (text, expected) => {
    const found = importViolations([file('src/model/planted.ts', text)], planted);
    expect(found).toEqual(expected.map(why => `src/model/planted.ts: ${why}`));
  });

  it('needs a layer for every file, and leaves tests alone', () => {
    expect(importViolations([file('src/stray.ts', '')], planted)).toEqual(['src/stray.ts is in no layer']);
    expect(importViolations([file('src/model/a.test.ts', "import 'vitest';")], planted)).toEqual([]);
    expect(importViolations([file('src/cli/a.ts', "import 'node:fs';")], planted)).toEqual([]);
  });

  it('has no other names for paths', () => {
    const paths = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter(path => path.endsWith('tsconfig.json'))
      .map(path => join('src', path));
    const all = ['package.json', 'tsconfig.json', 'tsconfig.base.json', 'tsconfig.test.json', ...paths];
    expect(all.length).toBeGreaterThan(10);
    expect(aliasViolations(new Map(all.map(path => [path, json<Configuration>(path)])))).toEqual([]);
  });

  it.each<[Configuration, string]>([
    [{ imports: { '#a': './a.ts' } }, 'planted has imports'],
    [{ compilerOptions: { paths: {} } }, 'planted has paths'],
    [{ compilerOptions: { baseUrl: '.' } }, 'planted has baseUrl'],
  ])('notices the other name in %o', (configuration, expected) => {
    expect(aliasViolations(new Map([['planted', configuration]]))).toEqual([expected]);
  });
});

describe('a pure layer knows no clock, no chance, no machine', () => {
  it('holds', () => {
    expect(purityViolations(sources, layers)).toEqual([]);
  });

  it.each([
    ['const now = Date.now();', 'Date'],
    ['const now = performance.now();', 'performance'],
    ['const n = Math.random();', 'random'],
    ['const { env } = process;', 'process'],
    ["console.log('x');", 'console'],
    ["await fetch('x');", 'fetch'],
    ['setTimeout(() => {}, 1);', 'setTimeout'],
    ["const fs = require('fs');", 'require'],
    ['globalThis.x = 1;', 'globalThis'],
    ['const here = import.meta.url;', 'import.meta'],
    ['names.sort((a, b) => a.localeCompare(b));', 'localeCompare'],
    ['const o = { process };', 'process'],
  ])('%s', (text, name) => {
    expect(purityViolations([file('src/model/planted.ts', text)], planted)).toEqual([
      `src/model/planted.ts: uses ${name}`,
    ]);
    expect(purityViolations([file('src/cli/planted.ts', text)], planted)).toEqual([]);
  });

  it.each([
    ['// Date.now() is not for us'],
    ["const text = 'console.log';"],
    ['interface A { readonly process: string }'],
    ['const a = { fetch: 1 }; const b = a.fetch;'],
  ])('lets %s be', text => {
    expect(purityViolations([file('src/model/planted.ts', text)], planted)).toEqual([]);
  });
});

describe('shared layers tell no mesh from another', () => {
  const shared = ['base', 'model', 'native', 'verify', 'adapter', 'engine'];

  it('holds', () => {
    expect(meshNameViolations(sources, shared)).toEqual([]);
  });

  it.each([
    ["const isOurs = mesh.type === 'istio';", 'istio'],
    ['const linkerdDefault = 1;', 'linkerdDefault'],
    ['const a = { consulToken: 1 };', 'consulToken'],
    ['const a = `x/Kuma/y`;', 'x/Kuma/y'],
    ["type Mode = 'envoy-filter';", 'envoy-filter'],
  ])('%s', (text, word) => {
    expect(meshNameViolations([file('src/model/planted.ts', text)], shared)).toContain(
      `src/model/planted.ts: names a mesh in \`${word}\``,
    );
    expect(meshNameViolations([file('src/meshes/a/planted.ts', text)], shared)).toEqual([]);
  });

  it.each([['// as Istio does'], ["const on = 'envoy-ratelimited';"], ['const cosmos = 1;']])('lets %s be', text => {
    expect(meshNameViolations([file('src/model/planted.ts', text)], shared)).toEqual([]);
  });
});

describe('every adapter has the same files', () => {
  // Folders whose files are still to come; the list is empty when the three adapters are there.
  const unfinished = new Set(['meshes/gateway-api', 'meshes/istio', 'meshes/linkerd']);
  const adapters = layers.map(({ folder }) => folder).filter(folder => /^(meshes|gateways)\//.test(folder));

  it('holds', () => {
    const pages = existsSync(join(root, 'docs', 'meshes')) ? readdirSync(join(root, 'docs', 'meshes')) : [];
    const paths = new Set([...sources.map(({ path }) => path), ...pages.map(page => `docs/meshes/${page}`)]);
    expect(adapters.length).toBeGreaterThan(0);
    const finished = adapters.filter(folder => !unfinished.has(folder));
    expect(adapterViolations(finished, paths)).toEqual([]);
  });

  it('notices one that is missing', () => {
    const files = ['adapter', 'capabilities', 'detect', 'findings', 'judge'].map(name => `src/meshes/a/${name}.ts`);
    expect(adapterViolations(['meshes/a'], new Set(files))).toEqual([
      'src/meshes/a/emit.ts is missing',
      'docs/meshes/a.md is missing',
    ]);
  });
});

describe('files stay readable', () => {
  it('none is too long', () => {
    expect(lengthViolations(everything)).toEqual([]);
    expect(lengthViolations([file('src/a.ts', 'a\n'.repeat(451)), file('src/b.ts', 'b\n'.repeat(450))])).toEqual([
      'src/a.ts has 451 lines',
    ]);
  });

  it('none tells a checker to look away', () => {
    expect(silencedChecks(everything)).toEqual([]);
    const silenced = [`// @ts-${'ignore'}`, `/* biome-${'ignore'} lint: x */`].join('\n');
    expect(silencedChecks([file('src/a.ts', silenced)])).toEqual(['src/a.ts: @ts-ignore', 'src/a.ts: biome-ignore']);
  });
});

describe('what is written down agrees with what is', () => {
  it('every finding that is declared is raised', () => {
    expect(unraisedFindings(sources)).toEqual([]);
    const table = file(
      'src/a/findings.ts',
      'export const t = {\n  A001: {\n  },\n  A002: {\n  },\n} satisfies FindingKinds;',
    );
    const raises = [file('src/a/read.ts', "report('A001')"), file('src/a/read.test.ts', "'A002'")];
    expect(unraisedFindings([table, ...raises])).toEqual(['src/a/findings.ts: A002 is never raised']);
  });

  it('generated files are fresh', async () => {
    expect(await staleFiles(root)).toEqual([]);
  });

  it('ARCHITECTURE.md shows the layers as tools/layers.mjs has them', () => {
    expect(documentedRows(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8'))).toEqual(layerRows(layers));
  });

  it('a row that differs is noticed', () => {
    const rows = layerRows([layer('base'), layer('meshes/a', ['base']), layer('meshes/b', ['base']), planted[1]!]);
    const table = (imports: string) =>
      `| \`base/\` | words | nothing | | |\n| \`meshes/*/\` | words | ${imports} | | |\n| \`model/\` | words | \`base\` | \`re2js\` | |\n`;
    expect(documentedRows(table('`base`'))).toEqual(rows);
    expect(documentedRows(table('`base`, `model`'))).not.toEqual(rows);
  });
});

describe('installing the package runs nothing and brings nothing', () => {
  const lock = json<Lock>('package-lock.json');
  const bundled = [...new Set(layers.flatMap(({ packages }) => packages))];

  it('no package is installed with ours', () => {
    expect(Object.keys(json<{ dependencies?: object }>('package.json').dependencies ?? {})).toEqual([]);
  });

  it('no bundled package has an install script', () => {
    for (const name of bundled) expect(lock.packages).toHaveProperty([`node_modules/${name}`]);
    expect(installScripts(lock, bundled)).toEqual([]);
  });

  it('an install script is noticed, also in a package that a package needs', () => {
    const packages = {
      'node_modules/a': { dependencies: { b: '1' } },
      'node_modules/b': { hasInstallScript: true, dependencies: { a: '1' } },
    };
    expect(installScripts({ packages }, ['a'])).toEqual(['b']);
  });
});
