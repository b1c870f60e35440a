import type { Command } from 'commander';
import { type ExitCode, exitCodes, UserError } from '../exit.ts';
import { helpTopics } from '../help-topics.ts';

/** `supergloo help`: a topic, a command, or all of them. */
export const helpCommand = (program: Command, word: string | undefined): ExitCode => {
  const topic = word === undefined ? undefined : helpTopics[word];
  const command = program.commands.find(one => one.name() === word);
  if (word !== undefined && !topic && !command) {
    const topics = Object.keys(helpTopics).join(', ');
    throw new UserError(`there is no command and no topic \`${word}\`; topics are ${topics}`);
  }
  process.stdout.write(topic?.text ?? (command ?? program).helpInformation());
  return exitCodes.done;
};
