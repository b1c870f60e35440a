import { dirname, join, normalize } from 'node:path/posix';
import type { Layer } from '../../../tools/layers.mjs';
import { importsOf, isGenerated, isTest, nameOf, nodesOf, type SourceFile } from './source-file.ts';

/** The layer of a path from the root; the innermost folder counts. */
const layerOf = (path: string, layers: readonly Layer[]): Layer | undefined =>
  layers
    .filter(({ folder }) => path.startsWith(`src/${folder}/`))
    .toSorted((a, b) => b.folder.length - a.folder.length)[0];

/** Imports that the table of layers does not allow. Tests may import what they test and what they test with. */
export const importViolations = (files: readonly SourceFile[], layers: readonly Layer[]): string[] =>
  files
    .filter(file => !isTest(file))
    .flatMap(file => {
      const layer = layerOf(file.path, layers);
      if (!layer) return [`${file.path} is in no layer`];
      return importsOf(file).flatMap(specifier => {
        const why = refusal(specifier, file.path, layer, layers);
        return why === undefined ? [] : [`${file.path}: ${why}`];
      });
    });

const refusal = (
  specifier: string | undefined,
  path: string,
  layer: Layer,
  layers: readonly Layer[],
): string | undefined => {
  if (specifier === undefined) return 'an import whose name is computed';
  if (specifier.startsWith('node:')) return layer.node ? undefined : `${layer.folder} is pure and imports ${specifier}`;
  if (!/^\.\.?\//.test(specifier)) {
    const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
    return layer.packages.includes(name) ? undefined : `${layer.folder} may not import package ${specifier}`;
  }
  if (!specifier.endsWith('.ts')) return `${specifier} must end in .ts`;
  const target = layerOf(normalize(join(dirname(path), specifier)), layers);
  if (!target) return `${specifier} is in no layer`;
  const isAllowed = target.folder === layer.folder || layer.imports.includes(target.folder);
  return isAllowed ? undefined : `${layer.folder} may not import ${target.folder} (${specifier})`;
};

/** What a computation must not know of if the same input is to give the same output, everywhere and always. */
const impureGlobals = new Set([
  'process',
  'console',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'Date',
  'performance',
  'crypto',
  'Intl',
  'Buffer',
  'WebSocket',
  'XMLHttpRequest',
  'globalThis',
  'global',
  'window',
  'self',
  'require',
  'module',
  '__dirname',
  '__filename',
  'eval',
  'Function',
]);

/** Methods that ask chance, or the language that the machine is set to. */
const impureMethods = new Set([
  'random',
  'localeCompare',
  'toLocaleString',
  'toLocaleLowerCase',
  'toLocaleUpperCase',
  'toLocaleDateString',
  'toLocaleTimeString',
]);

export const purityViolations = (files: readonly SourceFile[], layers: readonly Layer[]): string[] =>
  files
    .filter(file => !isTest(file) && layerOf(file.path, layers)?.node === false)
    .flatMap(file =>
      nodesOf(file).flatMap(node => {
        const name = nameOf(node);
        const isImpure =
          (node.type === 'Identifier' && impureGlobals.has(name)) ||
          (node.type === 'PropertyName' && impureMethods.has(name)) ||
          node.type === 'MetaProperty';
        return isImpure ? [`${file.path}: uses ${name || 'import.meta'}`] : [];
      }),
    );

const meshNames = /istio|linkerd|consul|kuma|envoy|app-?mesh|\bosm\b/i;

/** The names of Envoy's retry conditions are the words of the field. */
const fieldWords = /envoy-ratelimited/g;

/** Names of meshes outside comments, in the layers that must not know one from the other. */
export const meshNameViolations = (files: readonly SourceFile[], folders: readonly string[]): string[] =>
  files
    .filter(file => !isTest(file) && !isGenerated(file))
    .filter(({ path }) => folders.some(folder => path.startsWith(`src/${folder}/`)))
    .flatMap(file => {
      const words = nodesOf(file).flatMap(node => [nameOf(node), templateText(node)]);
      return words
        .filter(word => meshNames.test(word.replaceAll(fieldWords, '')))
        .map(word => `${file.path}: names a mesh in \`${word}\``);
    });

const templateText = (node: { readonly type: string; readonly value?: unknown }): string =>
  node.type === 'TemplateElement' ? String((node.value as { raw: string }).raw) : '';
