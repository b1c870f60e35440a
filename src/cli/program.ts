import { Command, CommanderError } from 'commander';
import { StoreError } from '../store/store-error.ts';
import { addObjects } from './command-line/objects.ts';
import { addQuick } from './command-line/quick.ts';
import { addReading } from './command-line/reading.ts';
import { addShell } from './command-line/shell.ts';
import { type ExitCode, exitCodes, UserError } from './exit.ts';

export type { SourceOptions } from './command-line/options.ts';

/**
 * The whole command line. Nothing runs before it is parsed, so its help can be printed without doing anything; `ended`
 * hears the exit code of the command that ran.
 */
export const commandLine = (version: string, ended: (code: ExitCode) => void): Command => {
  const program = new Command('supergloo')
    .description(
      'One control tool for every service mesh: see what is there, ask what happens to a request, convert, compare.',
    )
    .version(version, '-V, --version')
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: false })
    .addHelpText(
      'after',
      '\nExit codes: 0 done; 1 could not; 2 usage; 3 done, with losses or differences; 4 it would be weaker.',
    );

  program.commandsGroup('Ask what there is:');
  addReading(program, ended);
  program.commandsGroup('Say what there is to be:');
  addObjects(program, ended);
  program.commandsGroup('Say it in short (prints the policy, or applies it):');
  addQuick(program, ended);
  program.commandsGroup('Besides:');
  addShell(program, ended, version);
  return program;
};

/** The kind of the one document that each command prints. */
const documentKinds: Readonly<Record<string, string>> = {
  discover: 'Discovery',
  check: 'Check',
  explain: 'Explanation',
  convert: 'Conversion',
  compare: 'Comparison',
  plan: 'Plan',
  apply: 'Apply',
  delete: 'Delete',
  diff: 'Plan',
  get: 'Objects',
  describe: 'Description',
  ...Object.fromEntries(
    ['shift', 'fault', 'retry', 'timeout', 'mirror', 'allow', 'deny'].map(form => [form, 'Objects']),
  ),
  version: 'Version',
};

/** Parses the command line, runs one command, and gives the exit code. */
export const run = async (args: readonly string[], version: string): Promise<ExitCode> => {
  let code: ExitCode = exitCodes.done;
  let running: Command | undefined;
  const program = commandLine(version, ended => {
    code = ended;
  });
  program.hook('preAction', (_, command) => {
    running = command;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    const wrong = error instanceof StoreError ? new UserError(error.message, 'failed') : error;
    if (!(wrong instanceof UserError) || !running) throw error;
    await sayWrong(wrong, running);
    return wrong.exitCode;
  }
};

/** On standard error, or in the document that was asked for. */
const sayWrong = async (error: UserError, command: Command): Promise<void> => {
  const { output } = command.opts<{ readonly output: string }>();
  if (output !== 'json' && output !== 'yaml') {
    process.stderr.write(`supergloo: ${error.message}\n`);
    return;
  }
  const { printDocument } = await import('./print.ts');
  const findings = [{ code: error.code, severity: 'error', message: error.message }];
  printDocument(documentKinds[command.name()] ?? 'Error', { findings }, output);
};
