import { type Command, Option } from 'commander';
import type { ExitCode } from '../exit.ts';

/** What every command has: where to read from and how to print. */
export interface SourceOptions {
  readonly filename: readonly string[];
  readonly output: 'text' | 'json' | 'yaml';
}

/** Hears the exit code of the command that ran. */
export type Ended = (code: ExitCode) => void;

export const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export const repeatable = (flags: string, description: string): Option =>
  new Option(flags, `${description} (repeatable)`).argParser(collect).default([], 'none');

export const output = (): Option =>
  new Option('-o, --output <format>', 'how to print').choices(['text', 'json', 'yaml']).default('text');

export const withSource = (command: Command): Command =>
  command
    .addOption(
      new Option('-f, --filename <path>', 'file, folder or - for standard input (repeatable)')
        .argParser(collect)
        .default([], 'none'),
    )
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['text', 'json', 'yaml']).default('text'));

/** What every command has that looks at objects. */
export const withSelection = (command: Command): Command =>
  command
    .addOption(repeatable('-f, --filename <path>', 'look into this file or folder instead of the store'))
    .option('--store <path>', 'the store; else SUPERGLOO_STORE, or the nearest one from here upwards')
    .option('-n, --namespace <name>', 'only in this namespace');

export const given = (...words: readonly (string | undefined)[]): readonly string[] =>
  words.flatMap(word => (word === undefined ? [] : word));

/** What every command has that plans. */
export const withPlanning = (command: Command): Command =>
  withSource(command)
    .addOption(repeatable('--mesh <type[@version]>', 'plan for this mesh also where nothing shows that it is there'))
    .option('--owner <name>', 'whose objects these are; other objects are never changed or deleted', 'default')
    .option('--to <folder>', 'the folder that the objects are for, one file each')
    .option('--store <path>', 'the store that they are for; else SUPERGLOO_STORE, or the nearest one from here upwards')
    .addOption(
      repeatable('--adopt <kind/namespace/name>', 'change this object too, which is not ours, where a mesh needs it'),
    )
    .option('--force-conflicts', 'take over fields that others own in the store')
    .addOption(repeatable('--accept <code>', 'accept what gets weaker by its code, such as access-deny'));
