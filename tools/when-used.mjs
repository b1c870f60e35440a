// Some libraries are asked for by few runs, yet would be loaded by all. In the built command they are loaded when they
// are first used; the sources import them as usual and know nothing of it.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'rolldown';

const require = createRequire(import.meta.url);

/** Stands for functions (and static methods) of a module, and loads it at the first call of one. */
const standIn = (from, calls) => `
import { createRequire } from 'node:module';
let loaded;
const load = () => (loaded ??= createRequire(import.meta.url)(${JSON.stringify(from)}));
${calls
  .map(call => {
    const [name, method] = call.split('.');
    return method
      ? `export const ${name} = { ${method}: (...values) => load().${name}.${method}(...values) };`
      : `export const ${name} = (...values) => load().${name}(...values);`;
  })
  .join('\n')}
`;

/**
 * `calls` are all that is used of each module, as `function` or `Class.method`. Node's own modules are loaded as they are;
 * a package becomes a file `NAME.cjs` beside the chunks.
 */
export const loadedWhenUsed = calls => ({
  name: 'loaded-when-used',
  resolveId: source => (source in calls ? `\0when-used:${source}` : null),
  load(id) {
    if (!id.startsWith('\0when-used:')) return null;
    const name = id.slice('\0when-used:'.length);
    return standIn(name.startsWith('node:') ? name : `./${name}.cjs`, calls[name]);
  },
  async writeBundle({ dir }) {
    for (const name of Object.keys(calls).filter(each => !each.startsWith('node:')))
      await build({
        input: require.resolve(name),
        platform: 'node',
        output: { file: join(dir, 'chunks', `${name}.cjs`), format: 'cjs', minify: true },
        logLevel: 'warn',
      });
  },
});
