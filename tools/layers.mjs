// The layers of src/, in order, and what each may import. ARCHITECTURE.md shows the same table;
// test/architecture.test.ts keeps the two and the tsconfig files in agreement.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const subfolders = (root, name) =>
  existsSync(join(root, 'src', name))
    ? readdirSync(join(root, 'src', name), { withFileTypes: true })
        .filter(entry => entry.isDirectory())
        .map(entry => `${name}/${entry.name}`)
        .sort()
    : [];

/**
 * Every layer folder with the layers and the packages it may import; `node: true` marks those that may touch Node. The
 * others are pure: data in, data out; no clock, no chance, no network, no files.
 */
export const layers = root => {
  const meshes = [...subfolders(root, 'meshes'), ...subfolders(root, 'gateways')];
  const pure = (folder, imports, packages = []) => ({ folder, imports, packages, node: false });
  const outer = (folder, imports, packages = []) => ({ folder, imports, packages, node: true });
  const adapterGround = ['adapter', 'native', 'model', 'base'];
  return [
    pure('base', []),
    pure('model', ['base']),
    pure('native', ['model', 'base'], ['js-yaml', 're2js']),
    pure('verify', ['model', 'base'], ['re2js']),
    pure('api', ['native', 'base'], ['@sinclair/typebox']),
    pure('compile', ['api', 'native', 'model', 'base']),
    pure('adapter', ['model', 'native', 'base']),
    ...meshes.map(folder => pure(folder, adapterGround)),
    outer('store', ['api', 'native', 'base'], ['js-yaml', 'node-sqlite3-wasm', 'yaml']),
    pure('registry', [...meshes, 'adapter']),
    pure('engine', ['registry', ...meshes, 'compile', 'api', 'verify', ...adapterGround]),
    outer('cli', ['engine', 'store', 'registry', 'compile', 'api', 'verify', ...adapterGround], ['commander', 'diff']),
  ];
};
