import { Argument, type Command, Option } from 'commander';
import type { Ended } from './options.ts';

/** Commands about this program itself. */
export const addShell = (program: Command, ended: Ended, version: string): void => {
  program
    .command('completion')
    .description('what a shell has to read to complete commands, flags, kinds and names')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      '\nExamples:\n  supergloo completion bash > /etc/bash_completion.d/supergloo\n  supergloo completion fish | source',
    )
    .action(async shell => {
      ended((await import('../commands/completion.ts')).completionCommand(shell));
    });

  program
    .helpCommand(false)
    .command('help')
    .description('a command, or one of the topics exit-codes, output, environment')
    .argument('[topic]', 'the command or topic')
    .addHelpText('after', '\nExample:\n  supergloo help exit-codes')
    .action(async word => {
      ended((await import('../commands/help.ts')).helpCommand(program, word));
    });

  program
    .command('version')
    .description('the version of this program, of Node, and what it reads')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['text', 'json', 'yaml']).default('text'))
    .addHelpText('after', '\nExample:\n  supergloo version -o json')
    .action(async options => {
      ended(await (await import('../commands/version.ts')).versionCommand(options, version));
    });
};
