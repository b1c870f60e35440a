import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BedFailure } from '../failures.ts';
import { run } from '../machine/run.ts';

/** Where a published module lies after it was fetched. */
export interface FetchedModule {
  readonly Dir: string;
  readonly GoMod: string;
}

const settings = { CGO_ENABLED: '0', GOWORK: 'off' };
const flags = `-mod=mod -trimpath -buildvcs=false ${process.env.GOFLAGS ?? ''}`.trim();

/** Fetches one module as the `go` command does, checksums and all. */
export const fetchModule = (module: string): FetchedModule =>
  JSON.parse(
    run('env', ['GOFLAGS=-mod=mod', 'GOWORK=off', 'go', '-C', '/', 'mod', 'download', '-json', module], {
      seconds: 600,
    }),
  );

const go = (args: readonly string[], folder: string, env: Record<string, string>): Promise<void> =>
  new Promise((done, failed) => {
    const child = spawn('go', args, {
      cwd: folder,
      env: { ...process.env, ...settings, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', chunk => {
      said = `${said}${chunk}`.slice(-4000);
    });
    child.on('error', failed);
    child.on('close', code => (code === 0 ? done() : failed(new BedFailure(`go ${args.join(' ')}: ${said}`))));
  });

/** Builds one command of a module that no other module replaces. */
export const installProgram = (program: string, version: string, into: string): Promise<void> =>
  go(['install', '-ldflags=-s -w', `${program}@${version}`], '/', {
    GOBIN: into,
    GOFLAGS: flags.replace('-mod=mod ', ''),
  });

export interface Workshop {
  /** A `go.mod` that names the module, and what has to be done about the modules it needs. */
  readonly goMod: string;
  /** Checksums to start with; absent: all are looked up. */
  readonly goSum?: string;
  /** Import paths of the commands. */
  readonly programs: readonly string[];
  readonly ldflags?: readonly string[];
}

/** Builds commands of a module that cannot be installed as it is, in a module of our own around it. */
export const buildPrograms = async (folder: string, workshop: Workshop, into: string): Promise<void> => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'go.mod'), workshop.goMod);
  if (workshop.goSum !== undefined) writeFileSync(join(folder, 'go.sum'), workshop.goSum);
  const imports = workshop.programs.map(program => `import _ "${program}"\n`);
  writeFileSync(join(folder, 'programs.go'), `//go:build programs\n\npackage programs\n\n${imports.join('')}`);
  const ldflags = ['-s', '-w', ...(workshop.ldflags ?? [])].join(' ');
  for (const program of workshop.programs)
    await go(['build', `-ldflags=${ldflags}`, '-o', join(into, program.split('/').at(-1) ?? ''), program], folder, {
      GOFLAGS: flags,
    });
};

/** The blocks `name ( … )` and lines `name …` of a `go.mod`, as they stand there. */
export const blocksOf = (goModPath: string, name: string): string => {
  const text = readFileSync(goModPath, 'utf8');
  const blocks = text.match(new RegExp(`^${name} (?:\\([^)]*\\)|[^(\\n]*)$`, 'gm')) ?? [];
  return `${blocks.join('\n\n')}\n`;
};
