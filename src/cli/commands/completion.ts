import { completionScripts } from '../completion/scripts.ts';
import { type ExitCode, exitCodes } from '../exit.ts';

/** `supergloo completion SHELL`: what the shell has to read. */
export const completionCommand = (shell: keyof typeof completionScripts): ExitCode => {
  process.stdout.write(completionScripts[shell]);
  return exitCodes.done;
};
