import type { Layer } from '../../../tools/layers.mjs';
import { isGenerated, isTest, type SourceFile } from './source-file.ts';

/** What every adapter folder holds, beside its page under docs/meshes: who knows one adapter finds the way in any. */
export const adapterFiles = ['adapter.ts', 'capabilities.ts', 'detect.ts', 'findings.ts', 'judge.ts', 'emit.ts'];

/** `paths`: all files of the project from the root. */
export const adapterViolations = (folders: readonly string[], paths: ReadonlySet<string>): string[] =>
  folders.flatMap(folder => {
    const required = adapterFiles.map(file => `src/${folder}/${file}`);
    required.push(`docs/meshes/${folder.split('/').at(-1)}.md`);
    return required.filter(path => !paths.has(path)).map(path => `${path} is missing`);
  });

export const longestFile = 450;

export const lengthViolations = (files: readonly SourceFile[]): string[] =>
  files
    .filter(file => !isGenerated(file))
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > longestFile)
    .map(({ path, lines }) => `${path} has ${lines} lines`);

/** Codes of a table of findings that no other file raises. */
export const unraisedFindings = (files: readonly SourceFile[]): string[] => {
  const words = files
    .filter(file => !isTest(file) && !isGenerated(file))
    .map(({ path, text }) => ({ path, codes: new Set(text.match(/\b[A-Z]+\d{3}\b/g)) }));
  return files
    .filter(({ text }) => /\bsatisfies FindingKinds\b/.test(text))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/^ {2}([A-Z]+\d{3}): \{$/gm)].flatMap(([, code = '']) =>
        words.some(other => other.path !== path && other.codes.has(code)) ? [] : [`${path}: ${code} is never raised`],
      ),
    );
};

/** Comments that tell a checker to look away. */
export const silencedChecks = (files: readonly SourceFile[]): string[] =>
  files.flatMap(({ path, text }) =>
    [...text.matchAll(/(?:\/\/|\/\*).*?(@ts-(?:ignore|expect-error|nocheck)|biome-ignore)/g)].map(
      ([, which]) => `${path}: ${which}`,
    ),
  );

/** Other names for paths: with them an import could lead past the table of layers. */
export const aliasViolations = (configurations: ReadonlyMap<string, Configuration>): string[] =>
  [...configurations].flatMap(([path, { imports, compilerOptions = {} }]) => [
    ...(imports === undefined ? [] : [`${path} has imports`]),
    ...['paths', 'baseUrl', 'rootDirs'].filter(key => key in compilerOptions).map(key => `${path} has ${key}`),
  ]);

/** package.json or a tsconfig.json, as far as paths go. */
export interface Configuration {
  readonly imports?: unknown;
  readonly compilerOptions?: Readonly<Record<string, unknown>>;
}

export interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface LockedPackage {
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Packages that are bundled or installed with ours and run a script when they are installed. */
export const installScripts = (lock: Lock, names: readonly string[]): string[] => {
  const seen = new Set<string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...Object.keys(lock.packages[`node_modules/${name}`]?.dependencies ?? {}));
  }
  return [...seen].filter(name => lock.packages[`node_modules/${name}`]?.hasInstallScript).sort();
};

/** One row of the table of layers: folder, what it may import, packages, whether it may touch Node. */
export type LayerRow = readonly [folder: string, imports: string, packages: string, node: string];

/** The rows that the layers make: all meshes are one row, and one word where they are imported. */
export const layerRows = (layers: readonly Layer[]): LayerRow[] => {
  const collapsed = layers.map(({ folder, imports, packages, node }): LayerRow => {
    const names = [...new Set(imports.map(name => (isAdapter(name) ? 'meshes' : name)))];
    return [
      isAdapter(folder) ? 'meshes/*' : folder,
      names.join(', ') || 'nothing',
      packages.join(', '),
      node ? 'yes' : '',
    ];
  });
  return [...new Map(collapsed.map(row => [row.join('|'), row])).values()];
};

const isAdapter = (folder: string): boolean => folder.startsWith('meshes/') || folder.startsWith('gateways/');

/** The table of layers in ARCHITECTURE.md: folder, what it holds, may import, packages, Node. */
export const documentedRows = (markdown: string): LayerRow[] =>
  markdown.split('\n').flatMap(line => {
    const cells = line.split('|').map(cell => cell.trim().replaceAll('`', ''));
    const [, folder, , imports, packages, node] = cells;
    if (cells.length !== 7 || folder === undefined || !/^[a-z]+(\/\*)?\/$/.test(folder)) return [];
    return [[folder.slice(0, -1), imports ?? '', packages ?? '', node ?? '']];
  });
