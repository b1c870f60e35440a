// Some libraries are asked for by few runs, yet would be loaded by all. In the built command they are loaded when they
// are first used; the sources import them as usual and know nothing of it.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'rolldown';

const require = createRequire(import.meta.url);
const prefix = '\0when-used:';

/** A module whose exports load the real one as soon as one is called or something is asked of it. */
const standIn = (from, names) => `
import { createRequire } from 'node:module';
let loaded;
const load = () => (loaded ??= createRequire(import.meta.url)(${JSON.stringify(from)}));
const whenUsed = name =>
  new Proxy(() => {}, {
    get: (_, key) => load()[name][key],
    apply: (_, self, values) => load()[name](...values),
  });
${names.map(name => `export const ${name} = whenUsed('${name}');`).join('\n')}
`;

/**
 * `used`: the functions, and the classes of which only members are used, of each module. Node's own modules are loaded as
 * they are; a package becomes a file `NAME.cjs` beside the chunks.
 */
export const loadedWhenUsed = used => ({
  name: 'loaded-when-used',
  resolveId: source => (source in used ? `${prefix}${source}` : null),
  load(id) {
    if (!id.startsWith(prefix)) return null;
    const name = id.slice(prefix.length);
    return standIn(name.startsWith('node:') ? name : `./${name}.cjs`, used[name]);
  },
  async writeBundle({ dir }) {
    for (const name of Object.keys(used).filter(each => !each.startsWith('node:')))
      await build({
        input: require.resolve(name),
        platform: 'node',
        output: { file: join(dir, 'chunks', `${name}.cjs`), format: 'cjs', minify: true },
        logLevel: 'warn',
      });
  },
});
