import { loadAdapters } from '../../engine/read.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import { printDocument } from '../print.ts';

/** `supergloo version`: of this program, and the kinds and versions that it reads. */
export const versionCommand = async (
  options: { readonly output: 'text' | 'json' | 'yaml' },
  version: string,
): Promise<ExitCode> => {
  const adapters = await loadAdapters();
  const systems = adapters.map(({ id, title, resources }) => ({
    id,
    title,
    kinds: resources.map(({ group, kind, versions, role }) => ({ group, kind, versions, role })),
  }));
  if (options.output === 'text') {
    process.stdout.write(`supergloo ${version}\nnode ${process.version}\n`);
    for (const { id, kinds } of systems)
      process.stdout.write(`${id.padEnd(12)} ${kinds.map(({ kind }) => kind).join(', ')}\n`);
    return exitCodes.done;
  }
  printDocument('Version', { version, node: process.version, systems, findings: [] }, options.output);
  return exitCodes.done;
};
