#!/usr/bin/env node
import * as nodeModule from 'node:module';
import { exitCodes } from './exit.ts';

declare const __VERSION__: string;

/**
 * The entry of `supergloo`. `--version` is answered here, before anything else is loaded; every command is a lazy
 * chunk of its own.
 */
const main = async (args: readonly string[]): Promise<number> => {
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    process.stdout.write(`${__VERSION__}\n`);
    return exitCodes.done;
  }
  // Node 22.1 and newer keep what they compiled in a folder for temporary files, which halves the start of every command.
  if ('enableCompileCache' in nodeModule) (nodeModule.enableCompileCache as () => void)();
  if (args[0] === '__complete') {
    const { complete } = await import('./completion/complete.ts');
    process.stdout.write(await complete(args.slice(1), __VERSION__), () => process.exit(exitCodes.done));
    return exitCodes.done;
  }
  const { run } = await import('./program.ts');
  return run(args, __VERSION__);
};

// A reader that goes away (`| head`) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.done);
  throw error;
});

main(process.argv.slice(2)).then(
  code => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`supergloo: this is a fault of supergloo, not of your input:\n${reason}\n`);
    process.exitCode = exitCodes.failed;
  },
);
