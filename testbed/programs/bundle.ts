import { join } from 'node:path';
import { build } from 'rolldown';
import { inState } from '../machine/places.ts';

const programs = ['application', 'pod-runner', 'relay'];

/** Puts the bed's own programs where its pods can run them. */
export const bundlePrograms = async (root: string): Promise<void> => {
  for (const name of programs)
    await build({
      input: { [name]: join(root, 'testbed', 'programs', `${name}.ts`) },
      platform: 'node',
      external: [/^node:/],
      output: { dir: inState('programs'), format: 'esm', entryFileNames: '[name].mjs' },
      logLevel: 'warn',
    });
};
